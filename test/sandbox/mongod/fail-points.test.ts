import { type Document, Long, UUID } from 'bson';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type MongodFixture, saslStart, startMongodFixture } from '../../support/mongod-fixture.ts';
import { WireClient } from '../../support/wire-client.ts';

let lab: MongodFixture;
let client: WireClient;
let opened: WireClient[];

beforeEach(async () => {
  lab = await startMongodFixture();
  client = await lab.loggedIn();
  opened = [];
});

afterEach(async () => {
  for (const each of opened) each.close();
  await lab.close();
});

async function connected(appName?: string): Promise<WireClient> {
  const other = await WireClient.connect(lab.mongod.port);
  opened.push(other);
  if (appName !== undefined) {
    await other.command({ hello: 1, client: { application: { name: appName } } });
  }
  return other;
}

function failCommand(mode: unknown, data: Document = {}): Document {
  return { configureFailPoint: 'failCommand', mode, data };
}

const find = { find: 'visits', filter: {} };
const FAILED = {
  ok: 0,
  errmsg: "Failing command via 'failCommand' failpoint",
  code: 391,
  codeName: 'ReauthenticationRequired',
};

describe('the fail point failCommand', () => {
  test('fails as many commands as it is told, then no more, and says how many it met', async () => {
    const data = { failCommands: ['find'], errorCode: 391 };
    expect(await client.command(failCommand({ times: 2 }, data))).toEqual({ count: 0, ok: 1 });
    expect(await client.command({ ping: 1 })).toEqual({ ok: 1 });
    expect(await client.command(find, 'app')).toEqual(FAILED);
    expect(await client.command(find, 'app')).toEqual(FAILED);
    expect(await client.command(find, 'app')).toMatchObject({ ok: 1 });
    expect(await client.command(failCommand('off'))).toEqual({ count: 2, ok: 1 });
  });

  test('fails every command while it is on, and lets the first ones pass with skip', async () => {
    const data = { failCommands: ['find'], errorCode: 391 };
    await client.command(failCommand('alwaysOn', data));
    expect(await client.command(find, 'app')).toEqual(FAILED);
    expect(await client.command(find, 'app')).toEqual(FAILED);
    await client.command(failCommand({ skip: 1 }, data));
    expect(await client.command(find, 'app')).toMatchObject({ ok: 1 });
    expect(await client.command(find, 'app')).toEqual(FAILED);
    await client.command(failCommand('off'));
    expect(await client.command(find, 'app')).toMatchObject({ ok: 1 });
  });

  test('meets only the application that it names, by the first hello', async () => {
    const mine = await connected('mine');
    const other = await connected('other');
    const nameless = await connected();
    await client.command(failCommand('alwaysOn', { failCommands: ['ping'], errorCode: 20, appName: 'mine' }));
    expect(await mine.command({ ping: 1 })).toMatchObject({ code: 20, codeName: 'IllegalOperation' });
    expect(await other.command({ ping: 1 })).toEqual({ ok: 1 });
    expect(await nameless.command({ ping: 1 })).toEqual({ ok: 1 });
  });

  test('meets the first hello already under the name that it carries', async () => {
    const data = { failCommands: ['hello', 'isMaster'], errorCode: 91, appName: 'orders' };
    await client.command(failCommand('alwaysOn', data));
    const hello = (name: string) => ({ hello: 1, client: { application: { name } } });
    expect(await (await connected()).command(hello('orders'))).toMatchObject({
      code: 91,
      codeName: 'ShutdownInProgress',
    });
    const other = await connected('search');
    // A later hello does not rename the client.
    expect(await other.command(hello('orders'))).toMatchObject({ ok: 1 });
  });

  test.each([
    [24, 'LockTimeout'],
    [64, 'WriteConcernTimeout'],
    [112, 'WriteConflict'],
    [133, 'FailedToSatisfyReadPreference'],
    [251, 'NoSuchTransaction'],
    [262, 'ExceededTimeLimit'],
    [354, 'LoadBalancerSupportMismatch'],
    [10058, 'LegacyNotPrimary'],
    [11601, 'Interrupted'],
    [99999, 'Location99999'],
  ])('answers with the name of code %d', async (errorCode, codeName) => {
    await client.command(failCommand({ times: 1 }, { failCommands: ['ping'], errorCode }));
    expect(await client.command({ ping: 1 })).toMatchObject({ code: errorCode, codeName });
  });

  test('closes the connection without an answer, and the command does not run', async () => {
    await client.command(failCommand({ times: 1 }, { failCommands: ['insert'], closeConnection: true }));
    const doomed = await lab.loggedIn();
    await expect(doomed.command({ insert: 'visits', documents: [{ _id: 1 }] }, 'app')).rejects.toThrow(
      'the server closed the connection',
    );
    expect(await client.command({ count: 'visits' }, 'app')).toMatchObject({ n: 0 });
  });

  test('adds error labels, and a write concern error to a write that was done', async () => {
    const labels = { failCommands: ['find'], errorCode: 8000, errorLabels: ['SystemOverloadedError'] };
    await client.command(failCommand({ times: 1 }, labels));
    expect(await client.command(find, 'app')).toEqual({
      ...FAILED,
      code: 8000,
      codeName: 'AtlasError',
      errorLabels: ['SystemOverloadedError'],
    });
    const writeConcernError = { code: 91, errmsg: 'shutting down' };
    await client.command(failCommand({ times: 1 }, { failCommands: ['insert'], writeConcernError }));
    expect(await client.command({ insert: 'visits', documents: [{ _id: 1 }] }, 'app')).toEqual({
      n: 1,
      ok: 1,
      writeConcernError,
    });
  });

  test('adds error labels to a write concern error, those that it names or those of the server', async () => {
    const set = await startMongodFixture({ replicaSet: 'rs0' });
    const admin = await set.loggedIn();
    const lsid = { id: new UUID() };
    const labels = async (data: Document): Promise<unknown> => {
      await admin.command(failCommand({ times: 1 }, { failCommands: ['insert'], ...data }));
      const txnNumber = Long.fromNumber(++number);
      const reply = await admin.command({ insert: 'c', documents: [{}], lsid, txnNumber }, 'app');
      return { n: reply['n'], errorLabels: reply['errorLabels'] };
    };
    let number = 0;
    const writeConcernError = (code: number) => ({ writeConcernError: { code, errmsg: 'x' } });
    const retryable = ['RetryableWriteError'];
    expect(await labels({ ...writeConcernError(64), errorLabels: retryable })).toEqual({
      n: 1,
      errorLabels: retryable,
    });
    expect(await labels({ ...writeConcernError(91), errorLabels: [] })).toEqual({ n: 1, errorLabels: [] });
    for (const code of [91, 189, 11600, 11602]) {
      expect(await labels(writeConcernError(code))).toEqual({ n: 1, errorLabels: retryable });
    }
    expect(await labels(writeConcernError(64))).toEqual({ n: 1, errorLabels: undefined });
    await set.close();
  });

  test('meets only the collection that it names', async () => {
    await client.command(
      failCommand('alwaysOn', { failCommands: ['find'], errorCode: 391, namespace: 'app.visits' }),
    );
    expect(await client.command({ find: 'others' }, 'app')).toMatchObject({ ok: 1 });
    expect(await client.command(find, 'other')).toMatchObject({ ok: 1 });
    expect(await client.command(find, 'app')).toEqual(FAILED);
  });

  test('holds a command up for as long as it says', async () => {
    await client.command(
      failCommand({ times: 1 }, { failCommands: ['ping'], blockConnection: true, blockTimeMS: 50 }),
    );
    const before = performance.now();
    expect(await client.command({ ping: 1 })).toEqual({ ok: 1 });
    expect(performance.now() - before).toBeGreaterThan(45);
  });

  test('does not keep the server from closing', async () => {
    await client.command(
      failCommand({ times: 1 }, { failCommands: ['ping'], blockConnection: true, blockTimeMS: 60_000 }),
    );
    const held = client.command({ ping: 1 });
    await lab.mongod.close();
    await expect(held).rejects.toThrow('the server closed the connection');
    lab = await startMongodFixture();
  });

  test('does not see a login inside hello', async () => {
    await client.command(failCommand('alwaysOn', { failCommands: ['saslStart'], errorCode: 18 }));
    const other = await connected();
    const start = { ...saslStart(await lab.token()), db: '$external' };
    expect(await other.command({ hello: 1, speculativeAuthenticate: start })).toMatchObject({
      ok: 1,
      speculativeAuthenticate: { done: true },
    });
    expect(await other.command(saslStart(await lab.token()), '$external')).toMatchObject({ code: 18 });
  });

  test('can be switched by a client that is not logged in, and tells the log of each blow', async () => {
    const anyone = await connected();
    await anyone.command(failCommand({ times: 1 }, { failCommands: ['find'], errorCode: 391 }));
    await client.command(find, 'app');
    expect(lab.log.entries().at(-1)).toMatchObject({
      hop: 'mongod',
      action: 'find',
      decision: 'info',
      reason: 'fail point failCommand: returned the error code 391',
    });
  });

  test.each([
    [{ configureFailPoint: 'other', mode: 'off' }, 266, 'other not found'],
    [failCommand('sometimes'), 2, 'mode must be "off", "alwaysOn", {times: n} or {skip: n}'],
    [failCommand('alwaysOn', { failCommands: 'find' }), 2, 'failCommands must be an array of command names'],
    [
      failCommand('alwaysOn', { failCommands: [], blockConnection: true, blockTimeMS: -1 }),
      2,
      'blockTimeMS must be between 0 and 600000',
    ],
  ])('refuses %j', async (body, code, errmsg) => {
    expect(await client.command(body)).toMatchObject({ ok: 0, code, errmsg });
  });

  test('is a command of the database admin', async () => {
    expect(await client.command(failCommand('off'), 'app')).toMatchObject({ code: 13 });
  });
});
