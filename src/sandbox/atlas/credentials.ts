import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { Secret } from '../../lib/core/secret.ts';
import type { ApiRole } from './records.ts';

/** A service account: what OAuth's client credentials are asked with (facts/mongodb.md 7.3). */
export interface ServiceAccount {
  /** `mdb_sa_id_` and 24 hex characters */
  readonly clientId: string;
  /** `mdb_sa_sk_…` */
  readonly secret: Secret;
  /** When the secret is over; null for never. */
  readonly expiresAt: Date | null;
}

/** A programmatic API key: what HTTP Digest is answered with. */
export interface ApiKey {
  readonly publicKey: string;
  readonly privateKey: Secret;
}

interface AccessToken {
  readonly clientId: string;
  readonly expiresAt: Date;
}

/** Atlas's tokens live for an hour. */
export const TOKEN_SECONDS = 3600;

/** The credentials of the lab's API, what they may do and from where, and the tokens given out for them. */
export class ApiCredentials {
  serviceAccount: ServiceAccount;
  apiKey: ApiKey;
  /** Of both credentials. */
  roles: ReadonlySet<ApiRole> = new Set(['ORG_OWNER']);
  /** Blocks in CIDR notation from which both may be used, other than the project's list; any address when empty. */
  accessList: readonly string[] = [];
  readonly #now: () => Date;
  /** By the hash of the token: looking one up tells nothing about the others. */
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

  /** A new token for a client id and its secret, or null. */
  issueToken(clientId: string, secret: string): Secret | null {
    const { serviceAccount } = this;
    const known = isSame(clientId, serviceAccount.clientId);
    const right = isSame(secret, serviceAccount.secret.reveal());
    const over = serviceAccount.expiresAt !== null && serviceAccount.expiresAt <= this.#now();
    if (!known || !right || over) return null;
    this.#forgetExpired();
    const token = new Secret(randomBytes(32).toString('base64url'));
    this.#tokens.set(hashOf(token.reveal()), {
      clientId,
      expiresAt: new Date(this.#now().getTime() + TOKEN_SECONDS * 1000),
    });
    return token;
  }

  /** Whose token this is, or why it is none. */
  holderOf(token: string): AccessToken | 'unknown' | 'expired' {
    const found = this.#tokens.get(hashOf(token));
    if (found === undefined || found.clientId !== this.serviceAccount.clientId) return 'unknown';
    return found.expiresAt <= this.#now() ? 'expired' : found;
  }

  /** @returns false when there was no such token */
  revokeToken(token: string): boolean {
    return this.#tokens.delete(hashOf(token));
  }

  #forgetExpired(): void {
    for (const [hash, { expiresAt }] of this.#tokens) if (expiresAt <= this.#now()) this.#tokens.delete(hash);
  }
}

/** Compares in a time that tells nothing about where two texts differ. */
export function isSame(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function hashOf(token: string): string {
  return digest(token).toString('hex');
}

/** Eight lower-case letters, as Atlas's public keys are. */
function publicKey(): string {
  return [...randomBytes(8)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('');
}
