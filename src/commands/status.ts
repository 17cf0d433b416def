import { type FederationState, federationState } from '../lib/auth/federation.ts';
import { type Caller, identifyCaller } from '../lib/auth/identity.ts';
import { examineIssuer, NO_ISSUER } from '../lib/auth/issuer-report.ts';
import { fedctl } from '../lib/core/command-line.ts';
import { FedctlError } from '../lib/core/errors.ts';
import { sideBySide } from '../lib/core/side-by-side.ts';
import { statusDocument, statusLines } from '../lib/render/status.ts';
import { command } from './command.ts';
import { choice } from './options/kinds.ts';

export const status = command({
  arguments: '',
  examples: [
    'fedctl status',
    'fedctl status --require enabled            # for scripts: exits with 3 when disabled, 4 when unknown',
    'fedctl status --json | jq -r .issuer',
  ],
  notes: `The state is enabled, disabled or unknown. It is unknown if the principal lacks
iam:GetOutboundWebIdentityFederationInfo. Without --require, the exit code is 0 in every state. An issuer that does
not respond is reported but is not an error.`,
  options: {
    require: choice(
      '--require <state>',
      'Required state; fedctl fails in any other state',
      ['enabled'],
      null,
    ),
  },
  async run({ context, common, options, awsSettings, theme, offer }) {
    const { signal } = context;
    const aws = await context.aws(awsSettings);
    const [caller, federation] = await sideBySide(
      identifyCaller(aws, signal),
      aws.iam().then((iam) => federationState(iam, signal)),
    );
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
        likelyCause:
          'Federation was never enabled, or somebody disabled it. The setting applies to the whole account.',
        details: { account, state },
      });
    case 'unknown':
      throw new FedctlError('iam.permission-missing', {
        message: `Cannot determine whether outbound federation is enabled for account ${account}: ${arn} lacks ${missingPermission}.`,
        remedy: `An administrator of the account must allow ${missingPermission} on Resource "*" in the policies of ${arn}.`,
        details: { account, state, permission: missingPermission },
      });
  }
}
