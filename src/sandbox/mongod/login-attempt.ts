import type { Refusal } from '../../lib/trust/refusal.ts';
import { EXTERNAL } from '../../lib/trust/relying-party.ts';

/** A completed login, for the access history. */
export interface LoginAttempt {
  /** `MONGODB-OIDC`, `MONGODB-AWS` */
  readonly mechanism: string;
  /** The name of the database user, as far as the server could determine it; null when it could not. */
  readonly username: string | null;
  /** The IP address of the client, without the port. */
  readonly ipAddress: string;
  readonly accepted: boolean;
  /** The reason for a rejection: `UserNotFound: Could not find user "…" for db "$external"`; null if accepted. */
  readonly failureReason: string | null;
}

/**
 * Formats the reason for a login that the relying party rejected, as the server logs it. The text for a missing user
 * was observed on real servers (facts/mongodb.md 2.5). The texts for issuer, audience and claims are those of Percona's
 * log (1.6); MongoDB's own texts are unverified.
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
    // A user of another type, another database or another cluster, or an expired user, does not exist for the server.
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
