import { type MfaProof, proveMfa, validateMfaSerial } from '../aws/mfa.ts';
import type { Context } from '../core/context.ts';
import type { AssumeRoleRequest, ResolvedCredentials } from '../core/credentials.ts';
import { invalidValue } from '../core/invalid-value.ts';
import { ROLE_VALUES } from '../core/role-values.ts';
import type { AwsSettings } from '../ports/aws.ts';

/**
 * The role to assume before other calls, from the options `--role-arn`, `--external-id`, `--session-name` and
 * `--mfa-serial`.
 */
export interface RoleToAssume {
  readonly roleArn: string;
  readonly externalId: string | null;
  readonly sessionName: string | null;
  /** The serial number of the MFA device that the role requires; null if the role requires no MFA. */
  readonly mfaSerial: string | null;
}

/**
 * Assumes the role once. Returns the settings for all later calls, with the credentials of the role session
 * (provider `assumed-role`). Profile and Region remain unchanged.
 *
 * @throws FedctlError usage.invalid-value
 */
export async function asRole(
  context: Context,
  settings: AwsSettings,
  role: RoleToAssume,
): Promise<AwsSettings> {
  const { credentials } = await assume(context, settings, assumeRoleRequest(context, role), role.mfaSerial);
  return { ...settings, credentials };
}

/**
 * Makes one AssumeRole call with the credentials of `settings`.
 *
 * @param mfaSerial the serial number of the MFA device; null if no MFA code is required. The user enters the
 * code immediately before the call.
 * @returns the credentials and the ARN of the role session, `arn:aws:sts::A:assumed-role/R/S`
 */
export async function assume(
  context: Context,
  settings: AwsSettings,
  request: AssumeRoleRequest,
  mfaSerial: string | null,
): Promise<{ readonly credentials: ResolvedCredentials; readonly arn: string }> {
  const aws = await context.aws(settings);
  const caller = await aws.credentials(context.signal);
  const sts = await aws.sts();
  const mfa = mfaSerial === null ? {} : await proveRole(settings, request.roleArn, mfaSerial);
  const { credentials, arn } = await sts.assumeRole({ ...request, ...mfa }, context.signal);
  return {
    arn,
    credentials: {
      ...credentials,
      provider: 'assumed-role',
      providerDetail: `role ${request.roleArn}, assumed with ${caller.providerDetail}`,
    },
  };
}

function proveRole(settings: AwsSettings, roleArn: string, mfaSerial: string): Promise<MfaProof> {
  return proveMfa(
    settings.mfaCode,
    mfaSerial,
    `The role ${roleArn} requires a code from`,
    `eval "$(fedctl credentials --role-arn ${roleArn} --mfa-serial ${mfaSerial} --format env)"`,
  );
}

/**
 * Builds the AssumeRole request for a role. All values are validated before any call (facts/aws.md 6).
 *
 * @throws FedctlError usage.invalid-value
 */
export function assumeRoleRequest(
  context: Pick<Context, 'env' | 'pid'>,
  role: RoleToAssume,
): AssumeRoleRequest {
  validateRoleArn(role.roleArn);
  if (role.externalId !== null && !ROLE_VALUES.externalId.accepts(role.externalId)) {
    throw invalidValue('--external-id', { expected: ROLE_VALUES.externalId.expected });
  }
  if (role.sessionName !== null && !ROLE_VALUES.sessionName.accepts(role.sessionName)) {
    throw invalidValue('--session-name', { expected: ROLE_VALUES.sessionName.expected });
  }
  if (role.mfaSerial !== null) validateMfaSerial(role.mfaSerial);
  return {
    roleArn: role.roleArn,
    sessionName: role.sessionName ?? defaultSessionName(context),
    ...(role.externalId === null ? {} : { externalId: role.externalId }),
  };
}

/**
 * Validates the ARN of a role to assume.
 *
 * @throws FedctlError usage.invalid-value
 */
export function validateRoleArn(arn: string): void {
  const { accepts, expected } = ROLE_VALUES.roleArn;
  if (accepts(arn)) return;
  throw invalidValue('--role-arn', {
    expected: arn.includes(':assumed-role/') ? `${expected}; this is a session ARN` : expected,
  });
}

/**
 * Returns the default session name, which CloudTrail records. The name contains `fedctl` and the name of the
 * user. If the environment does not contain the user name, the process ID is used.
 */
function defaultSessionName({ env, pid }: Pick<Context, 'env' | 'pid'>): string {
  const user = env['USER'] || env['LOGNAME'] || env['USERNAME'] || String(pid);
  return `fedctl-${user.replace(/[^\w+=,.@-]/g, '-')}`.slice(0, 64);
}
