import { federationState } from '../lib/auth/federation.ts';
import { type Caller, identifyCaller } from '../lib/auth/identity.ts';
import { FedctlError } from '../lib/core/errors.ts';
import { type Disabled, disableDocument, disableHints, disableLines } from '../lib/render/disable.ts';
import { askText, canAsk } from '../lib/render/prompt.ts';
import { type Answer, command, type Invocation } from './command.ts';
import { type OptionTable, toggle } from './options/option.ts';

export const disable = command({
  arguments: '',
  examples: [
    'fedctl disable                             # prompts for the account ID',
    'fedctl disable --yes                       # for scripts',
  ],
  notes: `Applies to the whole account: no workload can mint tokens any more. Tokens that were already issued stay valid until they
expire (1 h at most), the keys stay published, and STS continues to mint for about ten seconds. The issuer and
the keys do not change when federation is enabled again.
Requires iam:DisableOutboundWebIdentityFederation. Does not prompt if federation is already disabled.`,
  options: {
    yes: toggle('--yes', 'Skip the confirmation', { env: false }),
  },
  async run(invocation) {
    const { context, options, awsSettings, hint, theme } = invocation;
    const aws = await context.aws(awsSettings);
    const caller = await identifyCaller(aws, context.signal);
    const iam = await aws.iam();
    const { state, issuer } = await federationState(iam, context.signal);
    if (state === 'disabled') return answer({ caller, changed: false, issuer });
    for (const line of disableHints(caller)) hint(line);
    if (!options.yes) await confirm(invocation, caller);
    const { changed } = await iam.disableOutboundFederation(context.signal);
    return answer({ caller, changed, issuer });

    function answer(disabled: Disabled): Answer {
      return { document: disableDocument(disabled), lines: disableLines(disabled, theme) };
    }
  },
});

/** @throws FedctlError usage.needs-confirmation, usage.not-confirmed; Interruption on Ctrl-C */
async function confirm({ context, common }: Invocation<OptionTable>, { account }: Caller): Promise<void> {
  // With JSON output, stderr contains at most one JSON document, so fedctl cannot prompt.
  if (!common.input || common.output === 'json' || !canAsk(context)) {
    throw new FedctlError('usage.needs-confirmation', {
      message: `Disabling outbound federation for the whole account ${account} requires a confirmation.`,
      details: { account },
    });
  }
  const typed = await askText(
    `Type the account ID ${account} to disable outbound federation for this account`,
    context,
  );
  if (typed?.trim() === account) return;
  throw new FedctlError('usage.not-confirmed', {
    message: `Nothing was changed: the input is not the account ID ${account}.`,
    details: { account },
  });
}
