import type { JWK } from 'jose';
import { FedctlError } from '../errors.ts';

/**
 * The keys of a JWK Set (RFC 7517, section 5). Keys of a kind we do not know are kept, as section 5 asks; what is no
 * key at all, or no key to be found, is refused.
 *
 * @param source where the document came from, for messages
 * @throws FedctlError issuer.wrong-document
 */
export function keySet(document: Readonly<Record<string, unknown>>, source: string): readonly JWK[] {
  const keys = document['keys'];
  if (!Array.isArray(keys)) throw wrong(source, 'has no list of keys');
  if (keys.length === 0) throw wrong(source, 'holds no key');
  if (!keys.every(isJwk)) throw wrong(source, 'holds something that is no key (no kty)');
  return keys;
}

function isJwk(value: unknown): value is JWK {
  return typeof value === 'object' && value !== null && 'kty' in value && typeof value.kty === 'string';
}

function wrong(source: string, what: string): FedctlError {
  return new FedctlError('issuer.wrong-document', {
    message: `The key set at ${source} ${what}.`,
    likelyCause: 'A key set of AWS is {"keys": […]} with an RSA and an EC key; this is something else.',
    remedy: `curl -v '${source.replaceAll("'", '%27')}'`,
    details: { url: source },
  });
}
