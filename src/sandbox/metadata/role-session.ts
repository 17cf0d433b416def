import { rfc3339 } from '../../lib/core/time.ts';
import type { LabSession } from '../aws/identities.ts';
import type { AwsWorld, SessionFacts } from '../aws/world.ts';

/** The name of the role that workloads use, on every platform. */
export const ROLE = 'app';

const SIX_HOURS_MS = 6 * 3_600_000;

/**
 * The time before their expiration when credentials are replaced, in milliseconds. SDKs request credentials again 5
 * to 20 minutes before the expiration, and must then receive new credentials.
 */
const RENEW_BEFORE_MS = 30 * 60_000;

/** The principal and the session of a workload. */
export type Workload = Pick<SessionFacts, 'principal' | 'sessionName' | 'platformClaims' | 'tags'>;

/**
 * Returns a function that returns the current session of a platform. All callers share one session. The
 * session is valid for six hours, and is replaced half an hour before it expires, as measured by the lab's
 * clock. The maximum session duration of the role does not apply to this session. This maximum applies only
 * to AssumeRole.
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

/**
 * Returns the properties of the credentials, in the format that the metadata and container endpoints use
 * (facts/aws.md 7.5, 7.6).
 */
export function credentialsMembers(session: LabSession) {
  return {
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secretAccessKey.reveal(),
    Token: session.sessionToken.reveal(),
    Expiration: rfc3339(session.expiresAt),
  };
}
