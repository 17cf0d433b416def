import type { JWK } from 'jose';
import { type FedctlError, isFedctlError } from '../core/errors.ts';
import { discoveryUrl } from '../issuer/address.ts';
import { type FetchOptions, fetchIssuerDocuments } from '../issuer/documents.ts';

/** The result of reading a document that the issuer publishes. */
export interface Reading {
  readonly url: string | null;
  /**
   * Whether the document was read successfully. Null if the document was not requested. A document is not
   * requested if no issuer is known, or if the discovery document could not be read.
   */
  readonly ok: boolean | null;
  readonly failure: FedctlError | null;
}

export interface OfferedKey {
  readonly keyId: string | null;
  readonly keyType: string;
  /**
   * The `alg` of the key. If the key has no `alg`, this is the algorithm that AWS uses with keys of this type
   * (facts/aws.md 4), or null if AWS does not use keys of this type.
   */
  readonly algorithm: string | null;
}

export interface IssuerReport {
  readonly discovery: Reading;
  readonly jwks: Reading;
  readonly keys: readonly OfferedKey[];
  /** The published keys, unchanged, for the verification of signatures. */
  readonly published: readonly JWK[];
}

const NOT_ASKED: Reading = { url: null, ok: null, failure: null };

/** The report if no issuer is known. */
export const NO_ISSUER: IssuerReport = { discovery: NOT_ASKED, jwks: NOT_ASKED, keys: [], published: [] };

/**
 * Reads the discovery document and the key set of an issuer. If reading fails, the report contains the
 * failure.
 *
 * @throws only the abort reason, if the signal is aborted
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
 * Builds the report for a failure. The URL in the failure shows which document could not be read. If this
 * document is the key set, the discovery document was accepted.
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
    // An invalid issuer URL has no discovery URL. The failure in the report states why the URL is invalid.
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
