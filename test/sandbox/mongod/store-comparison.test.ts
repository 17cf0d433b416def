import {
  Binary,
  BSONRegExp,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson';
import fc from 'fast-check';
import { Query } from 'mingo';
import { describe, expect, test } from 'vitest';
import { decodeOrdered, documentOf, encodeDocument } from '../../../src/sandbox/mongod/bson-codec.ts';
import { compileFilter } from '../../../src/sandbox/mongod/query/filter.ts';
import { compileSort } from '../../../src/sandbox/mongod/query/sort.ts';
import { compare, keyOf } from '../../../src/sandbox/mongod/values/compare.ts';
import { add, multiply, Sum } from '../../../src/sandbox/mongod/values/numbers.ts';

const RUNS = { numRuns: 2000 };

/** A value with its place among the types, and something that JavaScript compares, made with it and not from it. */
interface Ranked {
  readonly value: unknown;
  readonly rank: number;
  readonly by: Fraction | string | bigint;
}

/** `numerator / 2^k 10^k`: every number that BSON has, as a fraction over one denominator. */
type Fraction = { readonly numerator: bigint; readonly denominator: bigint };

const whole = (value: bigint): Fraction => ({ numerator: value, denominator: 1n });
const int = fc
  .oneof(fc.integer({ min: -3, max: 3 }), fc.integer())
  .map((n): Ranked => ({ value: new Int32(n), rank: 2, by: whole(BigInt(n)) }));
const long = fc
  .oneof(
    fc.bigInt({ min: -3n, max: 3n }),
    fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  )
  .map((n): Ranked => ({ value: Long.fromBigInt(n), rank: 2, by: whole(n) }));
const double = fc
  .tuple(fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n }), fc.integer({ min: 0, max: 60 }))
  .map(
    ([n, k]): Ranked => ({
      value: new Double(Number(n) / 2 ** k),
      rank: 2,
      by: { numerator: n, denominator: 2n ** BigInt(k) },
    }),
  );
const decimal = fc
  .tuple(
    fc.oneof(fc.bigInt({ min: -30n, max: 30n }), fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n })),
    fc.integer({ min: -20, max: 20 }),
  )
  .map(
    ([n, k]): Ranked => ({
      value: Decimal128.fromString(`${n}E${k}`),
      rank: 2,
      by: k < 0 ? { numerator: n, denominator: 10n ** BigInt(-k) } : whole(n * 10n ** BigInt(k)),
    }),
  );
const text = fc
  .oneof(fc.constantFrom('', 'a', 'b', '\uffff', '\u{10000}'), fc.string({ unit: 'binary' }))
  .map((value): Ranked => ({ value, rank: 3, by: Buffer.from(value).toString('hex') }));
const constant = (value: unknown, rank: number, by: bigint = 0n): Ranked => ({ value, rank, by });

const ranked: fc.Arbitrary<Ranked> = fc.oneof(
  int,
  long,
  double,
  decimal,
  text,
  fc.constantFrom(
    constant(new MinKey(), 0),
    constant(null, 1),
    constant(new Map(), 4),
    constant([], 5),
    constant(false, 8, 0n),
    constant(true, 8, 1n),
    constant(new BSONRegExp('a'), 11),
    constant(new MaxKey(), 12),
  ),
  fc.integer().map((n) => constant(new Date(n), 9, BigInt(n))),
  fc.nat().map((t) => constant(new Timestamp({ t, i: 1 }), 10, BigInt(t))),
  fc.nat().map((n) => constant(new ObjectId(n.toString(16).padStart(24, '0')), 7, BigInt(n))),
  fc.nat({ max: 255 }).map((n) => constant(new Binary(Buffer.from([n])), 6, BigInt(n))),
);

function order(a: Ranked, b: Ranked): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  const [x, y] = [a.by, b.by];
  if (typeof x === 'object' && typeof y === 'object') {
    const difference = x.numerator * y.denominator - y.numerator * x.denominator;
    return difference < 0n ? -1 : Number(difference > 0n);
  }
  return x < y ? -1 : Number(x > y);
}

/** Whole numbers that a double cannot tell apart, in each type that holds them. */
const neighbor = fc
  .tuple(
    fc.bigInt({ min: 2n ** 53n - 2n, max: 2n ** 53n + 4n }),
    fc.constantFrom('long', 'double', 'decimal'),
  )
  .map(([n, type]): Ranked => {
    if (type === 'double') return { value: new Double(Number(n)), rank: 2, by: whole(BigInt(Number(n))) };
    const value = type === 'long' ? Long.fromBigInt(n) : Decimal128.fromString(String(n));
    return { value, rank: 2, by: whole(n) };
  });

describe('the comparison order', () => {
  test('of numbers beyond 2^53 is exact', () => {
    fc.assert(
      fc.property(neighbor, neighbor, (a, b) => {
        expect(Math.sign(compare(a.value, b.value))).toBe(Math.sign(order(a, b)));
        expect(keyOf(a.value) === keyOf(b.value)).toBe(order(a, b) === 0);
      }),
      RUNS,
    );
  });

  test('of documents is that of the types, then the names, then the values', () => {
    const field = fc.tuple(
      fc.constantFrom('a', 'b'),
      fc.constantFrom<unknown>(new Int32(1), new Int32(2), 'x'),
    );
    const text = ([name, value]: [string, unknown]) =>
      `${typeof value === 'string' ? 1 : 0}${name}${String(value)}`;
    fc.assert(
      fc.property(field, field, (a, b) => {
        const expected = text(a) < text(b) ? -1 : Number(text(a) > text(b));
        expect(Math.sign(compare(new Map([a]), new Map([b])))).toBe(expected);
      }),
    );
  });

  test('of scalars is that of an independent one', () => {
    fc.assert(
      fc.property(ranked, ranked, (a, b) => {
        expect(Math.sign(compare(a.value, b.value))).toBe(Math.sign(order(a, b)));
        expect(keyOf(a.value) === keyOf(b.value)).toBe(order(a, b) === 0);
      }),
      RUNS,
    );
  });

  test('of arrays and documents is that of their members', () => {
    fc.assert(
      fc.property(fc.array(ranked, { maxLength: 3 }), fc.array(ranked, { maxLength: 3 }), (a, b) => {
        const members = a.map((value, index) => (b[index] === undefined ? 1 : order(value, b[index])));
        const expected = Math.sign(members.find((difference) => difference !== 0) ?? a.length - b.length);
        const values = (list: readonly Ranked[]) => list.map(({ value }) => value);
        const fields = (list: readonly Ranked[]) =>
          new Map(list.map(({ value }, index) => [`f${index}`, value]));
        expect(Math.sign(compare(values(a), values(b)))).toBe(expected);
        expect(Math.sign(compare(fields(a), fields(b)))).toBe(expected);
        expect(keyOf(fields(a)) === keyOf(fields(b))).toBe(expected === 0);
      }),
      RUNS,
    );
  });

  test('is the one of a sort, which keeps equal documents in their order', () => {
    fc.assert(
      fc.property(fc.array(ranked, { maxLength: 12 }), fc.constantFrom(1, -1), (list, direction) => {
        // An empty array sorts by what it holds: before null.
        const scalars = list.filter(({ value }) => !Array.isArray(value));
        const sort = compileSort(new Map([['v', new Int32(direction)]]));
        const sorted = sort(scalars, ({ value }) => new Map([['v', value]]));
        expect(sorted).toEqual([...scalars].sort((a, b) => order(a, b) * direction));
      }),
      { numRuns: 500 },
    );
  });
});

describe('arithmetic', () => {
  test('of whole numbers and decimals is exact', () => {
    const operand = fc.tuple(
      fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
      fc.integer({ min: -15, max: 0 }),
    );
    fc.assert(
      fc.property(operand, operand, ([a, j], [b, k]) => {
        const [x, y] = [Decimal128.fromString(`${a}E${j}`), Decimal128.fromString(`${b}E${k}`)];
        const scale = (n: bigint, from: number, to: number) => n * 10n ** BigInt(from - to);
        const low = Math.min(j, k);
        expect(
          compare(add(x, y), Decimal128.fromString(`${scale(a, j, low) + scale(b, k, low)}E${low}`)),
        ).toBe(0);
        expect(compare(multiply(x, y), Decimal128.fromString(`${a * b}E${j + k}`))).toBe(0);
      }),
      RUNS,
    );
  });

  test('of ints and longs is exact as far as a long goes', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n }), { maxLength: 7 }), (list) => {
        const sum = new Sum();
        for (const value of list) sum.add(Long.fromBigInt(value));
        const expected = list.reduce((a, b) => a + b, 0n);
        if (expected < 2n ** 63n && expected >= -(2n ** 63n))
          expect(String(sum.total)).toBe(String(expected));
      }),
      RUNS,
    );
  });
});

test('a document comes back byte for byte', () => {
  const name = fc.oneof(
    fc.constantFrom('10', '2', 'b', '__proto__', '$a', 'a.b', ''),
    fc.string({ unit: 'grapheme-ascii' }),
  );
  const { document } = fc.letrec<{ value: unknown; document: Map<string, unknown> }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      ranked.map(({ value }) => value),
      fc.array(tie('value'), { maxLength: 3 }),
      tie('document'),
    ),
    document: fc
      .array(
        fc.tuple(
          name.filter((text) => !text.includes('\0')),
          tie('value'),
        ),
        { maxLength: 5 },
      )
      .map((fields) => new Map(fields as [string, unknown][])),
  }));
  fc.assert(
    fc.property(document, (original) => {
      const bytes = encodeDocument(original);
      const decoded = decodeOrdered(bytes, (reason) => expect.unreachable(reason));
      expect(Buffer.from(encodeDocument(decoded))).toEqual(Buffer.from(bytes));
    }),
    { numRuns: 500 },
  );
});

describe('filters', () => {
  /** Values that mean the same in another implementation of the query language: no null, no boolean, no array in one. */
  const scalar = fc.oneof(fc.integer({ min: -2, max: 4 }), fc.constantFrom('a', 'b', 'ab'));
  const list = fc.array(scalar, { maxLength: 3 });
  const stored = fc.record(
    {
      a: fc.oneof(scalar, list),
      b: scalar,
      o: fc.record({ x: fc.oneof(scalar, list) }, { requiredKeys: [] }),
      l: fc.array(fc.record({ x: scalar, y: scalar }, { requiredKeys: [] }), { maxLength: 3 }),
    },
    { requiredKeys: [] },
  );
  const operators = fc.oneof(
    fc.tuple(fc.constantFrom('$eq', '$ne', '$gt', '$gte', '$lt', '$lte'), scalar),
    fc.tuple(fc.constantFrom('$in', '$nin'), fc.array(scalar, { minLength: 1, maxLength: 3 })),
    fc.tuple(fc.constant('$exists'), fc.boolean()),
    fc.tuple(fc.constant('$size'), fc.nat({ max: 3 })),
    fc.tuple(fc.constant('$mod'), fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat({ max: 2 }))),
    fc.tuple(fc.constant('$regex'), fc.constantFrom('a', '^b', 'b$')),
  );
  const condition = fc.oneof(
    scalar,
    operators.map(([name, operand]) => ({ [name]: operand })),
    operators.map(([name, operand]) => ({ $not: { [name]: operand } })),
  );
  // The other takes the values in all documents of an array for one array.
  const isShared = ([path, value]: readonly [string, unknown]) =>
    !(path.startsWith('l.') && JSON.stringify(value).includes('$size'));
  const onField = fc
    .tuple(fc.constantFrom('a', 'b', 'o.x', 'l.x', 'l.y'), condition)
    .filter(isShared)
    .map(([path, value]) => ({ [path]: value }));
  const onElement = condition.map((x) => ({ l: { $elemMatch: { x } } }));
  const filter = fc.oneof(
    onField,
    onElement,
    fc
      .tuple(fc.constantFrom('$and', '$or', '$nor'), fc.array(onField, { minLength: 1, maxLength: 3 }))
      .map(([name, parts]) => ({ [name]: parts })),
  );

  test('match what another implementation matches, where the two mean the same', () => {
    fc.assert(
      fc.property(stored, filter, (document, query) => {
        const ours = compileFilter(documentOf(query), new Map()).matches(documentOf(document));
        expect(ours).toBe(new Query(query).test(document));
      }),
      RUNS,
    );
  });
});
