import { compareNumbers, numberKey } from './numbers.ts';
import { isNumeric, type Tagged, TYPES, tagged } from './types.ts';

/**
 * Compares two values in BSON comparison order. A missing value is less than null.
 *
 * @returns a negative number, 0 or a positive number
 */
export function compare(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  const [x, y] = [tagged(a), tagged(b)];
  const difference = TYPES[x.type].order - TYPES[y.type].order;
  return difference === 0 ? compareOneType(x, y) : difference;
}

export const equal = (a: unknown, b: unknown): boolean => compare(a, b) === 0;

function compareOneType(a: Tagged, b: Tagged): number {
  if (isNumeric(a.value) && isNumeric(b.value)) return compareNumbers(a.value, b.value);
  if (a.type === 'string' && b.type === 'string') return compareStrings(a.value, b.value);
  if (a.type === 'object' && b.type === 'object') return compareDocuments([...a.value], [...b.value]);
  if (a.type === 'array' && b.type === 'array') return compareArrays(a.value, b.value);
  if (a.type === 'binData' && b.type === 'binData') {
    const [x, y] = [a.value, b.value];
    return x.length() - y.length() || x.sub_type - y.sub_type || Buffer.compare(x.value(), y.value());
  }
  if (a.type === 'objectId' && b.type === 'objectId') return Buffer.compare(a.value.id, b.value.id);
  if (a.type === 'bool' && b.type === 'bool') return Number(a.value) - Number(b.value);
  if (a.type === 'date' && b.type === 'date') return a.value.getTime() - b.value.getTime();
  if (a.type === 'timestamp' && b.type === 'timestamp') return a.value.compare(b.value);
  if (a.type === 'regex' && b.type === 'regex') {
    return (
      compareStrings(a.value.pattern, b.value.pattern) || compareStrings(a.value.options, b.value.options)
    );
  }
  if (a.type === 'javascript' && b.type === 'javascript') return compareStrings(a.value.code, b.value.code);
  return 0;
}

/** The characters whose order in UTF-16 can differ from their order in UTF-8. */
const SURROGATES = /[\ud800-\uffff]/;

/**
 * Compares strings in UTF-8 byte order. JavaScript compares UTF-16 code units. For characters above U+FFFF, the two
 * orders can differ.
 */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  if (SURROGATES.test(a) || SURROGATES.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

type Field = readonly [name: string, value: unknown];

/** Compares documents field by field: first the types of the values, then the field names, then the values. */
function compareDocuments(a: readonly Field[], b: readonly Field[]): number {
  for (const [index, [name, value]] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const [x, y] = [tagged(value), tagged(other[1])];
    const difference =
      TYPES[x.type].order - TYPES[y.type].order || compareStrings(name, other[0]) || compareOneType(x, y);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareArrays(a: readonly unknown[], b: readonly unknown[]): number {
  for (const [index, value] of a.entries()) {
    if (index >= b.length) return 1;
    const difference = compare(value, b[index]);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/**
 * Returns a key for a value. Equal values have the same key, for example `1`, `1.0` and `Long(1)`. The documents `{x,
 * y}` and `{y, x}` have different keys.
 */
export function keyOf(value: unknown): string {
  if (isNumeric(value)) return `n${numberKey(value)}`;
  const { type, value: known } = tagged(value);
  switch (type) {
    case 'string':
      return JSON.stringify(known);
    case 'array':
      return `[${known.map(keyOf).join(',')}]`;
    case 'object':
      return `{${[...known].map(([name, member]) => `${JSON.stringify(name)}:${keyOf(member)}`).join(',')}}`;
    case 'binData':
      return `b${known.sub_type}:${known.toString('base64')}`;
    case 'objectId':
      return `o${known.toHexString()}`;
    case 'date':
      return `d${known.getTime()}`;
    case 'timestamp':
      return `t${known.toString()}`;
    case 'regex':
      return `r${JSON.stringify([known.pattern, known.options])}`;
    case 'javascript':
      return `j${JSON.stringify(known.code)}`;
    case 'bool':
      return String(known);
    default:
      return type;
  }
}
