import { BSON, Long, type MongoClient, type ObjectId, Timestamp, UUID } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MongodFixture, startMongodFixture } from '../../support/mongod-fixture.ts';
import { batch, failure, find, type Row, replyTo, testRows } from '../../support/store-rows.ts';

const unknown = (path: string) =>
  failure(40415, 'Location40415', `BSON field '${path}' is an unknown field.`);
const below = (path: string, value: number) =>
  failure(51024, 'Location51024', `BSON field '${path}' value must be >= 0, actual value '${value}'`);
const refused = (name: string, command: object, reply: object): Row => ({ name, run: [command], reply });
const SIZES = 'Write batch sizes must be between 1 and 100000. Got 0 operations.';

const ROWS: readonly Row[] = [
  refused('an option of find that does not exist', find({}, { bogus: 1 }), unknown('find.bogus')),
  refused('an option of insert', { insert: 'c', documents: [{}], bogus: 1 }, unknown('insert.bogus')),
  refused(
    'a field of a statement',
    { update: 'c', updates: [{ q: {}, u: {}, bogus: 1 }] },
    unknown('update.updates.bogus'),
  ),
  refused('a negative limit', find({}, { limit: -1 }), below('find.limit', -1)),
  refused('a negative batch size', find({}, { batchSize: -1 }), below('find.batchSize', -1)),
  refused(
    'a read concern level',
    find({}, { readConcern: { level: 'bogus' } }),
    failure(2, 'BadValue', "Enumeration value 'bogus' for field 'readConcern.level' is not a valid value."),
  ),
  refused(
    'a read concern that the lab does not have',
    find({}, { readConcern: { level: 'snapshot' } }),
    failure(238, 'NotImplemented', "The lab does not support the read concern level 'snapshot'."),
  ),
  refused(
    'another API version',
    { ping: 1, apiVersion: '2' },
    failure(322, 'APIVersionError', 'API version must be "1"'),
  ),
  refused(
    'a time limit below 0',
    find({}, { maxTimeMS: -1 }),
    failure(2, 'BadValue', '-1 value for maxTimeMS is out of range [0, 2147483647]'),
  ),
  refused(
    'apiStrict alone',
    { ping: 1, apiStrict: true },
    failure(
      322,
      'APIVersionError',
      'Provide apiVersion when passing either apiStrict or apiDeprecationErrors',
    ),
  ),
  refused(
    'a command outside of the API',
    { collStats: 'c', apiVersion: '1', apiStrict: true },
    failure(
      323,
      'APIStrictError',
      'Provided apiStrict:true, but the command collStats is not in API Version 1',
    ),
  ),
  refused('a command inside of the API', { ...find({}), apiVersion: '1', apiStrict: true }, batch()),
  refused('no documents', { insert: 'c', documents: [] }, failure(16, 'InvalidLength', SIZES)),
  refused('no updates', { update: 'c', updates: [] }, failure(16, 'InvalidLength', SIZES)),
  refused('no deletes', { delete: 'c', deletes: [] }, failure(16, 'InvalidLength', SIZES)),
  refused(
    'a write concern of five members',
    { insert: 'c', documents: [{}], writeConcern: { w: 5 } },
    failure(2, 'BadValue', "cannot use 'w' > 1 when a host is not replicated"),
  ),
  refused(
    'a write concern on a read',
    find({}, { writeConcern: { w: 1 } }),
    failure(72, 'InvalidOptions', 'Command find does not support writeConcern'),
  ),
  refused(
    'a tailable cursor',
    find({}, { tailable: true }),
    failure(2, 'BadValue', 'error processing query: tailable cursor requested on non capped collection'),
  ),
  refused(
    'an option that the lab does not have',
    find({}, { showRecordId: true }),
    failure(238, 'NotImplemented', "The lab does not support the option 'find.showRecordId'."),
  ),
  refused('the same, off', find({}, { showRecordId: false }), batch()),
  refused(
    'a filter of another type',
    { find: 'c', filter: [] },
    failure(14, 'TypeMismatch', "BSON field 'find.filter' is the wrong type 'array', expected type 'object'"),
  ),
  refused(
    'a command that does not exist',
    { bogus: 1 },
    failure(59, 'CommandNotFound', "no such command: 'bogus'"),
  ),
  refused(
    'a command that the lab does not have',
    { collMod: 'c' },
    failure(59, 'CommandNotFound', "no such command: 'collMod'"),
  ),
  refused(
    'a transaction on a standalone',
    {
      find: 'c',
      txnNumber: Long.fromNumber(1),
      startTransaction: true,
      autocommit: false,
      lsid: { id: new UUID() },
    },
    failure(20, 'IllegalOperation', 'Transaction numbers are only allowed on a replica set member or mongos'),
  ),
  {
    name: 'a document that is there twice',
    run: [[{ _id: 'x' }], [{ _id: 'x' }]],
    reply: {
      n: 0,
      writeErrors: [
        {
          index: 0,
          code: 11000,
          errmsg: 'E11000 duplicate key error collection: app.c index: _id_ dup key: { _id: "x" }',
          keyPattern: { _id: 1 },
          keyValue: { _id: 'x' },
        },
      ],
      ok: 1,
    },
  },
];

testRows('the options of commands', ROWS);

testRows(
  'in a replica set',
  [
    refused(
      'a change stream',
      { aggregate: 'c', pipeline: [{ $changeStream: {} }], cursor: {} },
      failure(238, 'NotImplemented', 'The lab does not support change streams.'),
    ),
    refused(
      'a change stream of a database',
      { aggregate: 1, pipeline: [{ $changeStream: {} }], cursor: {} },
      failure(238, 'NotImplemented', 'The lab does not support change streams.'),
    ),
    refused(
      'a write concern of five members',
      { insert: 'c', documents: [{}], writeConcern: { w: 5 } },
      {
        n: 1,
        writeConcernError: {
          code: 100,
          codeName: 'UnsatisfiableWriteConcern',
          errmsg: 'Not enough data-bearing nodes',
        },
        ok: 1,
      },
    ),
    refused(
      'a write concern of the majority',
      { insert: 'c', documents: [{}], writeConcern: { w: 'majority' } },
      { n: 1, ok: 1 },
    ),
    refused(
      'a transaction',
      {
        find: 'c',
        txnNumber: Long.fromNumber(1),
        startTransaction: true,
        autocommit: false,
        lsid: { id: new UUID() },
      },
      failure(238, 'NotImplemented', 'The lab does not support transactions.'),
    ),
  ],
  { replicaSet: 'rs0' },
);

describe('what the wire carries', () => {
  let lab: MongodFixture;
  let client: MongoClient;
  beforeAll(async () => {
    lab = await startMongodFixture();
    client = lab.driver();
  });
  afterAll(() => lab.close());

  test('fields stay in their order, also those that look like numbers', async () => {
    const fields = ['_id', 'b', '10', '2', '__proto__'];
    const inner = new Map(fields.map((name) => [name, 1]));
    const db = client.db('app');
    await db.command({ insert: 'order', documents: [new Map<string, unknown>([...inner, ['in', inner]])] });
    await db.command({ update: 'order', updates: [{ q: {}, u: new Map([['$set', new Map([['z', 1]])]]) }] });
    const [bytes] = await db.collection('order').find({}, { raw: true }).toArray();
    const names = (document: Uint8Array): readonly string[] =>
      [...BSON.onDemand.parseToElements(document)].map(([, offset, length]) =>
        Buffer.from(document).toString('utf8', offset, offset + length),
      );
    expect(names(bytes as unknown as Uint8Array)).toEqual([...fields, 'in', 'z']);
    const element = [...BSON.onDemand.parseToElements(bytes as unknown as Uint8Array)][5];
    const [, , , from = 0, size = 0] = element ?? [];
    expect(names((bytes as unknown as Uint8Array).subarray(from, from + size))).toEqual(fields);
  });

  test('an empty timestamp becomes the current one', async () => {
    const times = client.db('app').collection('times');
    const empty = new Timestamp({ t: 0, i: 0 });
    await times.insertOne({ a: empty, in: { a: empty } });
    const stored = await times.findOne();
    expect(stored?.['in']).toEqual({ a: empty });
    expect(stored?.['a'].getHighBits()).toBeGreaterThan(1_700_000_000);
  });

  test('ok is a double', async () => {
    expect(await replyTo(client.db('app'), { ping: 1 }, true)).toEqual({ ok: { $numberDouble: '1.0' } });
    expect(await replyTo(client.db('app'), { bogus: 1 }, true)).toMatchObject({
      ok: { $numberDouble: '0.0' },
    });
  });

  test('a session has an id', async () => {
    expect(await client.db('app').command({ startSession: 1 })).toEqual({
      id: { id: expect.any(UUID) },
      timeoutMinutes: 30,
      ok: 1,
    });
  });

  test('one command writes to several collections', async () => {
    const admin = client.db('admin');
    const reply = await replyTo(admin, {
      bulkWrite: 1,
      ordered: false,
      ops: [
        { insert: 0, document: { _id: 1 } },
        { insert: 0, document: { _id: 1 } },
        { update: 0, filter: { _id: 1 }, updateMods: { $set: { a: 1 } } },
        { update: 1, filter: { _id: 2 }, updateMods: { $set: { a: 1 } }, upsert: true },
        { update: 1, filter: {}, updateMods: { $bogus: { a: 1 } } },
        { delete: 0, filter: {}, multi: true },
      ],
      nsInfo: [{ ns: 'bulk.one' }, { ns: 'other.two' }],
    });
    const errmsg = 'E11000 duplicate key error collection: bulk.one index: _id_ dup key: { _id: 1 }';
    expect(reply).toEqual({
      cursor: {
        firstBatch: [
          { ok: 1, idx: 0, n: 1 },
          { ok: 0, idx: 1, code: 11000, errmsg, keyPattern: { _id: 1 }, keyValue: { _id: 1 }, n: 0 },
          { ok: 1, idx: 2, n: 1, nModified: 1 },
          { ok: 1, idx: 3, n: 1, nModified: 0, upserted: { _id: 2 } },
          {
            ok: 0,
            idx: 4,
            code: 9,
            errmsg:
              'Unknown modifier: $bogus. Expected a valid update modifier or pipeline-style update specified as an array',
            n: 0,
          },
          { ok: 1, idx: 5, n: 1 },
        ],
        id: 0,
        ns: 'admin.$cmd.bulkWrite',
      },
      nErrors: 2,
      nInserted: 1,
      nMatched: 1,
      nModified: 1,
      nUpserted: 1,
      nDeleted: 1,
      ok: 1,
    });
    const result = await client.bulkWrite([
      { name: 'insertOne', namespace: 'bulk.one', document: { _id: 7 as unknown as ObjectId } },
      { name: 'deleteMany', namespace: 'bulk.one', filter: {} },
    ]);
    expect(result).toMatchObject({ insertedCount: 1, deletedCount: 1 });
  });

  test('and needs the privileges of each', async () => {
    const [user] = lab.databaseUsers;
    if (user === undefined) throw new Error('the lab has no user');
    lab.databaseUsers = [{ ...user, roles: [{ role: 'readWrite', db: 'mine' }] }];
    const limited = lab.driver();
    const insert = (ns: string) =>
      replyTo(limited.db('admin'), { bulkWrite: 1, ops: [{ insert: 0, document: {} }], nsInfo: [{ ns }] });
    expect(await insert('mine.c')).toMatchObject({ nInserted: 1, ok: 1 });
    expect(await insert('yours.c')).toMatchObject({ code: 13, codeName: 'Unauthorized' });
    await limited.close();
  });

  test('the driver runs its programs', async () => {
    const books = client.db('app').collection<{ _id: ObjectId | number; n?: number }>('books');
    await books.createIndex({ n: 1 }, { unique: true, sparse: true });
    await books.insertMany(Array.from({ length: 250 }, (_, n) => ({ _id: n, n })));
    expect(await books.countDocuments({ n: { $gte: 100 } })).toBe(150);
    expect(await books.estimatedDocumentCount()).toBe(250);
    expect(await books.find().sort({ n: -1 }).skip(10).limit(120).toArray()).toHaveLength(120);
    expect(await books.find({}, { batchSize: 7 }).toArray()).toHaveLength(250);
    const session = client.startSession();
    expect(await books.findOne({ _id: 3 }, { session })).toEqual({ _id: 3, n: 3 });
    await session.endSession();
    expect(
      await books.bulkWrite([
        { updateOne: { filter: { _id: 3 }, update: { $inc: { n: 1000 } } } },
        { deleteMany: { filter: { n: { $lt: 3 } } } },
      ]),
    ).toMatchObject({ modifiedCount: 1, deletedCount: 3 });
  });
});
