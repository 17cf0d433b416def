import type { JWK } from 'jose';

/**
 * The minimum and maximum size of a modulus, in bits. Shorter keys are rejected (RFC 7518, section 3.3).
 * Longer keys make each verification expensive (CVE-2023-29409).
 */
export const RSA_BITS = { min: 2048, max: 8192 } as const;

/**
 * The small primes for two checks of a modulus: the check for small factors, and the check for
 * CVE-2017-15361. The prime 2 is only useful for the first check.
 */
const SMALL_PRIMES = [
  2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103,
  107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
] as const;

/**
 * Describes the weakness of an RSA key whose signatures cannot be trusted. Returns null if the key is strong
 * or is not an RSA key. Node.js and jose check only the minimum length.
 *
 * - A public exponent is odd and from 3 to n - 1 (RFC 8017, section 3.1). With the exponent 1, a signature
 *   equals the signed message, so anybody can forge signatures.
 * - A modulus with a small factor is not the product of two large primes.
 * - The primes of CVE-2017-15361 (ROCA) are k * M + (65537^a mod M), where M is the product of small primes.
 *   The modulus of such a key can be factored. It is congruent to a power of 65537 modulo each small prime.
 *   By chance, about one strong key in 2^27 also matches (M. Nemec and others, "The Return of Coppersmith's
 *   Attack", ACM CCS 2017, section 3.2; crocs-muni/roca).
 *
 * @returns the part of a sentence that follows the name of the key, for example `has an even exponent`
 */
export function rsaWeakness({ n, e }: Pick<JWK, 'n' | 'e'>): string | null {
  const [modulus, exponent] = [numberOf(n), numberOf(e)];
  if (modulus === null || exponent === null) return null;
  const bits = modulus === 0n ? 0 : modulus.toString(2).length;
  if (bits < RSA_BITS.min || bits > RSA_BITS.max) return `has a modulus of ${bits} bits`;
  if (exponent < 3n) return `has the exponent ${exponent}`;
  if (exponent % 2n === 0n) return 'has an even exponent';
  if (exponent >= modulus) return 'has an exponent that is not smaller than its modulus';
  const factor = SMALL_PRIMES.find((prime) => modulus % BigInt(prime) === 0n);
  if (factor !== undefined) return `has a modulus that is divisible by ${factor}`;
  return SMALL_PRIMES.every((prime) => isPowerOf65537(Number(modulus % BigInt(prime)), prime))
    ? 'has a modulus that can be factored (CVE-2017-15361, ROCA)'
    : null;
}

function isPowerOf65537(residue: number, prime: number): boolean {
  const base = 65537 % prime;
  let power = 1;
  do {
    if (power === residue) return true;
    power = (power * base) % prime;
  } while (power !== 1);
  return false;
}

/**
 * Decodes a number as Node.js does, so that this check and the verification use the same number. Returns null
 * if the member is missing.
 */
function numberOf(text: string | undefined): bigint | null {
  return text === undefined ? null : BigInt(`0x0${Buffer.from(text, 'base64url').toString('hex')}`);
}
