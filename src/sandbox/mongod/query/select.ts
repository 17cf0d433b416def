import { Int32 } from 'bson';
import type { Document } from '../bson-codec.ts';
import type { Collection } from '../collection.ts';
import { CommandError } from '../command-error.ts';
import { withTimeLimit } from '../time-limit.ts';
import type { Index } from '../validation/indexes.ts';
import { equal } from '../values/compare.ts';
import { toDouble } from '../values/numbers.ts';
import { isDocument, isNumeric, typeOf } from '../values/types.ts';
import { compileFilter, type Filter, type Variables } from './filter.ts';
import { compileSort } from './sort.ts';

/**
 * If `value` has one of these BSON types, the filter `{ _id: value }` is an equality condition and selects at most one
 * document.
 */
const LITERALS: ReadonlySet<string> = new Set([
  'int',
  'long',
  'double',
  'decimal',
  'string',
  'objectId',
  'date',
  'binData',
  'bool',
]);
const [ONE, MINUS_ONE] = [new Int32(1), new Int32(-1)];

/** The filter, the order and the limits for a search in a collection. */
export interface Selection {
  readonly filter: Document;
  readonly sort?: Document | undefined;
  /** The name of an index, the key pattern of an index, or `{ $natural: ±1 }`. */
  readonly hint?: unknown;
  readonly skip?: number | undefined;
  /** The maximum number of documents; 0 for no limit. */
  readonly limit?: number | undefined;
  readonly variables: Variables;
}

/**
 * Finds documents in a collection.
 *
 * @returns `found`: the documents; `filter`: the compiled filter, which the positional operator needs
 * @throws CommandError MaxTimeMSExpired; other codes for an invalid selection
 */
export function select(
  collection: Collection,
  selection: Selection,
): { readonly found: readonly Document[]; readonly filter: Filter } {
  return withTimeLimit(() => {
    const { sort = new Map(), skip = 0, limit = 0, variables } = selection;
    const filter = compileFilter(selection.filter, variables);
    const natural = naturalOrder(sort);
    const order = natural === null && sort.size > 0 ? compileSort(sort) : null;
    const candidates = hinted(collection, selection.hint, candidatesOf(collection, selection.filter));
    const matching = candidates.filter(filter.matches);
    if (natural === -1) matching.reverse();
    const sorted = order === null ? matching : order(matching, (document) => document);
    return { found: sorted.slice(skip, limit === 0 ? undefined : skip + limit), filter };
  });
}

/**
 * Returns the documents that the filter must check. If the filter contains an equality on `_id`, returns only the
 * document with this `_id`.
 */
function candidatesOf(collection: Collection, filter: Document): readonly Document[] {
  const id = filter.get('_id');
  if (!LITERALS.has(typeOf(id))) return [...collection.documents()];
  const document = collection.byId(id);
  return document === undefined ? [] : [document];
}

/** Returns the value of `$natural`, which is 1 or -1. Returns null if the pattern has no `$natural`. */
function naturalOrder(pattern: Document): 1 | -1 | null {
  if (!pattern.has('$natural')) return null;
  const value = pattern.get('$natural');
  const direction = isNumeric(value) ? toDouble(value) : 0;
  if (pattern.size > 1)
    throw new CommandError('BadValue', '$natural sort cannot be set to a value other than -1 or 1.');
  if (direction === 1 || direction === -1) return direction;
  throw new CommandError('BadValue', '$natural sort cannot be set to a value other than -1 or 1.');
}

/** Returns the documents in the order of the index that the hint specifies. */
function hinted(collection: Collection, hint: unknown, candidates: readonly Document[]): Document[] {
  const isEmpty = hint === undefined || hint === null || (isDocument(hint) && hint.size === 0);
  if (isEmpty) return [...candidates];
  const natural = isDocument(hint) ? naturalOrder(hint) : null;
  if (natural !== null) return natural === 1 ? [...candidates] : [...candidates].reverse();
  const index = collection
    .indexes()
    .find(({ name, key }) => (isDocument(hint) ? equal(key, hint) : name === hint));
  // mongod ignores the hint if the collection does not exist. The lab represents a missing collection as an empty
  // collection with one index: the index on `_id`.
  if (index === undefined && collection.size === 0 && collection.indexes().length === 1) return [];
  if (index === undefined) {
    throw new CommandError(
      'BadValue',
      'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
    );
  }
  return inIndex(index, candidates);
}

function inIndex(index: Index, candidates: readonly Document[]): Document[] {
  const held = candidates.filter((document) => index.keys(document).length > 0);
  return compileSort(directions(index.key))(held, (document) => document);
}

/** Converts each direction in an index key pattern to 1 or -1. In the pattern, a direction can be any number. */
function directions(key: Document): Document {
  return new Map([...key].map(([path, direction]) => [path, signOf(direction)]));
}

function signOf(direction: unknown): unknown {
  return isNumeric(direction) && toDouble(direction) < 0 ? MINUS_ONE : ONE;
}
