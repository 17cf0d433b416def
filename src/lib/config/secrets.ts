import { looksLikeJwt } from '../jwt/decode.ts';

/** How many different characters 40 random ones have at least, nearly always: a path of 40 letters has fewer. */
const RANDOM = 22;

/**
 * What in a text looks like a secret that has no business in a file, or null: a token, a key of an AWS user, the session
 * token of AWS. Errs on the side of caution, and never repeats a byte.
 *
 * Sources: RFC 7519 (JWT); the IAM user guide (access key ids begin with AKIA or ASIA, a secret key has 40 characters of
 * base64, and so has a session token in some hundreds).
 */
export function secretIn(text: string): 'a token' | 'an AWS access key' | null {
  // The first label of a name such as `eyes.shop.example` is base64 for `{…` too, but JSON in base64 has capitals.
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
