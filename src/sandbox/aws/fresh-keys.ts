import { randomBytes, randomInt } from 'node:crypto';
import { Secret } from '../../lib/core/secret.ts';

const USUAL_TOKEN_SIZE = 380;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * Returns a unique ID or an access key ID in the format of IAM: the prefix of the type, and 16 random
 * characters.
 */
export function uniqueId(prefix: 'AKIA' | 'ASIA' | 'AIDA' | 'AROA'): string {
  return prefix + Array.from({ length: 16 }, () => BASE32[randomInt(BASE32.length)]).join('');
}

/** Returns a secret access key: 40 base64 characters. */
export function secretKey(): Secret {
  return new Secret(randomBytes(30).toString('base64'));
}

/**
 * Returns a session token of base64 characters. The length is the usual length or `minimumSize`, whichever is
 * larger.
 */
export function sessionToken(minimumSize: number): string {
  const size = Math.max(USUAL_TOKEN_SIZE, minimumSize);
  return randomBytes(size).toString('base64').slice(0, size);
}
