import { type CryptoKey, importJWK, type JWK } from 'jose';
import { sendHttp } from './http.ts';

/** mongod leaves an issuer alone for this long after a fetch that worked (JWKSMinimumQuiescePeriodSecs). */
const QUIET_SECONDS = 60;
/** Smaller RSA keys are not used, in bits. */
const MIN_MODULUS = 2048;

export type KeyLookup =
  | { readonly found: true; readonly key: CryptoKey }
  | {
      readonly found: false;
      /** Whether the issuer was heard and knows no such key, or could not be heard. */
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
 * The public keys of issuers, found through discovery and kept: an unknown kid makes the server fetch once more, but not
 * within a minute of the last fetch that worked, and keys that are not RSA are left out (facts/mongodb.md 1.6).
 */
export class IssuerKeys {
  readonly #options: IssuerKeysOptions;
  readonly #sets = new Map<string, KeySet>();
  readonly #fetches = new Map<string, Promise<KeySet>>();

  constructor(options: IssuerKeysOptions) {
    this.#options = options;
  }

  async find(issuer: string, keyId: string): Promise<KeyLookup> {
    const kept = this.#sets.get(issuer);
    const known = kept?.keys.get(keyId);
    if (known !== undefined) return { found: true, key: known };
    if (kept !== undefined && this.#secondsSince(kept.fetchedAt) < QUIET_SECONDS) {
      return {
        found: false,
        fault: 'unknown-key',
        reason: `unknown key id, and the keys of ${issuer} were fetched less than ${QUIET_SECONDS} s ago`,
      };
    }
    let fetched: KeySet;
    try {
      fetched = await this.#fetchOnce(issuer);
    } catch (error) {
      const reason = `the keys of ${issuer} cannot be fetched: ${reasonOf(error)}`;
      return { found: false, fault: 'unreachable', reason };
    }
    const key = fetched.keys.get(keyId);
    return key === undefined
      ? { found: false, fault: 'unknown-key', reason: `unknown key id: ${issuer} publishes no such RSA key` }
      : { found: true, key };
  }

  #secondsSince(time: number): number {
    return (this.#options.now().getTime() - time) / 1000;
  }

  /** Logins that arrive together wait for one fetch. */
  #fetchOnce(issuer: string): Promise<KeySet> {
    const running = this.#fetches.get(issuer);
    if (running !== undefined) return running;
    const fetching = this.#fetch(issuer).finally(() => this.#fetches.delete(issuer));
    this.#fetches.set(issuer, fetching);
    return fetching;
  }

  async #fetch(issuer: string): Promise<KeySet> {
    const discovery = await this.#json(new URL(`${issuer}/.well-known/openid-configuration`));
    if (discovery['issuer'] !== issuer) throw new Error('its discovery document names another issuer');
    const address = discovery['jwks_uri'];
    if (typeof address !== 'string') throw new Error('its discovery document names no jwks_uri');
    const document = await this.#json(new URL(address));
    const jwks = document['keys'];
    if (!Array.isArray(jwks)) throw new Error('its key set holds no list of keys');
    const set = { keys: await importRsaKeys(jwks), fetchedAt: this.#options.now().getTime() };
    this.#sets.set(issuer, set);
    return set;
  }

  async #json(url: URL): Promise<Readonly<Record<string, unknown>>> {
    const { ca, signal } = this.#options;
    const headers = { Host: url.host, Accept: 'application/json' };
    const answer = await sendHttp({ method: 'GET', url, headers, ca, signal });
    if (answer.status !== 200) throw new Error(`${url.pathname} answered ${answer.status}`);
    const value: unknown = JSON.parse(answer.body);
    if (typeof value !== 'object' || value === null) throw new Error(`${url.pathname} is no JSON object`);
    return { ...value };
  }
}

async function importRsaKeys(jwks: readonly unknown[]): Promise<ReadonlyMap<string, CryptoKey>> {
  const keys = new Map<string, CryptoKey>();
  for (const jwk of jwks) {
    if (!isRsaKey(jwk)) continue;
    const key = await importJWK(jwk, 'RS256').catch(() => null);
    if (key !== null && !(key instanceof Uint8Array)) keys.set(jwk.kid, key);
  }
  return keys;
}

/** An RSA key with a name, and large enough. Everything else in a set is passed over. */
function isRsaKey(jwk: unknown): jwk is JWK & { readonly kid: string } {
  if (typeof jwk !== 'object' || jwk === null) return false;
  const { kty, kid, n } = jwk as Record<string, unknown>;
  return (
    kty === 'RSA' &&
    typeof kid === 'string' &&
    typeof n === 'string' &&
    Buffer.from(n, 'base64url').length * 8 >= MIN_MODULUS
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
