import { type MfaProof, proveMfa, validateMfaSerial } from '../aws/mfa.ts';
import { type Flag, rerun } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import type { AssumeRoleRequest, Credentials, ResolvedCredentials } from '../core/credentials.ts';
import { formatDuration } from '../core/duration.ts';
import { FedctlError } from '../core/errors.ts';
import { invalidValue } from '../core/invalid-value.ts';
import { rfc3339 } from '../core/time.ts';
import type { Tag } from '../core/token.ts';
import type { AwsSettings } from '../ports/aws.ts';
import { validateTags } from './mint-request.ts';
import { assume, assumeRoleRequest } from './role.ts';

/**
 * A request for temporary credentials. If the list of roles is empty, the result is a session of the caller.
 */
export interface SessionRequest {
  /** The roles to assume, in order. The result is the session of the last role. */
  readonly roleArns: readonly string[];
  /**
   * The external ID that is sent with each AssumeRole call. AWS ignores it for a role that requires no
   * external ID.
   */
  readonly externalId: string | null;
  /** The name for each session in the role chain; null for the default name. */
  readonly sessionName: string | null;
  /**
   * The tags that the final session of the role chain must have. A transitive tag is set on the first session, and
   * later sessions inherit it.
   */
  readonly tags: readonly Tag[];
  /** The keys of the tags that later sessions inherit. */
  readonly transitiveTagKeys: readonly string[];
  /**
   * The source identity that is set on the first session. AWS copies the source identity to all later
   * sessions in the role chain.
   */
  readonly sourceIdentity: string | null;
  /**
   * The duration of the final session, in seconds. If null, AWS uses its default (1 h for a role, 12 h for a
   * user).
   */
  readonly durationSeconds: number | null;
  /**
   * The serial number of the MFA device of the caller. The code is sent only with the first call. Later calls
   * are signed with session credentials and need no code.
   */
  readonly mfaSerial: string | null;
}

export interface SessionCredentials {
  /** The STS call that created the credentials; `none` if the caller's credentials are already temporary. */
  readonly operation: 'GetSessionToken' | 'AssumeRole' | 'none';
  /** The ARN of the session. */
  readonly arn: string;
  readonly credentials: Credentials;
  /** The source of the credentials of the caller, for messages. */
  readonly providerDetail: string;
}

const HOUR = 3600;
/**
 * The limits for the duration of a session, in seconds (facts/aws.md 6). A role or a root user may have a
 * lower limit, which only AWS can check.
 */
const LIMITS = { shortest: 900, role: 12 * HOUR, chained: HOUR, user: 36 * HOUR } as const;

/**
 * Returns temporary credentials. Calls AssumeRole for each role. Without roles, calls GetSessionToken for
 * long-term keys, or returns the caller's credentials if they are already temporary.
 *
 * @throws FedctlError usage.invalid-value, sts.duration-refused, sts.session-credentials before any call to
 * STS; sts.assume-denied, aws.access-denied; the failures of `Aws.credentials` for the caller
 */
export async function sessionCredentials(
  context: Context,
  settings: AwsSettings,
  request: SessionRequest,
): Promise<SessionCredentials> {
  const [first, ...rest] = checkedChain(context, request);
  if (first === undefined) {
    return ownSession(context, settings, request);
  }
  let session = await assume(context, settings, first, request.mfaSerial);
  for (const next of rest) {
    session = await assume(context, { ...settings, credentials: session.credentials }, next, null);
  }
  return { operation: 'AssumeRole', ...session, providerDetail: session.credentials.providerDetail };
}

async function ownSession(
  { aws: reach, signal }: Pick<Context, 'aws' | 'signal'>,
  settings: AwsSettings,
  { durationSeconds, mfaSerial }: SessionRequest,
): Promise<SessionCredentials> {
  const aws = await reach(settings);
  const caller = await aws.credentials(signal);
  const temporary = caller.sessionToken !== null;
  if (temporary && durationSeconds !== null) throw sessionStays(caller, '--duration');
  if (temporary && mfaSerial !== null) throw sessionStays(caller, '--mfa-serial');
  const sts = await aws.sts();
  const mfa = mfaSerial === null ? {} : await proveUser(settings, mfaSerial);
  const [{ arn }, credentials] = await Promise.all([
    sts.getCallerIdentity(signal),
    temporary
      ? caller
      : sts.getSessionToken({ ...(durationSeconds === null ? {} : { durationSeconds }), ...mfa }, signal),
  ]);
  const operation = temporary ? 'none' : 'GetSessionToken';
  return { operation, arn, credentials, providerDetail: caller.providerDetail };
}

function proveUser(settings: AwsSettings, mfaSerial: string): Promise<MfaProof> {
  return proveMfa(
    settings.mfaCode,
    mfaSerial,
    'The session requires a code from',
    `eval "$(fedctl credentials --mfa-serial ${mfaSerial} --format env)"`,
  );
}

/**
 * Creates the failure if --duration or --mfa-serial is used with session credentials. Both options require
 * GetSessionToken, and AWS does not allow session credentials to call GetSessionToken (facts/aws.md 6).
 */
function sessionStays(caller: ResolvedCredentials, option: Flag): FedctlError {
  const end = caller.expiresAt === null ? '' : ` They expire at ${rfc3339(caller.expiresAt)}.`;
  return new FedctlError('sts.session-credentials', {
    message: `The credentials from ${caller.providerDetail} are already session credentials, so ${option} is not possible.${end}`,
    likelyCause:
      'GetSessionToken requires long-term credentials of an IAM user and rejects session credentials.',
    remedy: `Remove ${option} to get the current credentials, or assume a role with --role-arn <arn>.`,
    option,
  });
}

/**
 * Returns one validated request for each role, without a call to AWS. The list is empty if no role is
 * specified.
 */
function checkedChain(context: Context, request: SessionRequest): readonly AssumeRoleRequest[] {
  const { roleArns, durationSeconds } = request;
  validateDuration(durationSeconds, roleArns.length);
  validateTags(request.tags, '--session-tag');
  validateTransitive(request);
  validateSourceIdentity(request.sourceIdentity);
  if (request.mfaSerial !== null) validateMfaSerial(request.mfaSerial);
  const isTransitive = ({ key }: Tag) => includesKey(request.transitiveTagKeys, key);
  const last = roleArns.length - 1;
  return roleArns.map((roleArn, index) => {
    const { externalId, sessionName, sourceIdentity, mfaSerial } = request;
    // The first session sets the transitive tags, and later sessions inherit them. A tag that is not
    // transitive applies only to the session that sets it. Therefore, the last session sets these tags.
    const tags = request.tags.filter((tag) => (isTransitive(tag) ? index === 0 : index === last));
    return {
      ...assumeRoleRequest(context, { roleArn, externalId, sessionName, mfaSerial }),
      ...(tags.length === 0 ? {} : { tags }),
      ...(index === 0 && request.transitiveTagKeys.length > 0
        ? { transitiveTagKeys: request.transitiveTagKeys }
        : {}),
      ...(index === 0 && sourceIdentity !== null ? { sourceIdentity } : {}),
      ...(index === last && durationSeconds !== null ? { durationSeconds } : {}),
    };
  });
}

function validateDuration(seconds: number | null, roles: number): void {
  if (seconds === null) return;
  const longest = roles === 0 ? LIMITS.user : LIMITS.role;
  if (seconds < LIMITS.shortest || seconds > longest) {
    throw invalidValue('--duration', {
      message: `Invalid duration ${formatDuration(seconds)}: a session of ${roles === 0 ? 'a user' : 'a role'} is valid for ${formatDuration(LIMITS.shortest)} to ${formatDuration(longest)}.`,
      likelyCause: 'AWS would reject the request, so fedctl does not send it.',
      remedy: 'Request a session of one hour.',
      command: rerun({ set: { '--duration': '1h' } }),
      details: { seconds, shortest: LIMITS.shortest, longest },
    });
  }
  if (roles > 1 && seconds > LIMITS.chained) {
    throw new FedctlError('sts.duration-refused', {
      message: `Invalid duration ${formatDuration(seconds)}: the last of ${roles} roles is assumed from another role, so its session is valid for 1 h at most.`,
      likelyCause:
        'AWS limits the session of a role that was assumed from another role (role chaining) to one hour.',
      command: rerun({ set: { '--duration': '1h' } }),
      remedy:
        'Request a session of one hour, or assume the last role directly with long-term or SSO credentials.',
      details: { seconds, longest: LIMITS.chained },
    });
  }
}

function validateTransitive({ tags, transitiveTagKeys }: SessionRequest): void {
  for (const [index, key] of transitiveTagKeys.entries()) {
    if (tags.some((tag) => includesKey([key], tag.key))) continue;
    throw invalidValue('--transitive-tag', {
      message: `Transitive tag ${index + 1} is not the key of a session tag.`,
      likelyCause: 'Each transitive tag must also be a session tag.',
      remedy: 'Add --session-tag <key>=<value> with this key.',
      details: { position: index + 1 },
    });
  }
}

function validateSourceIdentity(sourceIdentity: string | null): void {
  if (sourceIdentity === null || /^[\w+=,.@-]{2,64}$/.test(sourceIdentity)) return;
  throw invalidValue('--source-identity', { expected: '2 to 64 characters: letters, digits and _+=,.@-' });
}

/** Returns whether a list contains a tag key. Tag keys are not case-sensitive. */
function includesKey(keys: readonly string[], key: string): boolean {
  return keys.some((each) => each.toLowerCase() === key.toLowerCase());
}
