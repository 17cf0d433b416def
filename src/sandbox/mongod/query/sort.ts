import type { Document } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import { unsupported } from '../unsupported.ts';
import { compare } from '../values/compare.ts';
import { toDouble } from '../values/numbers.ts';
import { textOf } from '../values/text.ts';
import { isDocument, isNumeric } from '../values/types.ts';
import { type Key, keysOf } from './keys.ts';
import { fieldPath } from './paths.ts';

/** Sorts items by the document that belongs to each item. The sort is stable. */
export type Sort = <Item>(items: readonly Item[], documentOf: (item: Item) => Document) => Item[];

/** The maximum number of fields in a sort pattern, as in mongod. */
const MAX_KEYS = 32;

/**
 * Compiles a sort pattern. The returned function throws BadValue for parallel arrays.
 *
 * @throws CommandError Location15974, Location15975; NotImplemented for $meta
 */
export function compileSort(pattern: Document): Sort {
  if (pattern.size > MAX_KEYS) throw new CommandError('BadValue', 'too many compound keys');
  const paths = [...pattern.keys()].map(fieldPath);
  const signs = [...pattern].map(([path, direction]) => directionOf(path, direction));
  const compareKeys = (a: Key, b: Key): number => {
    for (const [index, sign] of signs.entries()) {
      const difference = compare(a[index], b[index]) * sign;
      if (difference !== 0) return difference;
    }
    return 0;
  };
  // If a field is an array, the array element that comes first in the sort order is the sort key.
  const firstKey = (document: Document): Key =>
    keysOf(document, paths, refuseParallel).reduce((best, key) => (compareKeys(key, best) < 0 ? key : best));
  return (items, documentOf) =>
    items
      .map((item) => ({ item, key: firstKey(documentOf(item)) }))
      .sort((a, b) => compareKeys(a.key, b.key))
      .map(({ item }) => item);
}

function refuseParallel(): never {
  throw new CommandError('BadValue', 'cannot sort with keys that are parallel arrays');
}

function directionOf(path: string, direction: unknown): 1 | -1 {
  if (isDocument(direction)) throw unsupported('NotImplemented', 'sorting by $meta');
  if (!isNumeric(direction)) {
    throw new CommandError(
      'Location15974',
      `Illegal key in $sort specification: ${path}: ${textOf(direction)}`,
    );
  }
  const number = toDouble(direction);
  if (number !== 1 && number !== -1) {
    throw new CommandError(
      'Location15975',
      '$sort key ordering must be 1 (for ascending) or -1 (for descending)',
    );
  }
  return number;
}
