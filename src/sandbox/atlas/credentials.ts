import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { Secret } from '../../lib/core/secret.ts';
import type { ApiRole } from './records.ts';

/** A service account, for the OAuth client credentials grant (facts/mongodb.md 7.3). */
export interface ServiceAccount {
  /** The client ID: `mdb_sa_id_`, followed by 24 hex characters. */
  readonly clientId: string;
  /** The client secret, which starts with `mdb_sa_sk_`. */
  readonly secret: Secret;
  /** The expiration of the secret; null if the secret does not expire. */
  readonly expiresAt: Date | null;
}

/** A programmatic API key, for HTTP Digest authentication. */
export interface ApiKey {
  readonly publicKey: string;
  readonly privateKey: Secret;
}

interface AccessToken {
  readonly clientId: string;
  readonly expiresAt: Date;
}

/** The lifetime of an Atlas token, in seconds. */
export const TOKEN_SECONDS = 3600;

/**
 * The service account and the API key of the lab, their roles and allowed addresses, and the issued tokens.
 */
export class ApiCredentials {
  serviceAccount: ServiceAccount;
  apiKey: ApiKey;
  /** The roles of the service account and the API key. */
  roles: ReadonlySet<ApiRole> = new Set(['ORG_OWNER']);
  /**
   * The CIDR blocks of the clients that can use the service account and the API key. An empty list allows all
   * addresses. This list is independent of the project's access list.
   */
  accessList: readonly string[] = [];
  readonly #now: () => Date;
  /**
   * The issued tokens. The keys of the map are hashes of the tokens, so the duration of a lookup reveals
   * nothing about a token.
   */
  readonly #tokens = new Map<string, AccessToken>();

  constructor(now: () => Date) {
    this.#now = now;
    this.serviceAccount = {
      clientId: `mdb_sa_id_${randomBytes(12).toString('hex')}`,
      secret: new Secret(`mdb_sa_sk_${randomBytes(30).toString('base64url')}`),
      expiresAt: null,
    };
    this.apiKey = { publicKey: publicKey(), privateKey: new Secret(randomUUID()) };
  }

  /**
   * Returns a new token. Returns null if the client ID or the secret is wrong, or if the secret has expired.
   */
  issueToken(clientId: string, secret: string): Secret | null {
    const { serviceAccount } = this;
    const known = isSame(clientId, serviceAccount.clientId);
    const right = isSame(secret, serviceAccount.secret.reveal());
    const expired = serviceAccount.expiresAt !== null && serviceAccount.expiresAt <= this.#now();
    if (!known || !right || expired) return null;
    this.#forgetExpired();
    const token = new Secret(randomBytes(32).toString('base64url'));
    this.#tokens.set(hashOf(token.reveal()), {
      clientId,
      expiresAt: new Date(this.#now().getTime() + TOKEN_SECONDS * 1000),
    });
    return token;
  }

  /** Returns the client and the expiration of a token, or the reason why the token is invalid. */
  holderOf(token: string): AccessToken | 'unknown' | 'expired' {
    const found = this.#tokens.get(hashOf(token));
    if (found === undefined || found.clientId !== this.serviceAccount.clientId) return 'unknown';
    return found.expiresAt <= this.#now() ? 'expired' : found;
  }

  /** Revokes a token. @returns false if the token does not exist */
  revokeToken(token: string): boolean {
    return this.#tokens.delete(hashOf(token));
  }

  #forgetExpired(): void {
    for (const [hash, { expiresAt }] of this.#tokens) if (expiresAt <= this.#now()) this.#tokens.delete(hash);
  }
}

/** Compares two strings in constant time. */
export function isSame(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function hashOf(token: string): string {
  return digest(token).toString('hex');
}

/** Returns a random public key in the format of Atlas: eight lowercase letters. */
function publicKey(): string {
  return [...randomBytes(8)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('');
}
