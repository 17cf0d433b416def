import { looksLikeJwt } from '../jwt/decode.ts';

/**
 * The least number of different characters that 40 random ones nearly always have. A path of 40 letters has
 * fewer.
 */
const RANDOM = 22;

/**
 * Returns the kind of secret that a text seems to contain, or null: a token, an access key of an AWS user, an
 * AWS session token. In doubt it reports a secret. It never repeats any of the text.
 *
 * Sources: RFC 7519 (JWT); the IAM user guide (access key ids begin with AKIA or ASIA, a secret key has 40
 * characters of base64, and a session token has some hundreds).
 */
export function secretIn(text: string): 'a token' | 'an AWS access key' | null {
  // The first label of a name such as `eyes.shop.example` also decodes to `{…`, but JSON in base64 contains
  // capitals.
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
