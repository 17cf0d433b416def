import { rfc3339 } from '../../lib/core/time.ts';
import type { LabSession } from '../aws/identities.ts';
import type { AwsWorld, SessionFacts } from '../aws/world.ts';

/** The role of the workload on every platform. */
export const ROLE = 'app';

const SIX_HOURS_MS = 6 * 3_600_000;

/** SDKs request new keys 5 to 20 minutes before the old ones expire, and must then receive new ones. */
const RENEW_BEFORE_MS = 30 * 60_000;

/** The identity of the platform's workload. */
export type Workload = Pick<SessionFacts, 'principal' | 'sessionName' | 'platformClaims' | 'tags'>;

/**
 * Returns the current keys of a platform: one session for all callers, replaced half an hour before it
 * expires by the lab's clock. They are valid for six hours, whatever the maximum of the role: that applies
 * only to AssumeRole.
 */
export function renewedSession(world: AwsWorld, now: () => Date, workload: Workload): () => LabSession {
  let session: LabSession | null = null;
  return () => {
    const at = now().getTime();
    if (session === null || session.expiresAt.getTime() - at <= RENEW_BEFORE_MS) {
      session = world.createSession({ ...workload, expiresAt: new Date(at + SIX_HOURS_MS) });
    }
    return session;
  };
}

/** Returns the keys in the format of both kinds of endpoint (facts/aws.md 7.5, 7.6). */
export function credentialsMembers(session: LabSession) {
  return {
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secretAccessKey.reveal(),
    Token: session.sessionToken.reveal(),
    Expiration: rfc3339(session.expiresAt),
  };
}
