import type { JWK } from 'jose';
import { type FedctlError, isFedctlError } from '../core/errors.ts';
import { discoveryUrl } from '../issuer/address.ts';
import { type FetchOptions, fetchIssuerDocuments } from '../issuer/documents.ts';

/** One document of the issuer, as a relying party reads it. */
export interface Reading {
  readonly url: string | null;
  /** Null when it was not requested, because the document that links to it was not found. */
  readonly ok: boolean | null;
  readonly failure: FedctlError | null;
}

export interface OfferedKey {
  readonly keyId: string | null;
  readonly keyType: string;
  /**
   * The key's own `alg`, otherwise the algorithm that AWS uses with such a key: the JWK may omit it
   * (facts/aws.md 4).
   */
  readonly algorithm: string | null;
}

export interface IssuerReport {
  readonly discovery: Reading;
  readonly jwks: Reading;
  readonly keys: readonly OfferedKey[];
  /** The keys as published, to verify signatures with. */
  readonly published: readonly JWK[];
}

const NOT_ASKED: Reading = { url: null, ok: null, failure: null };

/** The report when no issuer is known. */
export const NO_ISSUER: IssuerReport = { discovery: NOT_ASKED, jwks: NOT_ASKED, keys: [], published: [] };

/**
 * Reads what the issuer publishes. An issuer that does not respond is a finding and not a failure.
 *
 * @throws the signal's reason, and nothing else
 */
export async function examineIssuer(issuer: string, options: FetchOptions): Promise<IssuerReport> {
  try {
    const documents = await fetchIssuerDocuments(issuer, options);
    return {
      discovery: { url: documents.discoveryUrl, ok: true, failure: null },
      jwks: { url: documents.jwksUri, ok: true, failure: null },
      keys: documents.keys.map(offeredKey),
      published: documents.keys,
    };
  } catch (error) {
    if (!isFedctlError(error)) throw error;
    return failedReport(issuer, error);
  }
}

/**
 * Builds the report of a failure. The address in the failure shows which document failed: keys are requested
 * only after the discovery document was accepted.
 */
function failedReport(issuer: string, failure: FedctlError): IssuerReport {
  const { url } = failure.details;
  const discovery = URL.canParse(issuer) ? addressOfDiscovery(issuer) : null;
  if (typeof url === 'string' && discovery !== null && url !== discovery) {
    return {
      discovery: { url: discovery, ok: true, failure: null },
      jwks: { url, ok: false, failure },
      keys: [],
      published: [],
    };
  }
  return { discovery: { url: discovery, ok: false, failure }, jwks: NOT_ASKED, keys: [], published: [] };
}

function addressOfDiscovery(issuer: string): string | null {
  try {
    return discoveryUrl(issuer).href;
  } catch {
    // An issuer URL that relying parties must not use has no such address. The failure already says so.
    return null;
  }
}

function offeredKey(key: JWK): OfferedKey {
  return {
    keyId: key.kid ?? null,
    keyType: key.kty ?? '',
    algorithm: key.alg ?? algorithmOf(key),
  };
}

function algorithmOf(key: JWK): string | null {
  if (key.kty === 'RSA') return 'RS256';
  return key.kty === 'EC' && key.crv === 'P-384' ? 'ES384' : null;
}
