import { looksLikeJwt } from '../jwt/decode.ts';

/**
 * The minimum number of different characters in a secret key. Nearly all texts of 40 random characters
 * contain at least this number of different characters. A path of 40 letters contains fewer.
 */
const RANDOM = 22;

/**
 * Returns the kind of secret that a text seems to contain: a token, or an AWS access key, secret key or
 * session token. Returns null if the text seems to contain no secret. If in doubt, reports a secret.
 *
 * Access key IDs begin with AKIA or ASIA. A secret key has 40 base64 characters, and a session token has
 * several hundred (IAM User Guide). For JWT, see RFC 7519.
 */
export function secretIn(text: string): 'a token' | 'an AWS access key' | null {
  // A text of lowercase letters, digits, dots and hyphens is not a JWT, because the header of a JWT contains
  // uppercase letters. The text may be a host name: the first label of `eyes.shop.example` looks like the
  // header of a JWT.
  if (looksLikeJwt(text) && !/^[a-z0-9.-]+$/.test(text)) return 'a token';
  if (/(?<![A-Z0-9])A[KS]IA[A-Z2-7]{16}(?![A-Z0-9])/.test(text)) return 'an AWS access key';
  const runs = text.match(/[A-Za-z0-9+/]{40,}={0,2}/g) ?? [];
  return runs.some((run) => (run.length === 40 || run.length >= 100) && isRandom(run))
    ? 'an AWS access key'
    : null;
}

function isRandom(run: string): boolean {
  return /[A-Z]/.test(run) && /[a-z]/.test(run) && new Set(run).size >= RANDOM;
}
