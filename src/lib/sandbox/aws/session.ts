import { rfc3339 } from '../../time.ts';
import { callerOf, type LabSession } from './identities.ts';
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
