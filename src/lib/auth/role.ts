import type { Context } from '../context.ts';
import type { AssumeRoleRequest, ResolvedCredentials } from '../credentials.ts';
import { FedctlError } from '../errors.ts';
import { checkMfaSerial, type MfaProof, proveMfa } from '../mfa.ts';
import type { AwsSettings } from '../ports.ts';

/** A role to assume before anything else is done: `--role-arn`, `--external-id`, `--session-name`, `--mfa-serial`. */
export interface RoleToAssume {
  readonly roleArn: string;
  readonly externalId: string | null;
  readonly sessionName: string | null;
  /** Of the MFA device whose code the role wants; null where it wants none. */
  readonly mfaSerial: string | null;
}

/** An IAM role with its path, in any partition. */
const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/(?:[\x21-\x2e\x30-\x7e]+\/)*[\w+=,.@-]{1,64}$/;
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;

/**
 * The settings with which everything after runs as the role: assumes it once and carries its credentials
 * (provider `assumed-role`). Profile and Region stay as they were: a role has none.
 *
 * @throws FedctlError usage.invalid-value, sts.assume-denied and whatever finding the caller's own credentials throws
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
 * Makes one AssumeRole call with the credentials that `settings` lead to.
 *
 * @param mfaSerial of the device whose code is asked for, right before the call
 * @returns the role's credentials, and the ARN of its session, `arn:aws:sts::A:assumed-role/R/S`
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
    `The role ${roleArn} is to be assumed with a code of`,
    `eval "$(fedctl credentials --role-arn ${roleArn} --mfa-serial ${mfaSerial} --format env)"`,
  );
}

/**
 * The AssumeRole request for a role, its values checked before any call (facts/aws.md 6).
 *
 * @throws FedctlError usage.invalid-value
 */
export function assumeRoleRequest(
  context: Pick<Context, 'env' | 'pid'>,
  role: RoleToAssume,
): AssumeRoleRequest {
  checkRoleArn(role.roleArn);
  if (role.externalId !== null && !EXTERNAL_ID.test(role.externalId)) {
    throw invalid('--external-id', '2 to 1224 letters, digits and any of _+=,.@:/-');
  }
  if (role.sessionName !== null && !SESSION_NAME.test(role.sessionName)) {
    throw invalid('--session-name', '2 to 64 letters, digits and any of _+=,.@-');
  }
  if (role.mfaSerial !== null) checkMfaSerial(role.mfaSerial);
  return {
    roleArn: role.roleArn,
    sessionName: role.sessionName ?? defaultSessionName(context),
    ...(role.externalId === null ? {} : { externalId: role.externalId }),
  };
}

function checkRoleArn(arn: string): void {
  if (arn.length <= 2048 && ROLE_ARN.test(arn)) return;
  const expected = 'the ARN of an IAM role, such as arn:aws:iam::123456789012:role/path/name';
  throw invalid(
    '--role-arn',
    arn.includes(':assumed-role/') ? `${expected}; this is the ARN of a session of a role` : expected,
  );
}

/** Shown by CloudTrail: says which tool and, where the environment knows it, whose run it was. */
function defaultSessionName({ env, pid }: Pick<Context, 'env' | 'pid'>): string {
  const user = env['USER'] || env['LOGNAME'] || env['USERNAME'] || String(pid);
  return `fedctl-${user.replace(/[^\w+=,.@-]/g, '-')}`.slice(0, 64);
}

function invalid(option: string, expected: string): FedctlError {
  return new FedctlError('usage.invalid-value', {
    message: `The value of ${option} is not valid: expected ${expected}.`,
    details: { option, expected },
  });
}
