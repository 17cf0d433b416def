// The six unified tests of MONGODB-OIDC (no retries), retold from facts/mongodb.md 3.2: the real driver against the
// lab's server.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type MongodFixture, startMongodFixture } from '../support/mongod-fixture.ts';
import { type CountedClient, countedClient, failOnce, loginsSeen } from './oidc-login.ts';

let lab: MongodFixture;
let own: CountedClient;

const collection = () => own.client.db('test').collection<{ _id: number; x: number }>('collName');

beforeEach(async () => {
  lab = await startMongodFixture();
  const runner = await lab.loggedIn();
  await runner.command({ killAllSessions: [] });
  await runner.command({ drop: 'collName' }, 'test');
  await runner.command({ create: 'collName' }, 'test');
  own = countedClient(lab);
});

afterEach(() => lab.close());

test('1. a read operation succeeds', async () => {
  expect(await collection().find({}).toArray()).toEqual([]);
  expect(own.events).toEqual(['find started', 'find succeeded']);
});

test('2. a write operation succeeds', async () => {
  expect(await collection().insertOne({ _id: 1, x: 1 })).toEqual({ acknowledged: true, insertedId: 1 });
  expect(own.events).toEqual(['insert started', 'insert succeeded']);
});

test('3. a read that needs re-authentication is logged in again and repeated', async () => {
  await failOnce(lab, 'find', { errorCode: 391 });
  expect(await collection().find({}).toArray()).toEqual([]);
  expect(own.events).toEqual(['find started', 'find failed', 'find started', 'find succeeded']);
});

test('4. a write that needs re-authentication is logged in again and repeated', async () => {
  await failOnce(lab, 'insert', { errorCode: 391 });
  await collection().insertOne({ _id: 1, x: 1 });
  expect(own.events).toEqual(['insert started', 'insert failed', 'insert started', 'insert succeeded']);
  expect(await collection().find({}).toArray()).toEqual([{ _id: 1, x: 1 }]);
});

test('5. a handshake with a cached token authenticates speculatively', async () => {
  await failOnce(lab, 'insert', { closeConnection: true });
  await expect(collection().insertOne({ _id: 1, x: 1 })).rejects.toMatchObject({ name: 'MongoNetworkError' });
  await failOnce(lab, 'saslStart', { errorCode: 18 });
  expect(await collection().insertOne({ _id: 1, x: 1 })).toEqual({ acknowledged: true, insertedId: 1 });
  expect(loginsSeen(lab).at(-1)).toBe('isMaster allowed');
  expect(own.calls()).toBe(1);
});

test('6. a handshake without a cached token does not', async () => {
  await failOnce(lab, 'saslStart', { errorCode: 18 });
  await expect(collection().insertOne({ _id: 1, x: 1 })).rejects.toMatchObject({ code: 18 });
});
