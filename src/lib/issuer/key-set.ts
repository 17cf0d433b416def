import type { JWK } from 'jose';
import type { FedctlError } from '../core/errors.ts';
import { memberOf } from '../core/record.ts';

/**
 * The members of a key that fedctl reads and that must be strings (RFC 7517, section 4, and RFC 7518, section
 * 6).
 */
const TEXTS = ['kid', 'use', 'alg', 'n', 'e', 'crv', 'x', 'y'] as const;

/** The members of a key that fedctl reads and that must be lists of strings. */
const LISTS = ['key_ops', 'x5c'] as const;

/**
 * Returns the keys of a JWK Set (RFC 7517, section 5). Keys of an unknown type are kept. Malformed keys and
 * values that are not keys are omitted, as section 5 requires. Throws if no valid key remains.
 *
 * @param refuse a function that creates the failure from a description of the fault, such as `has no keys`
 * @returns the keys. The members that fedctl reads have the specified types, but their values are not
 * verified.
 */
export function keySet(
  document: Readonly<Record<string, unknown>>,
  refuse: (fault: string) => FedctlError,
): readonly JWK[] {
  const keys = document['keys'];
  if (!Array.isArray(keys)) throw refuse('has no list of keys');
  if (keys.length === 0) throw refuse('has no keys');
  const typed = keys.filter(hasType);
  const [first] = typed;
  if (first === undefined) throw refuse('has no entry with a key type (kty)');
  const valid = typed.filter((key) => malformedMember(key) === null);
  if (valid.length === 0) {
    throw refuse(`has no valid key: the "${malformedMember(first)}" of the first key has the wrong type`);
  }
  return valid;
}

function hasType(value: unknown): value is JWK {
  return typeof memberOf(value, 'kty') === 'string';
}

/** The members of a key. Their values may have any type, because the issuer is untrusted. */
type Members = Readonly<Partial<Record<string, unknown>>>;

function malformedMember(key: Members): string | null {
  const text = TEXTS.find((name) => key[name] !== undefined && typeof key[name] !== 'string');
  const list = LISTS.find((name) => key[name] !== undefined && !isListOfTexts(key[name]));
  return text ?? list ?? null;
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
