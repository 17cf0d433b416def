import { webcrypto } from 'node:crypto';
import type { JWK } from 'jose';
import { CompactSign } from 'jose/jws/compact/sign';
import { exportJWK } from 'jose/key/export';
import type { SigningAlgorithm } from '../../lib/core/token.ts';

/** A signing key of an account. The issuer publishes the public key in the JWKS. */
export interface SigningKey {
  readonly algorithm: SigningAlgorithm;
  /**
   * The key ID. AWS uses the same key IDs in every account (facts/aws.md 3). A cache must therefore
   * identify a key by its issuer and its key ID.
   */
  readonly kid: string;
  /** The number of earlier keys of the account. This number is part of `kid`. */
  readonly generation: number;
  /** Returns the key pair. The first call creates the key pair. For RSA, this call takes 0.1 s. */
  readonly pair: () => Promise<SigningKeyPair>;
}

export interface SigningKeyPair {
  readonly privateKey: webcrypto.CryptoKey;
  /** The public key as the JWKS contains it: kty, use, alg, kid and the public numbers. */
  readonly jwk: JWK;
}

export type KeptKeys = Readonly<Record<SigningAlgorithm, JWK>>;

export type SigningKeys = Readonly<Record<SigningAlgorithm, SigningKey>>;

const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
} as const;
const P384 = { name: 'ECDSA', namedCurve: 'P-384' } as const;

/**
 * Creates the two signing keys of an account: RSA with 2048 bits, and P-384. A key pair is created on first
 * use, because most labs need at most one key pair. The key IDs in AWS suggest that a rotation increases the
 * number from `RSA_0` to `RSA_1`. No rotation has been observed yet.
 *
 * @param kept the private keys of an earlier lab, as JWK
 */
export function createSigningKeys(generation = 0, kept?: KeptKeys): SigningKeys {
  return {
    RS256: signingKey('RS256', `RSA_${generation}`, generation, RSA, kept?.RS256),
    ES384: signingKey('ES384', `EC384_${generation}`, generation, P384, kept?.ES384),
  };
}

function signingKey(
  algorithm: SigningAlgorithm,
  kid: string,
  generation: number,
  parameters: typeof RSA | typeof P384,
  kept: JWK | undefined,
): SigningKey {
  let made: Promise<SigningKeyPair> | undefined;
  const make = async (): Promise<SigningKeyPair> => {
    const pair = await (kept === undefined
      ? webcrypto.subtle.generateKey(parameters, true, ['sign', 'verify'])
      : importPair(kept, parameters));
    const { kty, ...numbers } = await exportJWK(pair.publicKey);
    return {
      privateKey: pair.privateKey,
      jwk: { kty, use: 'sig', alg: algorithm, kid, ...numbers } as JWK,
    };
  };
  const pair = () => {
    made ??= make();
    return made;
  };
  return { algorithm, kid, generation, pair };
}

/** Imports a private key. Its JWK also contains the public key. */
async function importPair(kept: JWK, parameters: typeof RSA | typeof P384) {
  const { kty, n, e, crv, x, y } = kept;
  const open = JSON.parse(JSON.stringify({ kty, n, e, crv, x, y })) as webcrypto.JsonWebKey;
  const [privateKey, publicKey] = await Promise.all([
    webcrypto.subtle.importKey('jwk', { ...kept } as webcrypto.JsonWebKey, parameters, true, ['sign']),
    webcrypto.subtle.importKey('jwk', open, parameters, true, ['verify']),
  ]);
  return { privateKey, publicKey };
}

/**
 * Signs claims, including invalid claims, because tests need forged tokens. By default, the header has only
 * the three members that AWS tokens have, in the same order. The order of the claims does not change.
 */
export async function signToken(
  key: SigningKey,
  claims: object,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { privateKey } = await key.pair();
  return await new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ kid: key.kid, typ: 'JWT', alg: key.algorithm, ...header })
    .sign(privateKey);
}
