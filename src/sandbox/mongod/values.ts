import { Binary, BSONRegExp, Decimal128, Double, EJSON, Int32, Long, ObjectId } from 'bson';
import type { TypedDocument } from './bson-codec.ts';
import { CommandError } from './command-error.ts';
import { isDocument } from './fields.ts';

/** A document as the query engine wants it: plain numbers and regular expressions instead of BSON's wrappers. */
export type PlainDocument = Record<string, unknown>;

/**
 * The plain form of a stored value. Decimals and longs beyond 2^53 become the nearest double: what is stored keeps
 * them exactly, only comparisons see the neighbour.
 */
export function plain(value: unknown): unknown {
  if (value instanceof Int32 || value instanceof Double) return value.valueOf();
  if (value instanceof Decimal128) return Number(value.toString());
  if (isLong(value)) return value.toNumber();
  if (value instanceof BSONRegExp) return regularExpression(value);
  if (Array.isArray(value)) return value.map(plain);
  return isDocument(value) ? plainDocument(value) : value;
}

export function plainDocument(document: TypedDocument): PlainDocument {
  // fromEntries defines; assigning would let a field named __proto__ change the prototype.
  return Object.fromEntries(Object.entries(document).map(([name, value]) => [name, plain(value)]));
}

/**
 * The plain form of what a client asks with. A long that a double cannot hold is refused rather than compared wrongly.
 *
 * @throws CommandError NotImplemented
 */
export function plainOperand(value: TypedDocument): PlainDocument {
  forbidInexact(value);
  return plainDocument(value);
}

function forbidInexact(value: unknown): void {
  if (isLong(value) && !Number.isSafeInteger(value.toNumber())) {
    throw new CommandError('NotImplemented', `the lab cannot compute with the long ${value.toString()}`);
  }
  if (Array.isArray(value)) value.forEach(forbidInexact);
  else if (isDocument(value)) Object.values(value).forEach(forbidInexact);
}

/** Timestamp is a subclass of Long, and no number. */
export function isLong(value: unknown): value is Long {
  return value instanceof Long && value.constructor === Long;
}

function regularExpression({ pattern, options }: BSONRegExp): RegExp {
  const flags = [...options].filter((option) => 'ims'.includes(option)).join('');
  try {
    return new RegExp(pattern, flags);
  } catch {
    throw new CommandError('BadValue', 'Regular expression is invalid');
  }
}

/** A text that is the same for values that MongoDB holds equal: 1, 1.0 and Long 1 are one key, `{x,y}` and `{y,x}` are two. */
export function keyOf(value: unknown): string {
  if (value instanceof Int32 || value instanceof Double || typeof value === 'number') {
    return `n:${Number(value)}`;
  }
  if (isLong(value)) return `n:${value.toString()}`;
  if (value instanceof Decimal128) return decimalKey(value.toString());
  if (value instanceof ObjectId) return `o:${value.toHexString()}`;
  if (value instanceof Date) return `d:${value.getTime()}`;
  if (value instanceof Binary) return `b:${value.sub_type}:${value.toString('base64')}`;
  if (Array.isArray(value)) return `[${value.map(keyOf).join(',')}]`;
  if (isDocument(value)) {
    const fields = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${keyOf(member)}`);
    return `{${fields.join(',')}}`;
  }
  // Strings, booleans, null and BSON's rarer types.
  return `x:${EJSON.stringify({ value })}`;
}

function decimalKey(text: string): string {
  const number = Number(text);
  const trimmed = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return String(number) === trimmed ? `n:${number}` : `n:${trimmed}`;
}

/**
 * Puts the stored types back into what the query engine made of a document: wherever a value came out as it went in,
 * the stored one is taken. What was computed stays a plain number.
 */
export function retype(after: unknown, before: unknown): unknown {
  if (before === undefined) return after;
  if (keyOf(after) === keyOf(plain(before))) return before;
  if (Array.isArray(after) && Array.isArray(before)) return retypeArray(after, before);
  if (isDocument(after) && isDocument(before)) return retypeDocument(after, before);
  return after;
}

export function retypeDocument(after: PlainDocument, before: TypedDocument): TypedDocument {
  return Object.fromEntries(
    Object.entries(after).map(([name, value]) => [
      name,
      retype(value, Object.hasOwn(before, name) ? before[name] : undefined),
    ]),
  );
}

/** An element that is no longer where it was may have moved: an equal one is looked for. */
function retypeArray(after: readonly unknown[], before: readonly unknown[]): unknown[] {
  const equal = new Map(before.map((value) => [keyOf(plain(value)), value]));
  return after.map((value, index) => {
    const stayed = index < before.length && keyOf(value) === keyOf(plain(before[index]));
    return stayed ? before[index] : (equal.get(keyOf(value)) ?? retype(value, before[index]));
  });
}
