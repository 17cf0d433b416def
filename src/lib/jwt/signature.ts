import type { CryptoKey, JWK } from 'jose';
import * as errors from 'jose/errors';
// The functions are not imported from the index of the package `jose`. The index also loads the encryption
// code, which would delay every verification.
import { compactVerify } from 'jose/jws/compact/verify';
import { importJWK } from 'jose/key/import';
import type { SigningAlgorithm } from '../core/token.ts';
import type { DecodedJwt } from './decode.ts';
import { cut, type Fault, shown, shownAsJson } from './fault.ts';
import { RSA_BITS, rsaWeakness } from './rsa-weakness.ts';

/**
 * The two signing algorithms of AWS, and the key type that each algorithm requires (RFC 7518, section 3.1).
 */
const KEY_TYPE: ReadonlyMap<unknown, { readonly name: SigningAlgorithm; fits(key: JWK): boolean }> = new Map([
  ['RS256', { name: 'RS256' as const, fits: (key: JWK) => key.kty === 'RSA' }],
  ['ES384', { name: 'ES384' as const, fits: (key: JWK) => key.kty === 'EC' && key.crv === 'P-384' }],
]);

/**
 * The maximum number of keys with the same ID that are tried. A key set usually contains one key for each ID,
 * or two keys during a rotation.
 */
const MAX_TRIED = 16;

/**
 * Validates the algorithm, the type and the critical extensions in the header. `jwk`, `jku` and similar
 * parameters are never used.
 */
export function headerFaults({ header }: DecodedJwt): readonly Fault[] {
  const faults: Fault[] = [];
  if (!KEY_TYPE.has(header['alg'])) {
    faults.push({
      code: 'jwt.algorithm-refused',
      claim: 'alg',
      expected: [...KEY_TYPE.keys()].join(' or '),
      seen: shown(header['alg']),
    });
  }
  // MongoDB accepts a token with the type JWT or without a type, and rejects `at+jwt` (facts/mongodb.md 1.6).
  if (header['typ'] !== undefined && header['typ'] !== 'JWT') {
    faults.push({ code: 'jwt.type-refused', claim: 'typ', expected: 'JWT', seen: shown(header['typ']) });
  }
  // No critical extension is supported (RFC 7515, section 4.1.11). RFC 7797 forbids the extension `b64` in a
  // JWT.
  if (header['crit'] !== undefined) {
    const seen = shownAsJson(header['crit']);
    faults.push({ code: 'jwt.header-refused', claim: 'crit', expected: 'no critical extension', seen });
  }
  return faults;
}

/**
 * Returns whether the algorithm is supported. If it is not supported, no key can verify the signature, so no
 * keys are fetched.
 */
export function signatureCanHold(decoded: DecodedJwt): boolean {
  return KEY_TYPE.has(decoded.header['alg']);
}

/**
 * Verifies the signature with the key whose ID is in the header. The keys must come from one issuer, because
 * AWS uses the same key IDs in every account.
 *
 * @param text the complete token. The second parameter is the decoded token.
 */
export async function signatureFaults(
  text: string,
  { header }: DecodedJwt,
  keys: readonly JWK[],
): Promise<readonly Fault[]> {
  const algorithm = KEY_TYPE.get(header['alg']);
  // `headerFaults` reports an unsupported algorithm.
  if (algorithm === undefined) return [];
  const kid = header['kid'];
  const named = keys.filter((key) => key.kid !== undefined && key.kid === kid);
  if (named.length === 0) return [keyUnknown(keys, kid)];
  const fitting = named.filter((key) => algorithm.fits(key) && isForSignatures(key, algorithm.name));
  if (fitting.length === 0) return [algorithmMismatch(named, kid, header['alg'])];
  const tried = fitting.slice(0, MAX_TRIED);
  const answers = [];
  for (const jwk of tried) answers.push(await signatureIsBy(jwk, text, algorithm.name));
  if (answers.includes('yes')) return [];
  if (answers.includes('no')) return [signatureInvalid(kid)];
  const weakness = tried.map(rsaWeakness).find((each) => each !== null);
  return [weakness === undefined ? keyMalformed(kid, algorithm.name) : keyWeak(kid, weakness)];
}

/**
 * Returns whether the signature of a compact JWS was made with this key. Does not validate the claims in the
 * payload.
 *
 * @returns `unusable` if the key is malformed or too weak
 */
export async function signatureIsBy(
  jwk: JWK,
  text: string,
  algorithm: SigningAlgorithm,
): Promise<'yes' | 'no' | 'unusable'> {
  const key = await publicKey(jwk, algorithm);
  if (key === null) return 'unusable';
  try {
    await compactVerify(text, key, { algorithms: [algorithm] });
    return 'yes';
  } catch (error) {
    if (error instanceof errors.JOSEError) return 'no';
    throw error;
  }
}

/**
 * Returns whether a key may verify signatures with this algorithm. An RSA key from AWS may have no `alg`
 * (facts/aws.md 4).
 */
function isForSignatures(key: JWK, algorithm: SigningAlgorithm): boolean {
  const forUse = key.use === undefined || key.use === 'sig';
  const forOperation = key.key_ops === undefined || key.key_ops.includes('verify');
  return forUse && forOperation && (key.alg === undefined || key.alg === algorithm);
}

const PUBLIC_MEMBERS: ReadonlySet<string> = new Set(['kty', 'n', 'e', 'crv', 'x', 'y']);

/** Imports only the public part of a key. Returns null for a key that is malformed or too weak. */
async function publicKey(jwk: JWK, algorithm: SigningAlgorithm): Promise<CryptoKey | null> {
  if (rsaWeakness(jwk) !== null) return null;
  const members = Object.entries(jwk).filter(([name]) => PUBLIC_MEMBERS.has(name));
  const material: JWK = Object.fromEntries(members);
  try {
    const key = await importJWK(material, algorithm);
    return key instanceof Uint8Array ? null : key;
  } catch {
    // The WebCrypto errors for a malformed key differ between runtimes and contain no useful information.
    return null;
  }
}

function keyUnknown(keys: readonly JWK[], kid: unknown): Fault {
  const known = keys.flatMap((key) => (key.kid === undefined ? [] : [key.kid]));
  return {
    code: 'jwt.key-unknown',
    claim: 'kid',
    expected: known.length === 0 ? 'the ID of a key that the issuer publishes' : cut(known.join(' or ')),
    seen: shown(kid),
  };
}

function algorithmMismatch(named: readonly JWK[], kid: unknown, alg: unknown): Fault {
  const kinds = named.map((key) => [key.kty, key.crv, key.alg, key.use].filter(Boolean).join(' '));
  return {
    code: 'jwt.algorithm-refused',
    claim: 'alg',
    expected: `an algorithm for the key ${shown(kid)} (${cut(kinds.join(', '))})`,
    seen: shown(alg),
  };
}

function keyMalformed(kid: unknown, algorithm: SigningAlgorithm): Fault {
  return {
    code: 'jwt.key-unknown',
    claim: 'kid',
    expected: algorithm === 'RS256' ? 'a valid RSA key' : 'a valid EC key on P-384',
    seen: `${shown(kid)}, which is malformed`,
  };
}

function keyWeak(kid: unknown, weakness: string): Fault {
  return {
    code: 'jwt.key-weak',
    claim: 'kid',
    expected: `an RSA key of ${RSA_BITS.min} to ${RSA_BITS.max} bits with an odd exponent of 3 or more`,
    seen: `${shown(kid)}, which ${weakness}`,
  };
}

function signatureInvalid(kid: unknown): Fault {
  return {
    code: 'jwt.signature-invalid',
    claim: null,
    expected: `a signature by the key ${shown(kid)} for this header and payload`,
    seen: 'a signature by another key or for different content',
  };
}
