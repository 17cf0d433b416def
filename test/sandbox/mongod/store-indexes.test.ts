import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MongodFixture, startMongodFixture } from '../../support/mongod-fixture.ts';
import { batch, createIndex, failure, find, type Row, replyTo, testRows } from '../../support/store-rows.ts';

const inserted = (n: number) => ({ n, ok: 1 });
const created = { numIndexesBefore: 1, numIndexesAfter: 2, createdCollectionAutomatically: true, ok: 1 };
const duplicate = (key: object, keyValue: object, shown: string, n = 1) => ({
  n,
  writeErrors: [
    {
      index: n,
      code: 11000,
      errmsg: `E11000 duplicate key error collection: app.c index: one dup key: ${shown}`,
      keyPattern: key,
      keyValue,
    },
  ],
  ok: 1,
});
const conflict = (requested: string, existing: string) =>
  failure(
    86,
    'IndexKeySpecsConflict',
    `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${requested}, existing index: ${existing}`,
  );

const UNIQUE = { unique: true };
const TEXTS_ONLY = { unique: true, partialFilterExpression: { e: { $type: 'string' } } };

const ROWS: readonly Row[] = [
  {
    name: 'a unique sparse index takes many documents without the field',
    run: [createIndex({ phone: 1 }, { unique: true, sparse: true }), [{ a: 1 }, { a: 2 }]],
    reply: inserted(2),
  },
  {
    name: 'and keeps duplicates out',
    run: [
      createIndex({ phone: 1 }, { unique: true, sparse: true }),
      [{ phone: 1 }, { phone: 1.5 }, { phone: 1 }],
    ],
    reply: duplicate({ phone: 1 }, { phone: 1 }, '{ phone: 1 }', 2),
  },
  {
    name: 'a sparse index holds a document whose field is null',
    run: [createIndex({ a: 1 }, { unique: true, sparse: true }), [{ a: null }, { a: null }]],
    reply: duplicate({ a: 1 }, { a: null }, '{ a: null }'),
  },
  {
    name: 'a unique index without options takes one document without the field',
    run: [createIndex({ phone: 1 }, UNIQUE), [{ a: 1 }, { a: 2 }]],
    reply: duplicate({ phone: 1 }, { phone: null }, '{ phone: null }'),
  },
  {
    name: 'a partial index holds only what matches its filter',
    run: [createIndex({ e: 1 }, TEXTS_ONLY), [{ a: 1 }, { a: 2 }, { e: 5 }, { e: 5 }, { e: 'x' }]],
    reply: inserted(5),
  },
  {
    name: 'and keeps duplicates of that out',
    run: [createIndex({ e: 1 }, TEXTS_ONLY), [{ e: 'x' }, { e: 'x' }]],
    reply: duplicate({ e: 1 }, { e: 'x' }, '{ e: "x" }'),
  },
  {
    name: 'a compound index has a key for each element of an array',
    run: [
      createIndex({ a: 1, b: 1 }, UNIQUE),
      [
        { a: [1, 2], b: 1 },
        { a: [2, 3], b: 1 },
      ],
    ],
    reply: duplicate({ a: 1, b: 1 }, { a: 2, b: 1 }, '{ a: 2, b: 1 }'),
  },
  {
    name: 'a compound index keeps the fields of one element together',
    run: [
      createIndex({ 'l.a': 1, 'l.b': 1 }, UNIQUE),
      [
        {
          l: [
            { a: 1, b: 1 },
            { a: 2, b: 2 },
          ],
        },
        { l: [{ a: 1, b: 2 }] },
      ],
    ],
    reply: inserted(2),
  },
  {
    name: 'an index has no keys for two arrays',
    run: [createIndex({ a: 1, b: 1 }), [{ a: [1], b: [1] }]],
    reply: {
      n: 0,
      writeErrors: [{ index: 0, code: 171, errmsg: 'cannot index parallel arrays [b] [a]' }],
      ok: 1,
    },
  },
  {
    name: 'an empty array is another key than null',
    run: [createIndex({ a: 1 }, UNIQUE), [{ a: [] }, { a: null }]],
    reply: inserted(2),
  },
  {
    name: 'two elements of one document are no duplicates',
    run: [createIndex({ a: 1 }, UNIQUE), [{ a: [1, 1] }]],
    reply: inserted(1),
  },
  {
    name: 'a name stands for one key',
    run: [createIndex({ x: 1 }), createIndex({ y: 1 })],
    reply: conflict('{ v: 2, key: { y: 1 }, name: "one" }', '{ v: 2, key: { x: 1 }, name: "one" }'),
  },
  {
    name: 'a key has one name',
    run: [createIndex({ x: 1 }), createIndex({ x: 1 }, { name: 'two' })],
    reply: failure(85, 'IndexOptionsConflict', 'Index already exists with a different name: one'),
  },
  {
    name: 'an index does not become unique',
    run: [createIndex({ x: 1 }), createIndex({ x: 1 }, UNIQUE)],
    reply: conflict(
      '{ v: 2, key: { x: 1 }, name: "one", unique: true }',
      '{ v: 2, key: { x: 1 }, name: "one" }',
    ),
  },
  {
    name: 'the same index is created once',
    run: [createIndex({ x: 1 }, UNIQUE), createIndex({ x: 1 }, UNIQUE)],
    reply: { numIndexesBefore: 2, numIndexesAfter: 2, note: 'all indexes already exist', ok: 1 },
  },
  {
    name: 'a plugin that does not exist',
    run: [createIndex({ x: 'bogus' })],
    reply: failure(
      67,
      'CannotCreateIndex',
      "Error in specification :: caused by :: Unknown index plugin 'bogus'",
    ),
  },
  {
    name: 'a direction of 0',
    run: [createIndex({ x: 0 })],
    reply: failure(
      67,
      'CannotCreateIndex',
      'Error in specification :: caused by :: Values in the index key pattern cannot be 0.',
    ),
  },
  {
    name: 'an option that does not exist',
    run: [createIndex({ x: 1 }, { bogus: 1 })],
    reply: failure(
      197,
      'InvalidIndexSpecificationOption',
      'Error in specification { key: { x: 1 }, name: "one", bogus: 1 } :: caused by :: The field \'bogus\' is not valid for an index specification',
    ),
  },
  {
    name: 'a text index',
    run: [createIndex({ x: 'text' })],
    reply: failure(238, 'NotImplemented', 'The lab does not support text indexes.'),
  },
  {
    name: 'a hidden index',
    run: [createIndex({ x: 1 }, { hidden: true })],
    reply: failure(238, 'NotImplemented', "The lab does not support the index option 'hidden'."),
  },
  {
    name: 'a partial index that is sparse',
    run: [createIndex({ x: 1 }, { sparse: true, partialFilterExpression: { x: 1 } })],
    reply: failure(67, 'CannotCreateIndex', 'cannot mix "partialFilterExpression" and "sparse" options'),
  },
  {
    name: 'a partial index by an operator that it does not take',
    run: [createIndex({ x: 1 }, { partialFilterExpression: { x: { $ne: 1 } } })],
    reply: failure(67, 'CannotCreateIndex', 'Expression not supported in partial index: { $ne: 1 }'),
  },
  { name: 'an ordinary index', run: [createIndex({ x: 1, y: -1 })], reply: created },
  {
    name: 'a failed index leaves none',
    run: [
      {
        createIndexes: 'c',
        indexes: [
          { key: { x: 1 }, name: 'one' },
          { key: { y: 1 }, name: 'one' },
        ],
      },
      { listIndexes: 'c' },
    ],
    reply: batch({ v: 2, key: { _id: 1 }, name: '_id_' }),
  },
  {
    name: 'indexes are listed with their options',
    run: [createIndex({ e: 1 }, { ...TEXTS_ONLY, unique: 1 }), { listIndexes: 'c' }],
    reply: batch(
      { v: 2, key: { _id: 1 }, name: '_id_' },
      { v: 2, key: { e: 1 }, name: 'one', unique: true, partialFilterExpression: { e: { $type: 'string' } } },
    ),
  },
  {
    name: 'an index is dropped by its key',
    run: [createIndex({ x: 1 }), { dropIndexes: 'c', index: { x: 1 } }, { listIndexes: 'c' }],
    reply: batch({ v: 2, key: { _id: 1 }, name: '_id_' }),
  },
  {
    name: 'a key that no index has',
    run: [createIndex({ x: 1 }), { dropIndexes: 'c', index: { x: -1 } }],
    reply: failure(27, 'IndexNotFound', "can't find index with this key"),
  },
  {
    name: 'the index of _id stays',
    run: [[{}], { dropIndexes: 'c', index: '_id_' }],
    reply: failure(72, 'InvalidOptions', 'cannot drop _id index'),
  },
  {
    name: 'a hint that names no index',
    run: [[{ _id: 1 }], find({}, { hint: 'nope' })],
    reply: failure(
      2,
      'BadValue',
      'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
    ),
  },
  {
    name: 'a hint of a sparse index leaves out what the index does not hold, and sorts',
    run: [
      createIndex({ a: 1 }, { sparse: true }),
      [{ _id: 1 }, { _id: 2, a: 2 }, { _id: 3, a: 1 }],
      find({}, { hint: 'one' }),
    ],
    reply: batch({ _id: 3, a: 1 }, { _id: 2, a: 2 }),
  },
  {
    name: 'the bounds min and max',
    run: [[{ _id: 1 }], find({}, { hint: { _id: 1 }, min: { _id: 2 } })],
    reply: failure(238, 'NotImplemented', "The lab does not support the option 'find.min'."),
  },
  {
    name: 'a validator',
    run: [{ create: 'c', validator: { $jsonSchema: { required: ['a'] } } }],
    reply: failure(238, 'NotImplemented', 'The lab does not support schema validation.'),
  },
  {
    name: 'a capped collection',
    run: [{ create: 'c', capped: true, size: 9999, max: 2 }],
    reply: failure(238, 'NotImplemented', "The lab does not support the option 'create.capped'."),
  },
  {
    name: 'a time series',
    run: [{ create: 'c', timeseries: { timeField: 't' } }],
    reply: failure(238, 'NotImplemented', "The lab does not support the option 'create.timeseries'."),
  },
  {
    name: 'an option of create that does not exist',
    run: [{ create: 'c', bogus: 1 }],
    reply: failure(40415, 'Location40415', "BSON field 'create.bogus' is an unknown field."),
  },
  {
    name: 'a collection with a collation',
    run: [{ create: 'c', collation: { locale: 'en', strength: 2 } }],
    reply: failure(238, 'NotImplemented', 'The lab does not support collations.'),
  },
  {
    name: 'a unique index with a collation',
    run: [createIndex({ a: 1 }, { unique: true, collation: { locale: 'en', strength: 2 } })],
    reply: failure(238, 'NotImplemented', 'The lab does not support collations.'),
  },
];

testRows('indexes and collections', ROWS);

let lab: MongodFixture;
beforeAll(async () => {
  lab = await startMongodFixture();
});
afterAll(() => lab.close());

test('a TTL index removes what is old, once a minute of the clock', async () => {
  const db = lab.driver().db('app');
  await db.command(createIndex({ d: 1 }, { expireAfterSeconds: 30 }));
  const now = lab.now();
  await db
    .collection<{ _id: number }>('c')
    .insertMany([
      { _id: 1, d: new Date(0) },
      { _id: 2, d: [new Date(now.getTime() + 3_600_000), now] },
      { _id: 3, d: new Date(now.getTime() + 3_600_000) },
      { _id: 4, d: 'soon' },
      { _id: 5 },
    ] as { _id: number }[]);
  const ids = async () => (await replyTo(db, { distinct: 'c', key: '_id' }))['values'];
  expect(await ids()).toEqual([1, 2, 3, 4, 5]);
  lab.advance(60);
  expect(await ids()).toEqual([3, 4, 5]);
  lab.advance(3540);
  expect(await ids()).toEqual([3, 4, 5]);
  lab.advance(60);
  expect(await ids()).toEqual([4, 5]);
});

test('the log says what is not supported', async () => {
  const db = lab.driver().db('app');
  await replyTo(db, createIndex({ x: 'hashed' }));
  await replyTo(db, { update: 'c', updates: [{ q: { $where: '1' }, u: { $set: { a: 1 } } }] });
  expect(lab.refusals().slice(-2)).toEqual([
    'The lab does not support hashed indexes.',
    'The lab does not support the query operator $where.',
  ]);
});
