import { rfc3339 } from '../../lib/core/time.ts';
import { AwsError, validationError } from './aws-error.ts';
import { callerOf, type LabRole, type LabSession, type Tags } from './identities.ts';
import type { QueryParameters } from './query.ts';
import type { Validation } from './validation.ts';
import type { XmlElement } from './xml.ts';

/** The credentials of a session as every answer of STS has them. */
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

/** The session of a role as answers name it. */
export function assumedRoleXml(role: LabRole, sessionName: string): XmlElement {
  return [
    'AssumedRoleUser',
    [
      ['Arn', `arn:aws:sts::${role.account.id}:assumed-role/${role.name}/${sessionName}`],
      ['AssumedRoleId', `${role.id}:${sessionName}`],
    ],
  ];
}

/** @throws AwsError ValidationError when a session is to live longer than its role allows */
export function refuseOverMaximum(seconds: number, role: LabRole): void {
  if (seconds <= role.maxSessionSeconds) return;
  throw validationError(
    'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    `${role.name} allows sessions of ${role.maxSessionSeconds} s, but ${seconds} s were requested`,
  );
}

/** Bytes of policy and tags that fill a session. AWS packs them in a form that it does not publish: this is a likeness. */
const PACKED_SPACE = 4096;

/**
 * How much of its space the policy and the tags of a session take, in percent, as answers tell it; nothing for a session
 * without (facts/aws.md 13.2).
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

/** For the lab's log. */
export function sessionReason(session: LabSession): string {
  const who = session.federatedUser === null ? session.principal.arn : callerOf(session).arn;
  return `session ${session.accessKeyId} of ${who}${session.mfa ? ', with MFA,' : ''} until ${rfc3339(session.expiresAt)}`;
}

/** How long a session is asked to live; every kind lives 15 minutes at least. */
export function sessionSeconds(
  parameters: QueryParameters,
  validation: Validation,
  max: number,
): number | undefined {
  return validation.integer(parameters.text('DurationSeconds'), 'durationSeconds', { min: 900, max });
}

/** How long the session token has to be at least: programs test with it whether they cope with long ones. */
export function sessionTokenSize(parameters: QueryParameters, validation: Validation): number {
  const size = parameters.text('MinimumSessionTokenSize');
  return validation.integer(size, 'minimumSessionTokenSize', { min: 0, max: 4096 }) ?? 0;
}
