import { type FederationState, federationState } from '../lib/auth/federation.ts';
import { type Caller, identifyCaller } from '../lib/auth/identity.ts';
import { examineIssuer, NO_ISSUER } from '../lib/auth/issuer-report.ts';
import { fedctl } from '../lib/core/command-line.ts';
import { FedctlError } from '../lib/core/errors.ts';
import { statusDocument, statusLines } from '../lib/render/status.ts';
import { command } from './command.ts';
import { choice } from './options/kinds.ts';

export const status = command({
  arguments: '',
  examples: [
    'fedctl status',
    'fedctl status --require enabled            # for scripts: exit 3 when disabled, 4 when unknown',
    'fedctl status --json | jq -r .issuer',
  ],
  notes: `The state is enabled, disabled, or unknown where the principal may not read it
(iam:GetOutboundWebIdentityFederationInfo). Exit code 0 whatever the state, unless --require is given.
An issuer that does not answer is shown, and is no failure.`,
  options: {
    require: choice('--require <state>', 'fail unless this is the state', ['enabled'], null),
  },
  async run({ context, common, options, aws: settings, theme, offer }) {
    const { signal } = context;
    const aws = await context.aws(settings);
    const caller = await identifyCaller(aws, signal);
    const federation = await federationState(await aws.iam(), signal);
    if (options.require === 'enabled') requireEnabled(caller, federation);
    const report =
      federation.issuer === null
        ? NO_ISSUER
        : await examineIssuer(federation.issuer, {
            fetch: context.fetch,
            timeoutMs: common.timeoutMs,
            signal,
          });
    const found = { caller, federation, report };
    const enable = offer(fedctl(['enable']));
    return { document: statusDocument(found, offer), lines: statusLines(found, enable, theme) };
  },
});

/** @throws FedctlError sts.federation-disabled (exit 3), iam.permission-missing (exit 4) */
function requireEnabled({ account, arn }: Caller, { state, missingPermission }: FederationState): void {
  switch (state) {
    case 'enabled':
      return;
    case 'disabled':
      throw new FedctlError('sts.federation-disabled', {
        message: `Outbound federation is disabled for account ${account}.`,
        likelyCause: 'Nobody enabled it, or somebody disabled it: the switch is account-wide.',
        details: { account, state },
      });
    case 'unknown':
      throw new FedctlError('iam.permission-missing', {
        message: `Whether outbound federation is enabled for account ${account} is unknown: ${arn} lacks ${missingPermission}.`,
        remedy: `An administrator of the account must allow ${missingPermission} on Resource "*" in the policies of ${arn}.`,
        details: { account, state, permission: missingPermission },
      });
  }
}
