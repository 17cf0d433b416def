import { resolve } from 'node:path';
import type { JWK } from 'jose';
import type { Context } from '../core/context.ts';
import { ofOption, readingOption } from '../core/invalid-value.ts';
import { discoveryUrl, trustworthyUrl } from '../issuer/address.ts';
import { fetchKeySet } from '../issuer/documents.ts';
import { createKeyCache, type KeyCache } from '../issuer/key-cache.ts';
import { readKeySet } from '../issuer/key-file.ts';
import type { DecodedJwt } from '../jwt/decode.ts';
import type { Fault } from '../jwt/fault.ts';
import { numericDate } from '../jwt/numeric-date.ts';
import { decodeOrFault, verifyJwt } from '../jwt/verify.ts';
import type { AwsSettings } from '../ports/aws.ts';
import { trustedIssuer } from './trusted-issuer.ts';

export interface VerifyRequest {
  /** The issuer to trust. If null, the issuer of the caller's account is trusted. */
  readonly issuer: string | null;
  /** The expected audience; null accepts any audience. */
  readonly audience: string | null;
  /** A glob pattern for the subject; null accepts any subject. */
  readonly subject: string | null;
  /** A file or a URL with the keys of the issuer. If null, the keys that the issuer publishes are used. */
  readonly keySet: string | null;
}

/** The result of a verification: whether the token is accepted, and all its faults. */
export interface Verification {
  readonly valid: boolean;
  /** The trusted issuer; null if the text is not a JWT and the request specifies no issuer. */
  readonly issuer: string | null;
  /** The `sub` claim of the token. The claims are verified only if `valid` is true. */
  readonly subject: string | null;
  readonly audience: readonly string[];
  readonly algorithm: string | null;
  readonly keyId: string | null;
  readonly expiresAt: Date | null;
  /**
   * Whether the signature was checked. False if the token is not a JWT, is not from the trusted issuer, or has
   * an unsupported algorithm. In these cases, no key was fetched.
   */
  readonly signatureChecked: boolean;
  readonly faults: readonly Fault[];
}

/**
 * Verifies a token as a relying party does. Exactly one issuer is trusted, and only the keys of this issuer
 * are used. If the token is not from this issuer or has an unsupported algorithm, no key is fetched.
 *
 * @param keys a key cache that several verifications can share
 * @throws FedctlError issuer.*, usage.unreadable-input, usage.invalid-value, aws.*; an invalid token is a
 * result, not an error
 */
export async function verifyToken(
  text: string,
  request: VerifyRequest,
  context: Context,
  settings: AwsSettings,
  keys: KeyCache = createKeyCache({ ...fetchOptions(context, settings), now: context.now }),
): Promise<Verification> {
  // An invalid --issuer is reported even if the token is invalid too.
  const { issuer: pinned } = request;
  if (pinned !== null) readingOption('--issuer', () => discoveryUrl(pinned));
  const decoded = decodeOrFault(text);
  if ('code' in decoded) return notAToken(decoded, request.issuer);
  const issuer = await trustedIssuer(request.issuer, context, settings);
  const findKeys = (kid: string | null) =>
    request.keySet === null ? keys.keysOf(issuer, kid) : readOrFetchKeys(request.keySet, context, settings);
  const proof = await verifyJwt(text, findKeys, { ...request, issuer, now: context.now() });
  return { valid: proof.faults.length === 0, issuer, ...ofItself(decoded), ...proof };
}

async function readOrFetchKeys(
  source: string,
  context: Context,
  settings: AwsSettings,
): Promise<readonly JWK[]> {
  if (/^https?:/i.test(source)) {
    readingOption('--jwks', () => trustworthyUrl(source, 'key set'));
    return fetchKeySet(source, fetchOptions(context, settings));
  }
  try {
    return await readKeySet(resolve(context.cwd, source), context.signal, settings.timeoutMs);
  } catch (error) {
    throw ofOption('--jwks', error);
  }
}

function fetchOptions(context: Context, { timeoutMs }: AwsSettings) {
  return { fetch: context.fetch, signal: context.signal, timeoutMs };
}

function notAToken(fault: Fault, issuer: string | null): Verification {
  const nothing = { subject: null, audience: [], algorithm: null, keyId: null, expiresAt: null };
  return { valid: false, issuer, ...nothing, signatureChecked: false, faults: [fault] };
}

function ofItself({ header, payload }: DecodedJwt) {
  const audience: readonly unknown[] = Array.isArray(payload['aud']) ? payload['aud'] : [payload['aud']];
  return {
    subject: stringOrNull(payload['sub']),
    audience: audience.filter((each) => typeof each === 'string'),
    algorithm: stringOrNull(header['alg']),
    keyId: stringOrNull(header['kid']),
    expiresAt: numericDate(payload['exp']),
  };
}

function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
