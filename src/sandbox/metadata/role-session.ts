import { rfc3339 } from '../../lib/core/time.ts';
import type { LabSession } from '../aws/identities.ts';
import type { AwsWorld, SessionFacts } from '../aws/world.ts';

/** The role that workloads run as on every platform. */
export const ROLE = 'app';

const SIX_HOURS_MS = 6 * 3_600_000;

/** SDKs ask for new keys 5 to 20 minutes before the old ones end, and have to be given new ones then. */
const RENEW_BEFORE_MS = 30 * 60_000;

/** Who the platform's workload is. */
export type Workload = Pick<SessionFacts, 'principal' | 'sessionName' | 'platformClaims' | 'tags'>;

/**
 * The keys that a platform hands out at this moment: one session for everybody who asks, and another one half an hour
 * before it ends by the lab's clock. They live six hours, whatever the role's own limit says: that holds for AssumeRole.
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

/** The keys as both kinds of endpoint write them (facts/aws.md 7.5, 7.6). */
export function credentialsMembers(session: LabSession) {
  return {
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secretAccessKey.reveal(),
    Token: session.sessionToken.reveal(),
    Expiration: rfc3339(session.expiresAt),
  };
}
