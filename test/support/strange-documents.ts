import {
  Binary,
  BSONRegExp,
  Code,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson';
import type { Dice } from './dice.ts';

/** Values of unexpected types for command fields. */
function strangeValue(dice: Dice): unknown {
  const makers: readonly [() => unknown, ...(() => unknown)[]] = [
    () => null,
    () => undefined,
    () => true,
    () => '',
    () => dice.text(dice.below(40)),
    () => 'x'.repeat(dice.below(20_000)),
    () => new Int32(dice.next() | 0),
    () => new Double(dice.pick([0, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e308, 0.5])),
    () => dice.pick([Long.MIN_VALUE, Long.MAX_VALUE, Long.fromNumber(1)]),
    () => Decimal128.fromString(dice.pick(['NaN', '1E6144', '-0', '0.1'])),
    () => new Date(dice.pick([0, -1, 8.64e15, Number.NaN])),
    () => new ObjectId(),
    () => new Timestamp({ t: dice.next(), i: dice.next() }),
    () => new MinKey(),
    () => new MaxKey(),
    () => new Code('function () { return 1 }', { a: 1 }),
    () => new BSONRegExp(dice.pick(['(', '.*', '^a$', '(a+)+b']), 'i'),
    () => new Binary(dice.bytes(dice.below(64)), dice.pick([0, 2, 3, 4, 5, 6, 128])),
    () => [],
    () => [strangeValue(dice), strangeValue(dice)],
    () => ({}),
    () => ({ $ref: 'a', $id: strangeValue(dice) }),
    () => ({ [strangeName(dice)]: strangeValue(dice) }),
    () => nested(dice.below(300)),
  ];
  return dice.pick(makers)();
}

const NAMES = [
  '',
  '$db',
  '$eq',
  '$expr',
  '$where',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'a.b',
  '.',
  '0',
  'payload',
  'mechanism',
  'conversationId',
  'speculativeAuthenticate',
  'batchSize',
  'limit',
  'lsid',
  'ok',
] as const;

function strangeName(dice: Dice): string {
  return dice.oneIn(4) ? dice.text(1 + dice.below(12)) : dice.pick(NAMES);
}

function nested(depth: number): Document {
  let document: Document = {};
  for (let level = 0; level < depth; level += 1)
    document = level % 3 === 0 ? { a: [document] } : { a: document };
  return document;
}

/** A copy of a command with one to three changed, renamed, removed or added fields. The name mostly stays the same. */
export function mutateDocument(dice: Dice, source: Document): Document {
  let document = source;
  for (let faults = 1 + dice.below(3); faults > 0; faults -= 1) document = mutateField(dice, document);
  return document;
}

function mutateField(dice: Dice, source: Document): Document {
  const fields = Object.entries(source);
  const at = dice.below(fields.length + 1);
  const [name, value] = fields[at] ?? [strangeName(dice), null];
  if (at < fields.length && isPlain(value) && !dice.oneIn(3)) {
    fields[at] = [name, mutateField(dice, value)];
  } else {
    const changed: [string, unknown][] = dice.pick([
      () => [[name, strangeValue(dice)]] satisfies [string, unknown][],
      () => [[strangeName(dice), value]] satisfies [string, unknown][],
      () =>
        [
          [name, value],
          [strangeName(dice), strangeValue(dice)],
        ] satisfies [string, unknown][],
      () => [],
    ])();
    fields.splice(at, 1, ...changed);
  }
  return documentOf(fields);
}

function isPlain(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Defines the property instead of assigning it, because a field can have the name __proto__. */
function documentOf(fields: readonly (readonly [string, unknown])[]): Document {
  return Object.fromEntries(fields);
}
