import {
  Binary,
  BSONRegExp,
  Code,
  type Collection,
  type Db,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  MongoBulkWriteError,
  type MongoClient,
  ObjectId,
  Timestamp,
  UUID,
} from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type MongodFixture, startMongodFixture } from '../../support/mongod-fixture.ts';

interface Visit extends Document {
  _id: number;
}

let lab: MongodFixture;
let client: MongoClient;
let db: Db;
let visits: Collection<Visit>;

beforeAll(async () => {
  lab = await startMongodFixture({ replicaSet: 'lab0' });
  client = lab.driver({}, '&replicaSet=lab0');
  db = client.db('app');
});
afterAll(() => lab.close());
beforeEach(async () => {
  await db.dropDatabase();
  visits = db.collection<Visit>('visits');
});

const FIVE: Visit[] = [1, 2, 3, 4, 5].map((n) => ({ _id: n, n, tags: [`t${n}`, 'all'], in: { depth: n } }));

describe('finding', () => {
  beforeEach(async () => {
    await visits.insertMany(FIVE);
  });

  test.each<{ name: string; filter: Document; ids: number[] }>([
    { name: 'everything', filter: {}, ids: [1, 2, 3, 4, 5] },
    { name: 'by _id', filter: { _id: 3 }, ids: [3] },
    { name: 'by _id and more', filter: { _id: 3, n: 4 }, ids: [] },
    { name: 'by a list of _id', filter: { _id: { $in: [1, 9, 5] } }, ids: [1, 5] },
    { name: 'by comparison', filter: { n: { $gt: 1, $lte: 3 } }, ids: [2, 3] },
    { name: 'by an inner field', filter: { 'in.depth': { $ne: 4 } }, ids: [1, 2, 3, 5] },
    { name: 'by an element', filter: { tags: 't2' }, ids: [2] },
    { name: 'by a pattern', filter: { tags: /^T[45]/i }, ids: [4, 5] },
    { name: 'by either', filter: { $or: [{ n: 1 }, { tags: { $all: ['t5', 'all'] } }] }, ids: [1, 5] },
    { name: 'by what is missing', filter: { gone: { $exists: false }, n: { $mod: [2, 0] } }, ids: [2, 4] },
    {
      name: 'by an expression',
      filter: { $expr: { $eq: ['$n', { $add: ['$in.depth', 0] }] }, n: 2 },
      ids: [2],
    },
  ])('$name', async ({ filter, ids }) => {
    expect((await visits.find(filter).toArray()).map(({ _id }) => _id)).toEqual(ids);
    expect(await visits.countDocuments(filter)).toBe(ids.length);
    expect(await visits.count(filter)).toBe(ids.length);
  });

  test('sorts, skips and limits', async () => {
    const found = await visits.find().sort({ n: -1 }).skip(1).limit(2).project({ _id: 1 }).toArray();
    expect(found).toEqual([{ _id: 4 }, { _id: 3 }]);
    expect(await visits.find().sort({ $natural: -1 }).limit(1).toArray()).toMatchObject([{ _id: 5 }]);
    expect(await visits.estimatedDocumentCount()).toBe(5);
  });

  test('keeps the fields that a projection names', async () => {
    const one = async (projection: Document) => await visits.findOne({ tags: 't2' }, { projection });
    expect(await one({ n: 1 })).toEqual({ _id: 2, n: 2 });
    expect(await one({ _id: 0, tags: 0 })).toEqual({ n: 2, in: { depth: 2 } });
    expect(await one({ _id: 0, 'tags.$': 1 })).toEqual({ tags: ['t2'] });
    expect(await one({ _id: 0, twice: { $multiply: ['$n', 2] } })).toEqual({ twice: 4 });
  });

  test('sends batches, and forgets a cursor that is closed', async () => {
    const cursor = visits.find().batchSize(2);
    const seen: number[] = [];
    for await (const { _id } of cursor) seen.push(_id);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    const closed = visits.find().batchSize(2);
    await closed.next();
    const id = closed.id;
    await closed.close();
    await expect(db.command({ getMore: id, collection: 'visits' })).rejects.toMatchObject({
      code: 43,
      codeName: 'CursorNotFound',
    });
  });

  test('a first batch has 101 documents, or as many as fit in 16 MiB', async () => {
    await visits.insertMany(Array.from({ length: 200 }, (_, index) => ({ _id: 100 + index })));
    const { cursor } = await db.command({ find: 'visits' });
    expect(cursor.firstBatch).toHaveLength(101);
    const big = db.collection('big');
    for (let i = 0; i < 3; i += 1) await big.insertOne({ text: 'x'.repeat(7_000_000) });
    const { cursor: large } = await db.command({ find: 'big' });
    expect(large.firstBatch).toHaveLength(2);
    expect(await big.find().toArray()).toHaveLength(3);
  });

  test('finds distinct values', async () => {
    expect(await visits.distinct('tags', { n: { $lt: 3 } })).toEqual(['t1', 'all', 't2']);
    expect(await visits.distinct('in.depth')).toEqual([1, 2, 3, 4, 5]);
  });

  test('aggregates', async () => {
    const pipeline = [
      { $match: { n: { $gt: 1 } } },
      { $unwind: '$tags' },
      { $group: { _id: '$tags', sum: { $sum: '$n' } } },
      { $sort: { sum: -1 } },
      { $limit: 2 },
    ];
    expect(await visits.aggregate(pipeline).toArray()).toEqual([
      { _id: 'all', sum: 14 },
      { _id: 't5', sum: 5 },
    ]);
    await visits.aggregate([{ $set: { 'in.depth': 99 } }]).toArray();
    expect(await visits.find({ 'in.depth': 1 }).toArray()).toEqual([FIVE[0]]);
  });

  test('looks into another collection', async () => {
    await db.collection<Visit>('names').insertOne({ _id: 2, name: 'two' });
    const pipeline = [
      { $match: { _id: { $lte: 2 } } },
      { $lookup: { from: 'names', localField: 'n', foreignField: '_id', as: 'names' } },
      { $project: { names: 1 } },
    ];
    expect(await visits.aggregate(pipeline).toArray()).toEqual([
      { _id: 1, names: [] },
      { _id: 2, names: [{ _id: 2, name: 'two' }] },
    ]);
  });

  test.each<{ name: string; command: Document; code: number; errmsg: string }>([
    {
      name: 'an unknown operator',
      command: { find: 'visits', filter: { n: { $foo: 1 } } },
      code: 2,
      errmsg: 'unknown operator: $foo',
    },
    {
      name: 'JavaScript',
      command: { find: 'visits', filter: { $where: 'true' } },
      code: 2,
      errmsg: 'The lab does not support the query operator $where.',
    },
    {
      name: 'an unknown stage',
      command: { aggregate: 'visits', pipeline: [{ $foo: 1 }], cursor: {} },
      code: 40324,
      errmsg: "Unrecognized pipeline stage name: '$foo'",
    },
    {
      name: 'writing by aggregation',
      command: { aggregate: 'visits', pipeline: [{ $out: 'x' }], cursor: {} },
      code: 40324,
      errmsg: 'The lab does not support the pipeline stage $out.',
    },
    {
      name: 'a filter that is no document',
      command: { find: 'visits', filter: 1 },
      code: 14,
      errmsg: "BSON field 'find.filter' is the wrong type 'int', expected type 'object'",
    },
    {
      name: 'a negative skip',
      command: { find: 'visits', skip: -1 },
      code: 51024,
      errmsg: "BSON field 'find.skip' value must be >= 0, actual value '-1'",
    },
    {
      name: 'a bad sort',
      command: { find: 'visits', sort: { n: 2 } },
      code: 15975,
      errmsg: '$sort key ordering must be 1 (for ascending) or -1 (for descending)',
    },
    {
      name: 'a bad name',
      command: { find: '$cmd' },
      code: 73,
      errmsg: "Invalid namespace specified 'app.$cmd'",
    },
  ])('refuses $name', async ({ command, code, errmsg }) => {
    await expect(db.command(command)).rejects.toMatchObject({ code, errmsg });
  });
});

describe('writing', () => {
  test('keeps duplicates out, and ordered writes stop there', async () => {
    await visits.insertOne({ _id: 2 });
    const documents = () => [{ _id: 1 }, { _id: 2 }, { _id: 3 }];
    const ordered = await visits.insertMany(documents()).catch((error: unknown) => error);
    expect(ordered).toBeInstanceOf(MongoBulkWriteError);
    expect(ordered).toMatchObject({
      code: 11000,
      message: 'E11000 duplicate key error collection: app.visits index: _id_ dup key: { _id: 2 }',
      result: { insertedCount: 1 },
    });
    expect(await visits.distinct('_id')).toEqual([2, 1]);
    const unordered = await visits
      .insertMany([{ _id: 2 }, { _id: 3 }], { ordered: false })
      .catch((error: unknown) => error);
    expect(unordered).toMatchObject({ code: 11000, result: { insertedCount: 1 } });
    expect(await visits.distinct('_id')).toEqual([2, 1, 3]);
  });

  test('holds 1, 1.0 and Long 1 for the same _id', async () => {
    const any = db.collection<{ _id: unknown }>('any');
    await any.insertOne({ _id: new Int32(1) });
    for (const same of [new Double(1), Long.fromNumber(1), Decimal128.fromString('1.0')]) {
      await expect(any.insertOne({ _id: same })).rejects.toMatchObject({ code: 11000 });
    }
    await any.insertMany([{ _id: '1' }, { _id: { x: 1, y: 2 } }, { _id: { y: 2, x: 1 } }, { _id: null }]);
    expect(await any.countDocuments()).toBe(5);
    await expect(any.insertOne({ _id: [1] })).rejects.toMatchObject({ code: 53 });
  });

  test('makes an _id where there is none', async () => {
    await db.command({ insert: 'visits', documents: [{ n: 1 }] });
    expect(await visits.findOne()).toEqual({ _id: expect.any(ObjectId), n: 1 });
  });

  test.each<{ name: string; update: Document | Document[]; after: Document }>([
    {
      name: '$set',
      update: { $set: { 'in.new': 'x', n: 9 } },
      after: { n: 9, list: [1, 2], in: { a: 1, new: 'x' } },
    },
    { name: '$unset', update: { $unset: { n: '' } }, after: { list: [1, 2], in: { a: 1 } } },
    {
      name: '$inc',
      update: { $inc: { n: 2, 'in.b': 1 } },
      after: { n: 3, list: [1, 2], in: { a: 1, b: 1 } },
    },
    {
      name: '$push',
      update: { $push: { list: { $each: [3, 4] } } },
      after: { n: 1, list: [1, 2, 3, 4], in: { a: 1 } },
    },
    { name: '$addToSet', update: { $addToSet: { list: 2 } }, after: { n: 1, list: [1, 2], in: { a: 1 } } },
    { name: '$pull', update: { $pull: { list: { $gt: 1 } } }, after: { n: 1, list: [1], in: { a: 1 } } },
    { name: '$rename', update: { $rename: { n: 'm' } }, after: { list: [1, 2], in: { a: 1 }, m: 1 } },
    {
      name: '$max and $min',
      update: { $max: { n: 5 }, $min: { 'in.a': 0 } },
      after: { n: 5, list: [1, 2], in: { a: 0 } },
    },
    {
      name: '$setOnInsert',
      update: { $setOnInsert: { n: 5 }, $set: { x: 1 } },
      after: { n: 1, list: [1, 2], in: { a: 1 }, x: 1 },
    },
    {
      name: 'a pipeline',
      update: [{ $set: { sum: { $add: ['$n', '$in.a'] } } }],
      after: { n: 1, list: [1, 2], in: { a: 1 }, sum: 2 },
    },
  ])('updates by $name', async ({ update, after }) => {
    await visits.insertOne({ _id: 1, n: 1, list: [1, 2], in: { a: 1 } });
    const before = await visits.findOne({ _id: 1 });
    const changed = JSON.stringify({ _id: 1, ...after }) !== JSON.stringify(before);
    expect(await visits.updateOne({ _id: 1 }, update)).toMatchObject({
      matchedCount: 1,
      modifiedCount: changed ? 1 : 0,
      upsertedCount: 0,
    });
    expect(await visits.findOne()).toEqual({ _id: 1, ...after });
  });

  test('updates elements of arrays', async () => {
    await visits.insertOne({
      _id: 1,
      list: [
        { k: 1, n: 1 },
        { k: 2, n: 1 },
      ],
    });
    await visits.updateOne({ 'list.k': 2 }, { $set: { 'list.$.n': 7 } });
    await visits.updateOne({ _id: 1 }, { $inc: { 'list.$[one].n': 1 } }, { arrayFilters: [{ 'one.k': 1 }] });
    expect(await visits.findOne()).toEqual({
      _id: 1,
      list: [
        { k: 1, n: 2 },
        { k: 2, n: 7 },
      ],
    });
  });

  test('updates many, replaces, deletes', async () => {
    await visits.insertMany(FIVE);
    expect(await visits.updateMany({ n: { $gte: 3 } }, { $set: { late: true } })).toMatchObject({
      matchedCount: 3,
      modifiedCount: 3,
    });
    await visits.replaceOne({ _id: 5 }, { n: 50 });
    expect(await visits.findOne({ _id: 5 })).toEqual({ _id: 5, n: 50 });
    expect(await visits.deleteOne({ late: true })).toMatchObject({ deletedCount: 1 });
    expect(await visits.deleteMany({ n: { $lt: 3 } })).toMatchObject({ deletedCount: 2 });
    expect(await visits.distinct('_id')).toEqual([4, 5]);
    expect(await visits.deleteMany({})).toMatchObject({ deletedCount: 2 });
  });

  test('upserts what the filter and the update say', async () => {
    const result = await visits.updateOne(
      { 'in.a': 1, n: { $eq: 2 }, late: { $gt: 1 } },
      { $set: { x: 1 }, $setOnInsert: { y: 2 } },
      { upsert: true },
    );
    expect(result).toMatchObject({ matchedCount: 0, upsertedCount: 1, upsertedId: expect.any(ObjectId) });
    expect(await visits.findOne({}, { projection: { _id: 0 } })).toEqual({ in: { a: 1 }, n: 2, x: 1, y: 2 });
    await visits.updateOne({ n: 8 }, { $setOnInsert: { _id: 8 } }, { upsert: true });
    await visits.updateOne({ _id: 8 }, { $set: { _id: 8, x: 2 } }, { upsert: true });
    expect(await visits.findOne({ _id: 8 })).toEqual({ _id: 8, n: 8, x: 2 });
    await visits.replaceOne({ _id: 7 }, { z: 1 }, { upsert: true });
    expect(await visits.findOne({ _id: 7 })).toEqual({ _id: 7, z: 1 });
  });

  test('finds and modifies', async () => {
    await visits.insertOne({ _id: 1, n: 1 });
    expect(await visits.findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } })).toEqual({ _id: 1, n: 1 });
    expect(
      await visits.findOneAndUpdate(
        { _id: 1 },
        { $inc: { n: 1 } },
        { returnDocument: 'after', projection: { _id: 0 } },
      ),
    ).toEqual({ n: 3 });
    expect(
      await visits.findOneAndReplace({ _id: 2 }, { m: 1 }, { upsert: true, returnDocument: 'after' }),
    ).toEqual({ _id: 2, m: 1 });
    expect(await visits.findOneAndDelete({}, { sort: { _id: -1 } })).toEqual({ _id: 2, m: 1 });
    expect(await visits.findOneAndUpdate({ _id: 404 }, { $set: { n: 1 } })).toBeNull();
  });

  test.each<{ name: string; update: Document; code: number; errmsg: string }>([
    {
      name: 'another _id',
      update: { $set: { _id: 2 } },
      code: 66,
      errmsg: "Performing an update on the path '_id' would modify the immutable field '_id'",
    },
    {
      name: '$inc of a text',
      update: { $inc: { text: 1 } },
      code: 14,
      errmsg:
        "Cannot apply $inc to a value of non-numeric type. {_id: 1} has the field 'text' of non-numeric type string",
    },
    {
      name: '$inc by a text',
      update: { $inc: { n: 'x' } },
      code: 14,
      errmsg: 'Cannot increment with non-numeric argument: {n: "x"}',
    },
    {
      name: 'fields beside operators',
      update: { $set: { a: 1 }, b: 1 },
      code: 9,
      errmsg:
        'Unknown modifier: b. Expected a valid update modifier or pipeline-style update specified as an array',
    },
    {
      name: 'an unknown operator',
      update: { $foo: { a: 1 } },
      code: 9,
      errmsg:
        'Unknown modifier: $foo. Expected a valid update modifier or pipeline-style update specified as an array',
    },
    {
      name: 'a sum beyond 2^63',
      update: { $inc: { big: 1 } },
      code: 2,
      errmsg:
        'Failed to apply $inc operations to current value ((NumberLong)9223372036854775807) for document {_id: 1}',
    },
  ])('refuses $name', async ({ update, code, errmsg }) => {
    await visits.insertOne({ _id: 1, n: 1, text: 'x', big: Long.MAX_VALUE });
    const { writeErrors } = await db.command({ update: 'visits', updates: [{ q: { _id: 1 }, u: update }] });
    expect(writeErrors).toEqual([{ index: 0, code, errmsg }]);
  });

  test('a document larger than 16 MiB is refused', async () => {
    await visits.insertOne({ _id: 1, text: 'x'.repeat(16_000_000) });
    const update = { $set: { more: 'x'.repeat(1_000_000) } };
    await expect(visits.updateOne({ _id: 1 }, update)).rejects.toMatchObject({ code: 10334 });
    expect(await visits.findOne({ _id: 1 }, { projection: { _id: 1 } })).toEqual({ _id: 1 });
  });

  test('a unique index keeps duplicates out', async () => {
    await visits.createIndex({ email: 1 }, { unique: true });
    await visits.insertOne({ _id: 1, email: 'a' });
    await expect(visits.insertOne({ _id: 2, email: 'a' })).rejects.toMatchObject({
      code: 11000,
      keyPattern: { email: 1 },
      keyValue: { email: 'a' },
    });
    await visits.insertOne({ _id: 2, email: 'b' });
    await expect(visits.updateOne({ _id: 2 }, { $set: { email: 'a' } })).rejects.toMatchObject({
      code: 11000,
    });
    await visits.updateOne({ _id: 1 }, { $set: { email: 'c' } });
    await visits.updateOne({ _id: 2 }, { $set: { email: 'a' } });
    await visits.deleteOne({ _id: 1 });
    await visits.insertOne({ _id: 3, email: 'c' });
    expect(await visits.distinct('email')).toEqual(['a', 'c']);
    await visits.createIndex({ _id: 1, email: 1 }, { unique: true, name: 'both' });
    await visits.dropIndex('email_1');
    await visits.insertOne({ _id: 4, email: 'a' });
    await expect(visits.createIndex({ email: 1 }, { unique: true })).rejects.toMatchObject({ code: 11000 });
  });
});

describe('types', () => {
  const RAW = { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true };
  const TYPES: Document = {
    int: new Int32(5),
    double: new Double(5),
    long: Long.fromNumber(5),
    large: Long.MAX_VALUE,
    decimal: Decimal128.fromString('1.10'),
    date: new Date(1_700_000_000_000),
    objectId: new ObjectId('64a000000000000000000001'),
    binary: new Binary(Buffer.from('bytes'), 128),
    uuid: new UUID('00112233-4455-6677-8899-aabbccddeeff'),
    pattern: new BSONRegExp('^a', 'ix'),
    timestamp: new Timestamp({ t: 7, i: 1 }),
    code: new Code('f'),
    min: new MinKey(),
    max: new MaxKey(),
    nothing: null,
    list: [new Double(1), Long.fromNumber(1), new Int32(1)],
    inner: { double: new Double(2) },
  };
  const raw = async () => await visits.findOne({ _id: 1 }, { ...RAW, projection: { _id: 0 } });

  beforeEach(async () => {
    await visits.insertOne({ _id: 1, ...TYPES });
  });

  test('come back as they were stored', async () => {
    expect(await raw()).toStrictEqual(TYPES);
    const [aggregated] = await visits
      .aggregate([{ $match: { 'inner.double': 2 } }, { $sort: { int: 1 } }, { $unset: '_id' }], RAW)
      .toArray();
    expect(Object.keys(aggregated ?? {})).toEqual(Object.keys(TYPES));
    const [whole] = await visits.aggregate([{ $match: {} }, { $addFields: { more: '$int' } }], RAW).toArray();
    expect(whole).toStrictEqual({ _id: new Int32(1), ...TYPES, more: new Int32(5) });
  });

  test('survive an update of another field', async () => {
    const update: Document = { $set: { other: 1 }, $push: { list: new Double(3) } };
    await visits.updateOne({ _id: 1 }, update);
    expect(await raw()).toStrictEqual({
      ...TYPES,
      list: [...TYPES['list'], new Double(3)],
      other: new Int32(1),
    });
  });

  test('follow the operands', async () => {
    await visits.updateOne(
      { _id: 1 },
      {
        $set: { double: new Int32(5), int: new Double(7), large: Long.MIN_VALUE },
        $inc: { long: 1, 'inner.double': 1, fresh: Long.fromNumber(2) },
        $mul: { decimal: 2 },
      },
    );
    expect(await raw()).toStrictEqual({
      ...TYPES,
      int: new Double(7),
      double: new Int32(5),
      large: Long.MIN_VALUE,
      long: Long.fromNumber(6),
      decimal: Decimal128.fromString('2.20'),
      inner: { double: new Double(3) },
      fresh: Long.fromNumber(2),
    });
  });

  test('an int that overflows becomes a long', async () => {
    await visits.updateOne({ _id: 1 }, { $inc: { int: new Int32(2_147_483_647) } });
    expect(await raw()).toMatchObject({ int: Long.fromNumber(2_147_483_652) });
  });

  test('are compared by value', async () => {
    expect(
      await visits.countDocuments({ long: 5, double: { $lt: 6 }, decimal: Decimal128.fromString('1.1') }),
    ).toBe(1);
    expect(await visits.countDocuments({ decimal: 1.1 })).toBe(0);
    expect(await visits.countDocuments({ objectId: new ObjectId('64a000000000000000000001') })).toBe(1);
    expect(await visits.countDocuments({ long: { $gt: 50 } })).toBe(0);
    expect(await visits.countDocuments({ uuid: new UUID('00112233-4455-6677-8899-aabbccddeeff') })).toBe(1);
  });

  test('a field called __proto__ is a field', async () => {
    const odd = JSON.parse('{"_id": 9, "__proto__": {"polluted": true}}') as Visit;
    await visits.insertOne(odd);
    await visits.updateOne({ _id: 9 }, { $set: { n: 1 } });
    const found = await visits.findOne({ _id: 9 });
    expect(Object.keys(found ?? {})).toEqual(['_id', '__proto__', 'n']);
    expect(({} as Document)['polluted']).toBeUndefined();
  });
});

describe('the catalogue', () => {
  test('lists databases and collections', async () => {
    await db.createCollection('empty');
    await visits.insertOne({ _id: 1 });
    expect((await db.listCollections().toArray()).map(({ name }) => name)).toEqual(['empty', 'visits']);
    expect(await db.listCollections({ name: 'empty' }).toArray()).toEqual([
      {
        name: 'empty',
        type: 'collection',
        options: {},
        info: { readOnly: false, uuid: expect.any(UUID) },
        idIndex: { v: 2, key: { _id: 1 }, name: '_id_' },
      },
    ]);
    const { databases } = await client.db('admin').admin().listDatabases();
    expect(databases).toEqual([{ name: 'app', sizeOnDisk: 14, empty: false }]);
  });

  test('drops them', async () => {
    await visits.insertOne({ _id: 1 });
    expect(await visits.drop()).toBe(true);
    expect(await db.listCollections().toArray()).toEqual([]);
    expect(await visits.drop()).toBe(true);
    await visits.insertOne({ _id: 1 });
    expect(await db.dropDatabase()).toBe(true);
    expect((await client.db('admin').admin().listDatabases()).databases).toEqual([]);
  });

  test('lists indexes', async () => {
    await expect(visits.indexes()).rejects.toMatchObject({ code: 26 });
    await visits.createIndexes([{ key: { n: 1 } }, { key: { a: 1, b: -1 }, name: 'ab' }]);
    expect(await visits.indexes()).toEqual([
      { v: 2, key: { _id: 1 }, name: '_id_' },
      { v: 2, key: { n: 1 }, name: 'n_1' },
      { v: 2, key: { a: 1, b: -1 }, name: 'ab' },
    ]);
    await visits.dropIndexes();
    expect(await visits.indexes()).toHaveLength(1);
    await expect(visits.dropIndex('gone')).rejects.toMatchObject({ code: 27 });
  });

  test('answers what shells ask', async () => {
    const admin = client.db('admin');
    expect(await admin.command({ buildInfo: 1 })).toMatchObject({
      version: '8.0.16',
      versionArray: [8, 0, 16, 0],
      modules: ['enterprise'],
    });
    expect(await admin.command({ getParameter: 1, featureCompatibilityVersion: 1 })).toMatchObject({
      featureCompatibilityVersion: { version: '8.0' },
    });
    await expect(admin.command({ getParameter: 'foo' })).rejects.toMatchObject({ code: 72 });
    expect(await admin.command({ getLog: 'startupWarnings' })).toMatchObject({ log: [] });
    expect(await admin.command({ serverStatus: 1 })).toMatchObject({ process: 'mongod' });
    expect(await admin.command({ hostInfo: 1 })).toMatchObject({ os: { name: 'fedctl lab' } });
    expect(await admin.command({ getCmdLineOpts: 1 })).toMatchObject({ argv: ['mongod'] });
    expect(await db.command({ dbStats: 1 })).toMatchObject({ db: 'app', collections: 0 });
    expect(await db.command({ collStats: 'visits' })).toMatchObject({ ns: 'app.visits', count: 0 });
    expect(await visits.aggregate([{ $collStats: { storageStats: {} } }]).toArray()).toMatchObject([
      { ns: 'app.visits', storageStats: { count: 0, nindexes: 1 } },
    ]);
    expect(
      await client
        .db('admin')
        .collection('atlascli')
        .aggregate([
          { $match: { managedClusterType: 'atlasCliLocalDevCluster' } },
          { $group: { _id: 1, n: { $sum: 1 } } },
        ])
        .toArray(),
    ).toEqual([]);
  });

  test('has no transactions', async () => {
    const session = client.startSession();
    session.startTransaction();
    await expect(visits.insertOne({ _id: 1 }, { session })).rejects.toMatchObject({
      code: 238,
      errmsg: 'The lab does not support transactions.',
    });
    await session.abortTransaction().catch(() => {});
    await session.endSession();
  });
});
