import type { Refusal } from '../../lib/trust/refusal.ts';
import { EXTERNAL } from '../../lib/trust/relying-party.ts';

/** A login in the access history, accepted or rejected. */
export interface LoginAttempt {
  /** The name of the authentication mechanism, for example `MONGODB-OIDC`. */
  readonly mechanism: string;
  /** The name of the database user; null if the server could not determine the name. */
  readonly username: string | null;
  /** The IP address of the client without the port. */
  readonly ipAddress: string;
  readonly accepted: boolean;
  /**
   * The reason for a rejected login, for example `UserNotFound: Could not find user "…" for db "$external"`; null for
   * an accepted login.
   */
  readonly failureReason: string | null;
}

/**
 * Returns the reason for a rejected login in the words of the server log. The text for a missing user was observed on
 * real servers (facts/mongodb.md 2.5). The texts for issuer, audience and claims are from the log of Percona Server
 * (facts/mongodb.md 1.6). It is not verified that MongoDB logs the same texts.
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
    // In the following cases, the server log reports that the user was not found.
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
