import { federationState } from '../lib/auth/federation.ts';
import {
  atlasSide,
  identifyCaller,
  namedRole,
  type Workload,
  workloadWarnings,
} from '../lib/auth/identity.ts';
import { validateRoleArn } from '../lib/auth/role.ts';
import type { ResolvedCredentials } from '../lib/core/credentials.ts';
import { isFedctlError, type Warning } from '../lib/core/errors.ts';
import { sideBySide } from '../lib/core/side-by-side.ts';
import type { Aws, Iam } from '../lib/ports/aws.ts';
import { whoamiDocument, whoamiLines } from '../lib/render/whoami.ts';
import { command } from './command.ts';
import { text } from './options/option.ts';

export const whoami = command({
  arguments: '',
  examples: [
    'fedctl whoami',
    'fedctl whoami --profile prod --audience my-atlas',
    'fedctl whoami --role-arn arn:aws:iam::123456789012:role/app   # what Atlas requires for this role',
    'fedctl whoami --json | jq -r .credentials.provider',
  ],
  notes: `Shows the AWS principal, the source of its credentials, and the values to enter in Atlas for this principal or for the
role of --role-arn. Run the command as the workload, or specify the profile or role of the workload.
Otherwise, the command shows the values for your own principal. Mints no token and prints no secret.`,
  options: {
    audience: text('--audience <aud>', 'Audience to show in the values for Atlas'),
    roleArn: text(
      '--role-arn <arn>',
      'Role for which to show the values for Atlas; fedctl does not assume this role',
    ),
  },
  async run(invocation) {
    const { context, options, awsSettings, warn, theme } = invocation;
    const { signal } = context;
    if (options.roleArn !== null) validateRoleArn(options.roleArn);
    const aws = await context.aws(awsSettings);
    const credentials = await aws.credentials(signal);
    const [caller, { iam, issuer, unknown }] = await sideBySide(
      identifyCaller(aws, signal),
      askIssuer(aws, signal),
    );
    if (unknown !== null) warn(unknown);
    const workload: Workload =
      options.roleArn === null
        ? { subject: caller.subject, source: 'caller' }
        : { subject: namedRole(options.roleArn), source: '--role-arn' };
    for (const warning of workloadWarnings(caller.account, workload)) warn(warning);
    const found = {
      caller,
      credentials,
      endpoints: { sts: (await aws.sts()).endpoint, iam: iam.endpoint },
      notes: await aws.notes(),
      workload,
      mayBeOperator: options.roleArn === null && awsSettings.profile === undefined && isPersonal(credentials),
      atlas: atlasSide(issuer, options.audience, workload),
    };
    return { document: whoamiDocument(found), lines: whoamiLines(found, context.now(), theme) };
  },
});

/**
 * Returns whether the credentials may belong to a person. Credentials of a pod, a task or an instance belong
 * to the workload.
 */
function isPersonal({ provider }: ResolvedCredentials): boolean {
  return provider === 'environment' || provider === 'profile';
}

interface IssuerAnswer {
  readonly iam: Iam;
  readonly issuer: string | null;
  /** The reason why the issuer is unknown; null if the issuer is known. */
  readonly unknown: Warning | null;
}

/**
 * Reads the issuer, which is needed only for the values to enter in Atlas. If IAM is unreachable, the command
 * reports the caller without the issuer.
 */
async function askIssuer(aws: Aws, signal: AbortSignal): Promise<IssuerAnswer> {
  const iam = await aws.iam();
  try {
    const { issuer } = await federationState(iam, signal);
    return { iam, issuer, unknown: null };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (!isFedctlError(error)) throw error;
    const unknown = error.with({ message: `The issuer is unknown. ${error.message}` });
    return { iam, issuer: null, unknown };
  }
}
