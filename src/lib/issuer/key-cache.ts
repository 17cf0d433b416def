import type { JWK } from 'jose';
import { type FetchOptions, fetchIssuerDocuments } from './documents.ts';

/**
 * The minimum time between two requests for the keys of one issuer, in milliseconds. Tokens with an unknown
 * `kid` cannot cause more frequent requests. MongoDB waits 60 s, and jose waits 30 s.
 */
const COOL_DOWN_MS = 30_000;

export interface KeyCacheOptions extends FetchOptions {
  readonly now: () => Date;
}

export interface KeyCache {
  /**
   * Returns the keys of one issuer. Fetches the keys on the first call. Fetches the keys again if no key has
   * this `kid` and the last fetch is more than 30 seconds old. AWS uses the same key IDs in every account
   * (facts/aws.md 3), so a `kid` has no meaning without its issuer.
   *
   * @param kid the ID of the required key; null if the token contains no key ID
   * @throws FedctlError issuer.*
   */
  keysOf(issuer: string, kid: string | null): Promise<readonly JWK[]>;
}

interface Entry {
  readonly keys: Promise<readonly JWK[]>;
  readonly fetchedAt: number;
}

/**
 * Creates a cache for the keys of issuers. The keys remain in the cache until the process ends. Concurrent
 * callers share one fetch. Failures are not cached.
 */
export function createKeyCache(options: KeyCacheOptions): KeyCache {
  const entries = new Map<string, Entry>();

  function fetchKeys(issuer: string): Promise<readonly JWK[]> {
    const keys = fetchIssuerDocuments(issuer, options).then((documents) => documents.keys);
    const entry = { keys, fetchedAt: options.now().getTime() };
    entries.set(issuer, entry);
    keys.catch(() => {
      if (entries.get(issuer) === entry) entries.delete(issuer);
    });
    return keys;
  }

  return {
    async keysOf(issuer, kid) {
      const entry = entries.get(issuer);
      if (entry === undefined) return fetchKeys(issuer);
      const keys = await entry.keys;
      if (kid === null || keys.some((key) => key.kid === kid)) return keys;
      const latest = entries.get(issuer);
      // Another caller fetched the keys in the meantime.
      if (latest !== undefined && latest !== entry) return latest.keys;
      return options.now().getTime() - entry.fetchedAt < COOL_DOWN_MS ? keys : fetchKeys(issuer);
    },
  };
}
