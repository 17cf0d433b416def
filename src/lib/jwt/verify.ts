import type { JWK } from 'jose';
import { isFedctlError } from '../core/errors.ts';
import { type DecodedJwt, decodeJwt } from './decode.ts';
import { claimFaults, type Expectations } from './expectations.ts';
import type { Fault } from './fault.ts';
import { headerFaults, signatureCanHold, signatureFaults } from './signature.ts';

/** What a proof came to. */
export interface Proof {
  /** Everything that is wrong, in the order header, signature, claims; none when the token is valid. */
  readonly faults: readonly Fault[];
  /** False when no key was asked for, because none could have made the token valid. */
  readonly signatureChecked: boolean;
}

/**
 * Proves a token, and tells everything that is wrong with it at once.
 *
 * @param findKeys the keys of the expected issuer and of nobody else; asked for only when the token names that issuer
 *   and an accepted algorithm, so that a stranger's token causes no request. `kid` is the key id it names.
 * @throws only what `findKeys` throws
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

/** Takes a token apart where text that is no token is an answer and not a failure. */
export function decodeOrFault(text: string): DecodedJwt | Fault {
  try {
    return decodeJwt(text);
  } catch (error) {
    if (!isFedctlError(error) || error.code !== 'jwt.not-a-jwt') throw error;
    const seen = String(error.details['reason']);
    return { code: 'jwt.not-a-jwt', claim: null, expected: 'a signed JWT of three parts', seen };
  }
}
