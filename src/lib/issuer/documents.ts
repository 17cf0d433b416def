import type { JWK } from 'jose';

/** What an issuer publishes, fetched and checked. */
export interface IssuerDocuments {
  readonly issuer: string;
  readonly discoveryUrl: string;
  readonly jwksUri: string;
  readonly keys: readonly JWK[];
}

export interface FetchOptions {
  readonly fetch: typeof globalThis.fetch;
  /** Bounds each of the two requests. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Reads discovery and keys of an issuer.
 *
 * @throws FedctlError issuer.*
 */
export async function fetchIssuerDocuments(
  _issuer: string,
  _options: FetchOptions,
): Promise<IssuerDocuments> {
  throw new Error('not built yet');
}
