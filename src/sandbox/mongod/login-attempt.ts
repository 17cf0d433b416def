import type { Refusal } from '../../lib/trust/refusal.ts';
import { EXTERNAL } from '../../lib/trust/relying-party.ts';

/** A login that came to its end, for whoever keeps a history of them. */
export interface LoginAttempt {
  /** `MONGODB-OIDC`, `MONGODB-AWS` */
  readonly mechanism: string;
  /** The name of the database user, or as much of it as the server learnt; null where it learnt nothing. */
  readonly username: string | null;
  /** The client's, without its port. */
  readonly ipAddress: string;
  readonly accepted: boolean;
  /** Why not, in the server's own words: `UserNotFound: Could not find user "…" for db "$external"`; null if accepted. */
  readonly failureReason: string | null;
}

/**
 * How the server words a refusal of the relying party in its log. The missing user is as seen in the field
 * (facts/mongodb.md 2.5), issuer, audience and claims as in Percona's log (1.6); MongoDB's own wording of the latter is
 * unverified.
 */
export function serverTextOf(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'issuer-unknown':
    case 'audience-mismatch':
      return 'BadValue: Invalid JWT: unsupported issuer or audience';
    case 'claim-missing':
      return `BadValue: Invalid JWT: '${refusal.claim}' claim is missing`;
    case 'claim-type':
      return `BadValue: Invalid JWT: '${refusal.claim}' claim format is not ${refusal.expected}`;
    case 'user-missing':
      return userNotFound(refusal.expected.join(', '));
    // To a server a user of another kind, of another database or cluster, or that is over is none.
    case 'user-database':
    case 'oidc-auth-type':
    case 'aws-iam-type':
    case 'user-scope':
    case 'user-expired':
      return userNotFound(refusal.username);
    case 'not-an-arn':
      return userNotFound(refusal.seen);
  }
}

function userNotFound(username: string): string {
  return `UserNotFound: Could not find user "${username}" for db "${EXTERNAL}"`;
}
