import type { JWK } from 'jose';
import type { FedctlError } from '../core/errors.ts';
import { memberOf } from '../core/record.ts';

/** The members that fedctl reads of a key, all of them texts (RFC 7517, section 4, and RFC 7518, section 6). */
const TEXTS = ['kid', 'use', 'alg', 'n', 'e', 'crv', 'x', 'y'] as const;

/** And those that are lists of texts. */
const LISTS = ['key_ops', 'x5c'] as const;

/**
 * The keys of a JWK Set (RFC 7517, section 5). Keys of a kind we do not know are kept; malformed keys and what is no key
 * at all are left out, as section 5 asks. A set in which no key is left is refused.
 *
 * @param refuse makes the failure from what is wrong: `holds no key`
 * @returns keys whose members have the types of the specification, as far as fedctl reads them; their values are unproved
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
  if (first === undefined) throw refuse('has an entry that is not a key (no kty)');
  const valid = typed.filter((key) => malformedMember(key) === null);
  if (valid.length === 0) {
    throw refuse(`has no valid key: the "${malformedMember(first)}" of the first has the wrong type`);
  }
  return valid;
}

function hasType(value: unknown): value is JWK {
  return typeof memberOf(value, 'kty') === 'string';
}

/** Of any type: it is what an issuer wrote. */
type Members = Readonly<Partial<Record<string, unknown>>>;

function malformedMember(key: Members): string | null {
  const text = TEXTS.find((name) => key[name] !== undefined && typeof key[name] !== 'string');
  const list = LISTS.find((name) => key[name] !== undefined && !isListOfTexts(key[name]));
  return text ?? list ?? null;
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
