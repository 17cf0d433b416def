import type { Document } from 'bson';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Privilege, PrivilegeResource } from '../../../src/lib/ports/mongo.ts';
import { isAllowed, readPrivileges } from '../../../src/lib/trust/privileges.ts';
import {
  databaseUser,
  type MongodFixture,
  startMongodFixture,
  USERNAME,
} from '../../support/mongod-fixture.ts';

function granted(resource: PrivilegeResource, ...actions: string[]): readonly Privilege[] {
  return [{ resource, actions: actions.length === 0 ? ['find'] : actions }];
}

/** `db.collection`, `db.` for the database, `.` for the deployment. */
function wanted(namespace: string, action = 'find') {
  const [database = '', ...rest] = namespace.split('.');
  return { action, database, collection: rest.join('.') };
}

describe('a resource of MongoDB covers', () => {
  test.each<[string, PrivilegeResource, string[], string[]]>([
    [
      'one collection',
      { db: 'products', collection: 'inventory' },
      ['products.inventory'],
      ['products.orders', 'products.', 'other.inventory', 'Products.inventory', '.'],
    ],
    [
      'a database, without its system collections',
      { db: 'test', collection: '' },
      ['test.any', 'test.', 'test.systematic'],
      ['other.any', 'test.system.js', '.'],
    ],
    [
      'a collection of any database',
      { db: '', collection: 'accounts' },
      ['a.accounts', 'local.accounts'],
      ['a.', 'a.other', '.'],
    ],
    [
      "every database, without the server's own and system collections",
      { db: '', collection: '' },
      ['a.any', 'a.', 'admin.any'],
      ['local.any', 'config.any', 'config.', 'a.system.profile', '.'],
    ],
    [
      'a system collection that is named',
      { db: 'a', collection: 'system.js' },
      ['a.system.js'],
      ['a.', 'a.x'],
    ],
    ['local, when it is named', { db: 'local', collection: '' }, ['local.oplog.rs'], ['a.oplog.rs']],
    ['the deployment', { cluster: true }, ['.'], ['a.any', 'a.']],
    ['everything', { anyResource: true }, ['.', 'a.', 'a.any', 'a.system.js', 'local.any'], []],
    ['nothing', { anyResource: false }, [], ['.', 'a.any']],
    [
      'the buckets of one time series',
      { db: 'a', system_buckets: 'weather' },
      ['a.system.buckets.weather'],
      ['a.weather', 'a.system.buckets.wind', 'b.system.buckets.weather', '.'],
    ],
    [
      'all buckets',
      { db: '', system_buckets: '' },
      ['a.system.buckets.x', 'b.system.buckets.y'],
      ['a.x', 'a.system.js'],
    ],
    ['a kind that is not known: nothing', { tenant: 'x' }, [], ['.', 'a.any']],
  ])('%s', (_title, resource, inside, outside) => {
    const covered = (namespace: string) => isAllowed(granted(resource), wanted(namespace));
    expect(inside.filter((each) => !covered(each))).toEqual([]);
    expect(outside.filter(covered)).toEqual([]);
  });

  test('no other action than those named', () => {
    const privileges = granted({ db: 'a', collection: '' }, 'find', 'insert');
    const may = (action: string) => isAllowed(privileges, wanted('a.x', action));
    expect(['find', 'insert', 'Find', 'remove'].map(may)).toEqual([true, true, false, false]);
    expect(isAllowed(granted({ anyResource: true }, 'anyAction'), wanted('a.x', 'remove'))).toBe(true);
    expect(isAllowed([], wanted('a.x'))).toBe(false);
  });
});

/** A role as the documentation of MongoDB shows it ("Resource Document", "Built-In Roles"): what is on the wire. */
const DOCUMENTED: readonly Document[] = [
  { resource: { cluster: true }, actions: ['shutdown'] },
  { resource: { db: 'products', collection: 'inventory' }, actions: ['find', 'update'] },
  { resource: { db: 'products', collection: 'orders' }, actions: ['find'] },
  { resource: { db: '', system_buckets: 'weather' }, actions: ['find'] },
  { resource: { db: 'test', collection: '' }, actions: ['find', 'createIndex', 'listCollections'] },
];

test('documents as the documentation shows them are read as they are', () => {
  const privileges = readPrivileges(DOCUMENTED) ?? [];
  expect(privileges).toEqual(DOCUMENTED);
  expect(isAllowed(privileges, wanted('products.inventory', 'update'))).toBe(true);
  expect(isAllowed(privileges, wanted('products.orders', 'update'))).toBe(false);
  expect(isAllowed(privileges, wanted('test.', 'listCollections'))).toBe(true);
  expect(isAllowed(privileges, wanted('.', 'shutdown'))).toBe(true);
});

describe('a strange answer', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a document', { resource: {}, actions: [] }],
    ['a text', 'find'],
  ])('%s is no list', (_title, answer) => {
    expect(readPrivileges(answer)).toBeNull();
  });

  test('what has another shape allows nothing', () => {
    const actions = ['find'];
    expect(
      readPrivileges([
        null,
        [],
        { actions },
        { resource: {}, actions },
        { resource: [], actions },
        { resource: { anyResource: 1 }, actions },
        { resource: { db: 'x'.repeat(256), collection: '' }, actions },
        { resource: { anyResource: true }, actions: 'find' },
        { resource: { anyResource: true }, actions: [null, {}, 'x'.repeat(256)] },
      ]),
    ).toEqual([{ resource: { anyResource: true }, actions: [] }]);
  });

  test('a flood is cut off', () => {
    const one = { resource: { cluster: true }, actions: new Array(2000).fill('find') };
    const read = readPrivileges(new Array(10_000).fill(one)) ?? [];
    expect([read.length, read[0]?.actions.length]).toEqual([5000, 1000]);
  });
});

describe("what the lab's server says it allows is what it allows", () => {
  let lab: MongodFixture;
  beforeAll(async () => {
    lab = await startMongodFixture();
  });
  afterAll(() => lab.close());

  const COMMANDS: Readonly<Record<string, (database: string) => [string, Document]>> = {
    find: (database) => [database, { find: 'things' }],
    insert: (database) => [database, { insert: 'things', documents: [{ x: 1 }] }],
    remove: (database) => [database, { delete: 'things', deletes: [{ q: {}, limit: 0 }] }],
    hostInfo: () => ['admin', { hostInfo: 1 }],
  };

  test.each([
    { role: 'read', db: 'app' },
    { role: 'readWrite', db: 'app' },
    { role: 'dbAdmin', db: 'app' },
    { role: 'readAnyDatabase', db: 'admin' },
    { role: 'atlasAdmin', db: 'admin' },
    { role: 'clusterMonitor', db: 'admin' },
    { role: 'unheardOf', db: 'app' },
  ])('$role on $db', async (role) => {
    lab.databaseUsers = [databaseUser(USERNAME, { roles: [role] })];
    const client = await lab.loggedIn();
    const status = await client.command({ connectionStatus: 1, showPrivileges: true }, 'admin');
    const privileges = readPrivileges(status['authInfo'].authenticatedUserPrivileges) ?? [];
    for (const database of ['app', 'other', 'config']) {
      for (const [action, commandOn] of Object.entries(COMMANDS)) {
        const [on, command] = commandOn(database);
        const answer = await client.command(command, on);
        const onServer = { action, database: '', collection: '' };
        const target = action === 'hostInfo' ? onServer : { action, database, collection: 'things' };
        expect({ database, action, allowed: isAllowed(privileges, target) }).toEqual({
          database,
          action,
          allowed: answer['ok'] === 1,
        });
      }
    }
  });
});
