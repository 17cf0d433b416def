import type { JWK } from 'jose';
import { type FetchOptions, fetchIssuerDocuments } from './documents.ts';

/** How often an unknown `kid` may cause another request to an issuer. MongoDB waits 60 s, jose 30 s. */
const COOL_DOWN_MS = 30_000;

export interface KeyCacheOptions extends FetchOptions {
  readonly now: () => Date;
}

export interface KeyCache {
  /**
   * Returns the keys of one issuer. They are fetched once, and again when `kid` is not among them and the
   * last fetch is old enough. AWS uses the same key ids in every account (facts/aws.md 3), so a kid means
   * nothing without its issuer.
   *
   * @param kid the required key, null when the token names none
   * @throws FedctlError issuer.*
   */
  keysOf(issuer: string, kid: string | null): Promise<readonly JWK[]>;
}

interface Entry {
  readonly keys: Promise<readonly JWK[]>;
  readonly fetchedAt: number;
}

/**
 * Creates a cache of keys per issuer for the lifetime of the process. Concurrent callers share one fetch, and
 * failures are not cached.
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
      // Another caller fetched the keys meanwhile.
      if (latest !== undefined && latest !== entry) return latest.keys;
      return options.now().getTime() - entry.fetchedAt < COOL_DOWN_MS ? keys : fetchKeys(issuer);
    },
  };
}
