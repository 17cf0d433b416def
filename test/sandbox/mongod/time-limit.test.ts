import { type Collection, type Document, MongoServerError } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MongodFixture, startMongodFixture } from '../../support/mongod-fixture.ts';

let lab: MongodFixture;
let texts: Collection;

beforeAll(async () => {
  lab = await startMongodFixture();
  texts = lab.driver().db('app').collection('texts');
  const slow = `${'a'.repeat(40)}!`;
  await texts.insertMany(
    Array.from({ length: 20 }, () => ({ s: slow, n: Array.from({ length: 200 }, () => 1) })),
  );
});
afterAll(() => lab.close());

const SLOW = '^(a+)+$';
const range = { $range: [0, 5000] };
/** A pipeline whose work is the product of its lists. */
const product = {
  $map: { input: range, in: { $size: { $map: { input: range, in: { $add: ['$$this', 1] } } } } },
};

const asks: readonly [string, () => Promise<unknown>][] = [
  ['a filter', () => texts.findOne({ s: { $regex: SLOW } })],
  ['a filter that ignores case', () => texts.findOne({ s: { $regex: SLOW, $options: 'i' } })],
  ['a filter that looks ahead', () => texts.findOne({ s: /(?=a)^(a+)+$/ })],
  ['a filter within another', () => texts.findOne({ $nor: [{ s: { $not: new RegExp(SLOW) } }] })],
  [
    'a projection',
    () => texts.findOne({}, { projection: { x: { $regexMatch: { input: '$s', regex: SLOW } } } }),
  ],
  ['a stage', () => texts.aggregate([{ $match: { s: { $in: [new RegExp(SLOW)] } } }]).toArray()],
  [
    'an expression',
    () => texts.aggregate([{ $set: { x: { $regexMatch: { input: '$s', regex: SLOW } } } }]).toArray(),
  ],
  ['a count', () => texts.countDocuments({ s: new RegExp(SLOW) })],
  ['a deletion', () => texts.deleteMany({ s: new RegExp(SLOW) })],
  ['an update', () => texts.updateMany({ s: new RegExp(SLOW) }, { $set: { x: 1 } })],
  [
    'an update by a pipeline',
    () => texts.updateMany({}, [{ $set: { x: { $regexMatch: { input: '$s', regex: SLOW } } } }]),
  ],
  ['lists of lists', () => texts.aggregate<Document>([{ $set: { x: product } }]).toArray()],
];

describe('what takes too long to compute', () => {
  test.each(asks)('is broken off in %s, and the lab goes on', async (_name, ask) => {
    const failure = await ask().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MongoServerError);
    expect(failure).toMatchObject({
      code: 50,
      message: expect.stringContaining('operation exceeded time limit: the limit of the lab is 1000 ms'),
    });
    expect(await texts.countDocuments({})).toBe(20);
    expect(await texts.countDocuments({ x: { $exists: true } })).toBe(0);
  });

  test('has one limit for all statements of a command', async () => {
    const statements = Array.from({ length: 10 }, () => ({
      deleteMany: { filter: { s: new RegExp(SLOW) } },
    }));
    const failure = await texts.bulkWrite(statements, { ordered: false }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 50 });
    expect(await texts.countDocuments({})).toBe(20);
  }, 8000);
});
