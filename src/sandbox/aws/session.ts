import { rfc3339 } from '../../lib/core/time.ts';
import { AwsError, validationError } from './aws-error.ts';
import { callerOf, type LabRole, type LabSession, type Tags } from './identities.ts';
import type { QueryParameters } from './query.ts';
import type { Validation } from './validation.ts';
import type { XmlElement } from './xml.ts';

/** Returns the credentials of a session in the format that all STS responses use. */
export function credentialsXml(session: LabSession): XmlElement {
  return [
    'Credentials',
    [
      ['AccessKeyId', session.accessKeyId],
      ['SecretAccessKey', session.secretAccessKey.reveal()],
      ['SessionToken', session.sessionToken.reveal()],
      ['Expiration', rfc3339(session.expiresAt)],
    ],
  ];
}

/** Returns the session of a role in the format that STS responses use. */
export function assumedRoleXml(role: LabRole, sessionName: string): XmlElement {
  return [
    'AssumedRoleUser',
    [
      ['Arn', `arn:aws:sts::${role.account.id}:assumed-role/${role.name}/${sessionName}`],
      ['AssumedRoleId', `${role.id}:${sessionName}`],
    ],
  ];
}

/**
 * Rejects a duration that exceeds the maximum session duration of the role.
 *
 * @throws AwsError ValidationError
 */
export function refuseOverMaximum(seconds: number, role: LabRole): void {
  if (seconds <= role.maxSessionSeconds) return;
  throw validationError(
    'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    `${role.name} allows sessions of at most ${role.maxSessionSeconds} s, but ${seconds} s were requested`,
  );
}

/**
 * Maximum size of the policy and the tags of a session, in bytes. This value is an approximation, because AWS
 * converts the policy and the tags to an unpublished packed format.
 */
const PACKED_SPACE = 4096;

/**
 * Returns the element PackedPolicySize: the used percentage of the maximum size. Returns no element if the
 * session has no policy and no tags (facts/aws.md 13.2).
 *
 * @throws AwsError PackedPolicyTooLarge
 */
export function packedSizeXml(policy: string | undefined, tags: Tags): readonly XmlElement[] {
  const packed = [policy ?? '', ...Object.entries(tags).flat()].join('');
  const percent = Math.ceil((Buffer.byteLength(packed) / PACKED_SPACE) * 100);
  if (percent === 0) return [];
  if (percent <= 100) return [['PackedPolicySize', String(percent)]];
  const what = policy === undefined ? 'session tags' : 'policy and session tags';
  throw new AwsError(
    'PackedPolicyTooLarge',
    400,
    `Packed size of ${what} consumes ${percent}% of allotted space.`,
  );
}

/** Describes a session for the lab's log. */
export function sessionReason(session: LabSession): string {
  const who = session.federatedUser === null ? session.principal.arn : callerOf(session).arn;
  return `session ${session.accessKeyId} of ${who}${session.mfa ? ', with MFA,' : ''} until ${rfc3339(session.expiresAt)}`;
}

/** Reads the duration of a session. The minimum is 15 minutes. */
export function sessionSeconds(
  parameters: QueryParameters,
  validation: Validation,
  max: number,
): number | undefined {
  return validation.integer(parameters.text('DurationSeconds'), 'durationSeconds', { min: 900, max });
}

/**
 * Reads the minimum length of the session token. Clients can request a long token to test whether they support
 * long tokens.
 */
export function sessionTokenSize(parameters: QueryParameters, validation: Validation): number {
  const size = parameters.text('MinimumSessionTokenSize');
  return validation.integer(size, 'minimumSessionTokenSize', { min: 0, max: 4096 }) ?? 0;
}
