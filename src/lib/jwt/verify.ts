import type { JWK } from 'jose';
import { isFedctlError } from '../core/errors.ts';
import { type DecodedJwt, decodeJwt } from './decode.ts';
import { claimFaults, type Expectations } from './expectations.ts';
import type { Fault } from './fault.ts';
import { headerFaults, signatureCanHold, signatureFaults } from './signature.ts';

/** The result of verifying a token. */
export interface Proof {
  /** All faults, in the order header, signature, claims; empty if the token is valid. */
  readonly faults: readonly Fault[];
  /**
   * Whether the signature was checked. False if the token is not a JWT, is not from the expected issuer, or has
   * an unsupported algorithm. In these cases, no key was fetched.
   */
  readonly signatureChecked: boolean;
}

/**
 * Verifies a token and returns all its faults at once.
 *
 * @param findKeys a function that returns the keys of the expected issuer. The function is called only if the
 * token has the expected issuer and a supported algorithm, so a token from another issuer causes no request.
 * `kid` is the key ID in the token; null if the token has no key ID.
 * @throws only the errors that `findKeys` throws
 */
export async function verifyJwt(
  text: string,
  findKeys: (kid: string | null) => Promise<readonly JWK[]>,
  expected: Expectations,
): Promise<Proof> {
  const decoded = decodeOrFault(text);
  if ('code' in decoded) return { faults: [decoded], signatureChecked: false };
  const { header, payload } = decoded;
  const signatureChecked = payload['iss'] === expected.issuer && signatureCanHold(decoded);
  const kid = typeof header['kid'] === 'string' ? header['kid'] : null;
  const signature = signatureChecked ? await signatureFaults(text, decoded, await findKeys(kid)) : [];
  return {
    faults: [...headerFaults(decoded), ...signature, ...claimFaults(decoded, expected)],
    signatureChecked,
  };
}

/** Decodes a token. If the text is not a token, returns a fault instead of throwing. */
export function decodeOrFault(text: string): DecodedJwt | Fault {
  try {
    return decodeJwt(text);
  } catch (error) {
    if (!isFedctlError(error) || error.code !== 'jwt.not-a-jwt') throw error;
    const seen = String(error.details['reason']);
    return { code: 'jwt.not-a-jwt', claim: null, expected: 'a signed JWT of three parts', seen };
  }
}
