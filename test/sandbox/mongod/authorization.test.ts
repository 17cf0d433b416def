import { type Document, Long } from 'bson';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { GrantedRole } from '../../../src/lib/trust/relying-party.ts';
import {
  databaseUser,
  type MongodFixture,
  saslStart,
  startMongodFixture,
  USERNAME,
} from '../../support/mongod-fixture.ts';
import { WireClient } from '../../support/wire-client.ts';

let lab: MongodFixture;

beforeAll(async () => {
  lab = await startMongodFixture();
  lab.databaseUsers = [databaseUser(USERNAME)];
  const admin = await lab.loggedIn();
  await admin.command({ insert: 'visits', documents: [{ _id: 1 }] }, 'app');
  await admin.command({ insert: 'visits', documents: [{ _id: 1 }] }, 'other');
});
afterAll(() => lab.close());

const COMMANDS: Readonly<Record<string, Document>> = {
  find: { find: 'visits' },
  aggregate: { aggregate: 'visits', pipeline: [], cursor: {} },
  count: { count: 'visits' },
  distinct: { distinct: 'visits', key: '_id' },
  listCollections: { listCollections: 1 },
  listIndexes: { listIndexes: 'visits' },
  insert: { insert: 'visits', documents: [] },
  update: { update: 'visits', updates: [] },
  delete: { delete: 'visits', deletes: [] },
  findAndModify: { findAndModify: 'visits', query: { _id: 404 }, remove: true },
  createIndexes: { createIndexes: 'visits', indexes: [] },
  dropDatabase: { dropDatabase: 1 },
};

/** The commands that a user with these roles may run on a database that nobody minds. */
async function allowed(roles: readonly GrantedRole[], database: string): Promise<string[]> {
  lab.databaseUsers = [databaseUser(USERNAME, { roles })];
  const client = await lab.loggedIn();
  const names: string[] = [];
  for (const [name, command] of Object.entries(COMMANDS)) {
    const reply = await client.command(command, database);
    if (reply['code'] !== 13) names.push(name);
  }
  return names;
}

const READ = ['find', 'aggregate', 'count', 'distinct', 'listCollections', 'listIndexes'];
const WRITE = [...READ, 'insert', 'update', 'delete', 'findAndModify', 'createIndexes'];
const ALL = [...WRITE, 'dropDatabase'];

describe('a role allows', () => {
  test.each([
    { role: 'read', db: 'app', onApp: READ, onOther: [] },
    { role: 'readWrite', db: 'app', onApp: WRITE, onOther: [] },
    {
      role: 'dbAdmin',
      db: 'app',
      onApp: ['listCollections', 'listIndexes', 'createIndexes', 'dropDatabase'],
      onOther: [],
    },
    { role: 'dbOwner', db: 'app', onApp: ALL, onOther: [] },
    { role: 'readAnyDatabase', db: 'admin', onApp: READ, onOther: READ },
    { role: 'readWriteAnyDatabase', db: 'admin', onApp: WRITE, onOther: WRITE },
    { role: 'atlasAdmin', db: 'admin', onApp: ALL, onOther: ALL },
    { role: 'root', db: 'admin', onApp: ALL, onOther: ALL },
    { role: 'readWriteAnyDatabase', db: 'app', onApp: [], onOther: [] },
    { role: 'unheardOf', db: 'app', onApp: [], onOther: [] },
    { role: 'constructor', db: 'app', onApp: [], onOther: [] },
  ])('$role on $db', async ({ role, db, onApp, onOther }) => {
    expect(await allowed([{ role, db }], 'app')).toEqual(onApp);
    expect(await allowed([{ role, db }], 'other')).toEqual(onOther);
  });

  test('together what each allows', async () => {
    const roles = [
      { role: 'read', db: 'app' },
      { role: 'dbAdmin', db: 'app' },
    ];
    expect(await allowed(roles, 'app')).toEqual([...READ, 'createIndexes', 'dropDatabase']);
  });

  test("nothing in the server's own databases, when it is for any", async () => {
    expect(await allowed([{ role: 'atlasAdmin', db: 'admin' }], 'config')).toEqual([]);
  });
});

describe('without a login', () => {
  let client: WireClient;
  beforeEach(async () => {
    client = await WireClient.connect(lab.mongod.port);
    return () => client.close();
  });

  test.each([...Object.values(COMMANDS), { listDatabases: 1 }, { getMore: 1 }, { getLog: 'global' }])(
    '%o is refused',
    async (command) => {
      const [name] = Object.keys(command);
      expect(await client.command(command)).toEqual({
        ok: 0,
        errmsg: `Command ${name} requires authentication`,
        code: 13,
        codeName: 'Unauthorized',
      });
    },
  );

  test.each([
    { ping: 1 },
    { hello: 1 },
    { buildInfo: 1 },
    { endSessions: [] },
    { whatsmyuri: 1 },
    { logout: 1 },
  ])('%o is answered', async (command) => {
    expect(await client.command(command)).toMatchObject({ ok: 1 });
  });

  test('connectionStatus names nobody', async () => {
    expect(await client.command({ connectionStatus: 1, showPrivileges: true })).toEqual({
      authInfo: {
        authenticatedUsers: [],
        authenticatedUserRoles: [],
        authenticatedUserPrivileges: [],
      },
      ok: 1,
    });
  });
});

test('a refusal repeats the command, and the log has it', async () => {
  lab.databaseUsers = [databaseUser(USERNAME, { roles: [{ role: 'read', db: 'app' }] })];
  const client = await lab.loggedIn();
  const reply = await client.command(
    { insert: 'visits', documents: [{ n: 1, s: 'x' }], ordered: true },
    'app',
  );
  const errmsg =
    'not authorized on app to execute command { insert: "visits", documents: [ { n: 1, s: "x" } ], ordered: true, $db: "app" }';
  expect(reply).toEqual({ ok: 0, errmsg, code: 13, codeName: 'Unauthorized' });
  expect(lab.log.entries().at(-1)).toMatchObject({
    hop: 'mongod',
    action: 'insert',
    principal: USERNAME,
    decision: 'refused',
    reason: errmsg,
  });
});

test('connectionStatus shows privileges when asked', async () => {
  lab.databaseUsers = [databaseUser(USERNAME, { roles: [{ role: 'readAnyDatabase', db: 'admin' }] })];
  const client = await lab.loggedIn();
  expect(await client.command({ connectionStatus: 1, showPrivileges: true })).toEqual({
    authInfo: {
      authenticatedUsers: [{ user: USERNAME, db: '$external' }],
      authenticatedUserRoles: [{ role: 'readAnyDatabase', db: 'admin' }],
      authenticatedUserPrivileges: [
        {
          resource: { db: '', collection: '' },
          actions: ['find', 'listCollections', 'listIndexes', 'collStats', 'dbStats'],
        },
        { resource: { cluster: true }, actions: ['listDatabases'] },
      ],
    },
    ok: 1,
  });
});

test('databases are listed as far as they may be read', async () => {
  const names = async (roles: GrantedRole[]) => {
    lab.databaseUsers = [databaseUser(USERNAME, { roles })];
    const client = await lab.loggedIn();
    await client.command({ insert: 'visits', documents: [{}] }, 'app');
    const { databases } = await client.command({ listDatabases: 1, nameOnly: true });
    return databases;
  };
  const all = await names([{ role: 'atlasAdmin', db: 'admin' }]);
  expect(all).toContainEqual({ name: 'app' });
  expect(await names([{ role: 'read', db: 'app' }])).toEqual([{ name: 'app' }]);
  expect(await names([])).toEqual([]);
});

test('a cursor is for the user who opened it', async () => {
  lab.databaseUsers = [databaseUser(USERNAME), databaseUser(USERNAME.replace('app', 'two'))];
  const one = await lab.loggedIn();
  await one.command({ insert: 'many', documents: [{ _id: 1 }, { _id: 2 }, { _id: 3 }] }, 'app');
  const { cursor } = await one.command({ find: 'many', batchSize: 1 }, 'app');
  const two = await WireClient.connect(lab.mongod.port);
  const other = await lab.token({ sub: 'arn:aws:iam::123456789012:role/two' });
  await two.command(saslStart(other), '$external');
  const id = Long.fromNumber(cursor.id);
  expect(await two.command({ getMore: id, collection: 'many' }, 'app')).toMatchObject({ code: 13 });
  expect(await two.command({ killCursors: 'many', cursors: [id] }, 'app')).toMatchObject({
    cursorsKilled: [],
  });
  two.close();
  expect(await one.command({ getMore: id, collection: 'many' }, 'app')).toMatchObject({
    cursor: { nextBatch: [{ _id: 2 }, { _id: 3 }] },
    ok: 1,
  });
});
