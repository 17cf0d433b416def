import type { JWK } from 'jose';
import type { FedctlError } from '../errors.ts';

/**
 * The keys of a JWK Set (RFC 7517, section 5). Keys of a kind we do not know are kept, as section 5 asks; what is no
 * key at all, or no key to be found, is refused.
 *
 * @param refuse makes the failure from what is wrong: `holds no key`
 */
export function keySet(
  document: Readonly<Record<string, unknown>>,
  refuse: (fault: string) => FedctlError,
): readonly JWK[] {
  const keys = document['keys'];
  if (!Array.isArray(keys)) throw refuse('has no list of keys');
  if (keys.length === 0) throw refuse('holds no key');
  if (!keys.every(isJwk)) throw refuse('holds something that is no key (no kty)');
  return keys;
}

function isJwk(value: unknown): value is JWK {
  return typeof value === 'object' && value !== null && 'kty' in value && typeof value.kty === 'string';
}
