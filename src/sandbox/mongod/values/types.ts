import type { Binary, BSONRegExp, Code, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from 'bson';
import type { Document } from '../bson-codec.ts';

/** MongoDB's names of the BSON types. `$type` uses the same names. `missing` is the type of a missing value. */
export type BsonType =
  | 'missing'
  | 'minKey'
  | 'null'
  | NumericType
  | 'string'
  | 'object'
  | 'array'
  | 'binData'
  | 'objectId'
  | 'bool'
  | 'date'
  | 'timestamp'
  | 'regex'
  | 'javascript'
  | 'maxKey';

export type NumericType = 'int' | 'long' | 'double' | 'decimal';
export type Numeric = Int32 | Long | Double | Decimal128;

interface TypeFacts {
  /** The number that identifies the type in `$type`. */
  readonly number: number;
  /** The position of the type in the BSON comparison order. Values with the same position are compared by value. */
  readonly order: number;
}

/** The properties of the BSON types: https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/ */
export const TYPES: Readonly<Record<BsonType, TypeFacts>> = {
  minKey: { number: -1, order: -1 },
  missing: { number: 0, order: 0 },
  null: { number: 10, order: 5 },
  double: { number: 1, order: 10 },
  int: { number: 16, order: 10 },
  long: { number: 18, order: 10 },
  decimal: { number: 19, order: 10 },
  string: { number: 2, order: 15 },
  object: { number: 3, order: 20 },
  array: { number: 4, order: 25 },
  binData: { number: 5, order: 30 },
  objectId: { number: 7, order: 35 },
  bool: { number: 8, order: 40 },
  date: { number: 9, order: 45 },
  timestamp: { number: 17, order: 47 },
  regex: { number: 11, order: 50 },
  javascript: { number: 13, order: 60 },
  maxKey: { number: 127, order: 127 },
};

/** Maps class names of the `bson` package to BSON types. */
const BY_CLASS: Readonly<Record<string, BsonType>> = {
  Int32: 'int',
  Long: 'long',
  Double: 'double',
  Decimal128: 'decimal',
  Binary: 'binData',
  ObjectId: 'objectId',
  Timestamp: 'timestamp',
  BSONRegExp: 'regex',
  Code: 'javascript',
  MinKey: 'minKey',
  MaxKey: 'maxKey',
};

/** Returns the BSON type of a value in a decoded document. */
export function typeOf(value: unknown): BsonType {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Map) return 'object';
  if (value instanceof Date) return 'date';
  const type = typeof value === 'object' ? BY_CLASS[classOf(value)] : undefined;
  if (type === undefined) throw new TypeError(`not a BSON value: ${String(value)}`);
  return type;
}

function classOf(value: { readonly _bsontype?: unknown }): string {
  return typeof value._bsontype === 'string' ? value._bsontype : '';
}

export const isDocument = (value: unknown): value is Document => value instanceof Map;
export const isNullish = (value: unknown): value is null | undefined => value === null || value === undefined;

const NUMERIC: ReadonlySet<BsonType> = new Set(['int', 'long', 'double', 'decimal']);

export function isNumeric(value: unknown): value is Numeric {
  return typeof value === 'object' && value !== null && NUMERIC.has(typeOf(value));
}

/** A value with its BSON type. The type determines the class of the value. */
export type Tagged =
  | { readonly type: 'int'; readonly value: Int32 }
  | { readonly type: 'long'; readonly value: Long }
  | { readonly type: 'double'; readonly value: Double }
  | { readonly type: 'decimal'; readonly value: Decimal128 }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'object'; readonly value: Document }
  | { readonly type: 'array'; readonly value: readonly unknown[] }
  | { readonly type: 'binData'; readonly value: Binary }
  | { readonly type: 'objectId'; readonly value: ObjectId }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'date'; readonly value: Date }
  | { readonly type: 'timestamp'; readonly value: Timestamp }
  | { readonly type: 'regex'; readonly value: BSONRegExp }
  | { readonly type: 'javascript'; readonly value: Code }
  | { readonly type: 'missing' | 'null' | 'minKey' | 'maxKey'; readonly value: unknown };

export function tagged(value: unknown): Tagged {
  return { type: typeOf(value), value } as Tagged;
}
