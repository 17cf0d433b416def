import type { CryptoKey, JWK } from 'jose';
import { importJWK } from 'jose/key/import';
import { sendHttp } from './http.ts';
import type { ForeignKeys } from './versions.ts';

/**
 * The minimum time in seconds between a successful fetch of a key set and the next fetch (JWKSMinimumQuiescePeriodSecs
 * in MongoDB).
 */
const QUIET_SECONDS = 60;
/** The minimum size of an RSA key in bits. The server ignores smaller keys. */
const MIN_MODULUS = 2048;

export type KeyLookup =
  | { readonly found: true; readonly key: CryptoKey }
  | {
      readonly found: false;
      /**
       * `unknown-key`: the issuer's key set does not contain the key. `unreachable`: the key set could not be
       * fetched.
       */
      readonly fault: 'unknown-key' | 'unreachable';
      readonly reason: string;
    };

export interface IssuerKeysOptions {
  readonly now: () => Date;
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
}

interface KeySet {
  readonly keys: ReadonlyMap<string, CryptoKey>;
  readonly fetchedAt: number;
}

/**
 * A cache for the public keys of issuers. The server finds the key set through the discovery document. For an unknown
 * kid, the server fetches the key set again, but not within one minute after a successful fetch. The server version
 * determines how the server treats keys that are not RSA keys (facts/mongodb.md 1.6).
 */
export class IssuerKeys {
  readonly #options: IssuerKeysOptions;
  readonly #sets = new Map<string, KeySet>();
  readonly #fetches = new Map<string, Promise<KeySet>>();

  constructor(options: IssuerKeysOptions) {
    this.#options = options;
  }

  async find(issuer: string, keyId: string, foreignKeys: ForeignKeys): Promise<KeyLookup> {
    const kept = this.#sets.get(slot(issuer, foreignKeys));
    const known = kept?.keys.get(keyId);
    if (known !== undefined) return { found: true, key: known };
    if (kept !== undefined && this.#secondsSince(kept.fetchedAt) < QUIET_SECONDS) {
      return {
        found: false,
        fault: 'unknown-key',
        reason: `unknown key ID: the keys of ${issuer} were fetched less than ${QUIET_SECONDS} s ago, so the server does not fetch them again`,
      };
    }
    let fetched: KeySet;
    try {
      fetched = await this.#fetchOnce(issuer, foreignKeys);
    } catch (error) {
      const reason = `the keys of ${issuer} cannot be fetched: ${reasonOf(error)}`;
      return { found: false, fault: 'unreachable', reason };
    }
    const key = fetched.keys.get(keyId);
    return key === undefined
      ? {
          found: false,
          fault: 'unknown-key',
          reason: `unknown key ID: ${issuer} publishes no ${foreignKeys === 'use' ? '' : 'RSA '}key with this ID`,
        }
      : { found: true, key };
  }

  #secondsSince(time: number): number {
    return (this.#options.now().getTime() - time) / 1000;
  }

  /** Fetches the key set of an issuer. Concurrent logins share one request. */
  #fetchOnce(issuer: string, foreignKeys: ForeignKeys): Promise<KeySet> {
    const name = slot(issuer, foreignKeys);
    const running = this.#fetches.get(name);
    if (running !== undefined) return running;
    const fetching = this.#fetch(issuer, foreignKeys).finally(() => this.#fetches.delete(name));
    this.#fetches.set(name, fetching);
    return fetching;
  }

  async #fetch(issuer: string, foreignKeys: ForeignKeys): Promise<KeySet> {
    const discovery = await this.#json(new URL(`${issuer}/.well-known/openid-configuration`));
    if (discovery['issuer'] !== issuer) throw new Error('the discovery document names a different issuer');
    const address = discovery['jwks_uri'];
    if (typeof address !== 'string') throw new Error('the discovery document has no jwks_uri');
    const document = await this.#json(new URL(address));
    const jwks = document['keys'];
    if (!Array.isArray(jwks)) throw new Error('the key set has no list of keys');
    const set = {
      keys: await importKeys(jwks, foreignKeys),
      fetchedAt: this.#options.now().getTime(),
    };
    this.#sets.set(slot(issuer, foreignKeys), set);
    return set;
  }

  async #json(url: URL): Promise<Readonly<Record<string, unknown>>> {
    const { ca, signal } = this.#options;
    const headers = { Host: url.host, Accept: 'application/json' };
    const answer = await sendHttp({ method: 'GET', url, headers, ca, signal });
    if (answer.status !== 200) throw new Error(`${url.pathname} responded with ${answer.status}`);
    const value: unknown = JSON.parse(answer.body);
    if (typeof value !== 'object' || value === null) throw new Error(`${url.pathname} is not a JSON object`);
    return { ...value };
  }
}

/** Returns the name of a cache entry. An issuer has a separate cache entry for each value of `foreignKeys`. */
function slot(issuer: string, foreignKeys: ForeignKeys): string {
  return `${foreignKeys} ${issuer}`;
}

/**
 * Imports the keys of a key set.
 *
 * @throws Error if a key is not an RSA key and `foreignKeys` is `refuse-set`
 */
async function importKeys(
  jwks: readonly unknown[],
  foreignKeys: ForeignKeys,
): Promise<ReadonlyMap<string, CryptoKey>> {
  const keys = new Map<string, CryptoKey>();
  for (const jwk of jwks.filter(isNamedKey)) {
    if (foreignKeys === 'refuse-set' && jwk.kty !== 'RSA') {
      throw new Error('Only RSA key types are accepted at this time');
    }
    const algorithm = algorithmOf(jwk, foreignKeys);
    const key = algorithm === null ? null : await importJWK(jwk, algorithm).catch(() => null);
    if (key !== null && !(key instanceof Uint8Array)) keys.set(jwk.kid, key);
  }
  return keys;
}

type NamedKey = JWK & { readonly kid: string };

function isNamedKey(jwk: unknown): jwk is NamedKey {
  return typeof jwk === 'object' && jwk !== null && 'kid' in jwk && typeof jwk.kid === 'string';
}

/**
 * Returns the signature algorithm of a key. Returns null if the key is too small or if the server ignores keys of this
 * type.
 */
function algorithmOf({ kty, n, crv }: NamedKey, foreignKeys: ForeignKeys): string | null {
  if (kty === 'RSA' && typeof n === 'string') {
    return Buffer.from(n, 'base64url').length * 8 >= MIN_MODULUS ? 'RS256' : null;
  }
  if (foreignKeys !== 'use' || kty !== 'EC') return null;
  return crv === 'P-256' ? 'ES256' : crv === 'P-384' ? 'ES384' : null;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
