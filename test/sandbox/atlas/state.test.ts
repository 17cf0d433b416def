import { beforeEach, describe, expect, test } from 'vitest';
import { AtlasState } from '../../../src/sandbox/atlas/state.ts';

const ROLES = [{ role: 'readAnyDatabase', db: 'admin' }];
const HEX = expect.stringMatching(/^[0-9a-f]{24}$/);

let now: Date;
let atlas: AtlasState;
beforeEach(() => {
  now = new Date('2026-11-22T12:00:00Z');
  atlas = new AtlasState({ now: () => now });
  atlas.addCluster({ name: 'lab', connectionString: 'mongodb://127.0.0.1:27017/' });
});

const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);

describe('identity providers', () => {
  test('count from the moment the organization is connected until it is disconnected', () => {
    const added = atlas.addIdentityProvider({ displayName: 'aws', issuer: 'https://i', audience: 'a' });
    expect(added).toEqual({
      id: HEX,
      displayName: 'aws',
      description: '',
      issuer: 'https://i',
      audience: 'a',
      userClaim: 'sub',
      groupsClaim: 'groups',
      authorizationType: 'USER',
      createdAt: now,
      updatedAt: null,
    });
    expect([atlas.identityProviders, atlas.trustedIdentityProviders()]).toEqual([[added], []]);
    expect(atlas.connectIdentityProvider(added.id)).toBe(true);
    expect(atlas.trustedIdentityProviders()).toEqual([added]);
    expect(atlas.disconnectIdentityProvider(added.id)).toBe(true);
    expect(atlas.trustedIdentityProviders()).toEqual([]);
    expect(atlas.disconnectIdentityProvider(added.id)).toBe(false);
  });

  test('can be changed while connected, and lose the connection with their life', () => {
    const { id } = atlas.addIdentityProvider({ displayName: 'aws', issuer: 'https://i', audience: 'a' });
    atlas.connectIdentityProvider(id);
    now = later(60);
    expect(atlas.updateIdentityProvider(id, { audience: 'b' })).toBe(true);
    expect(atlas.identityProvider(id)).toMatchObject({ audience: 'b', updatedAt: now });
    expect(atlas.removeIdentityProvider(id)).toBe(true);
    expect([atlas.trustedIdentityProviders(), atlas.connectedIdentityProviderIds]).toEqual([[], []]);
    expect(atlas.updateIdentityProvider(id, {})).toBe(false);
    expect(atlas.connectIdentityProvider(id)).toBe(false);
  });
});

describe('database users', () => {
  test('are in $external, of no kind, without scopes and for ever unless told otherwise', () => {
    const added = atlas.addDatabaseUser({ username: 'x', roles: ROLES });
    expect(added).toEqual({
      username: 'x',
      database: '$external',
      oidcAuthType: 'NONE',
      awsIAMType: 'NONE',
      roles: ROLES,
      scopes: [],
      description: null,
    });
    expect([atlas.databaseUsers, atlas.clusterUsers()]).toEqual([[added], [added]]);
  });

  test('are gone when their time is over', () => {
    atlas.addDatabaseUser({ username: 'x', roles: ROLES, deleteAfterDate: later(60) });
    now = later(59);
    expect(atlas.databaseUser('x')).toBeDefined();
    now = later(1);
    expect([atlas.databaseUser('x'), atlas.databaseUsers]).toEqual([undefined, []]);
  });

  test('have one place for each name and database, and keep it when they change', () => {
    atlas.addDatabaseUser({ username: 'x', roles: ROLES });
    atlas.addDatabaseUser({ username: 'x', roles: [] });
    atlas.addDatabaseUser({ username: 'x', database: 'admin', roles: [] });
    expect(atlas.databaseUsers).toHaveLength(2);
    expect(atlas.updateDatabaseUser('x', { username: 'y', roles: ROLES })).toBe(true);
    expect(atlas.databaseUsers.map(({ username, database }) => `${username}@${database}`)).toEqual([
      'y@$external',
      'x@admin',
    ]);
    expect(atlas.removeDatabaseUser('x')).toBe(false);
    expect(atlas.removeDatabaseUser('x', 'admin')).toBe(true);
    expect(atlas.updateDatabaseUser('x', {})).toBe(false);
  });
});

describe('the access list', () => {
  test('keeps an address as a block of one and finds it either way', () => {
    const entry = atlas.addAccessListEntry({ ipAddress: '192.0.2.1', comment: 'office' });
    expect(entry).toEqual({
      cidrBlock: '192.0.2.1/32',
      awsSecurityGroup: null,
      comment: 'office',
      deleteAfterDate: null,
      status: 'ACTIVE',
    });
    expect([atlas.accessListEntry('192.0.2.1'), atlas.accessListEntry('192.0.2.1/32')]).toEqual([
      entry,
      entry,
    ]);
    expect([atlas.removeAccessListEntry('192.0.2.1'), atlas.accessList]).toEqual([true, []]);
  });

  test.each([
    ['192.0.2.0/24', '192.0.2.77', true],
    ['192.0.2.0/24', '192.0.3.1', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['2001:db8::/32', '2001:db8::1', true],
    ['2001:db8::/32', '192.0.2.1', false],
    ['192.0.2.0/99', '192.0.2.1', false],
    ['no address/8', '192.0.2.1', false],
  ])('with %s, whether it admits %s: %s', (cidrBlock, address, admitted) => {
    atlas.addAccessListEntry({ cidrBlock });
    expect(atlas.admits(address)).toBe(admitted);
  });

  test('admits nobody by an entry that is pending, over, or a security group', () => {
    atlas.addAccessListEntry({ ipAddress: '192.0.2.1', status: 'PENDING' });
    atlas.addAccessListEntry({ ipAddress: '192.0.2.2', deleteAfterDate: now });
    atlas.addAccessListEntry({ awsSecurityGroup: 'sg-903004f8' });
    expect(['192.0.2.1', '192.0.2.2'].map((address) => atlas.admits(address))).toEqual([false, false]);
    expect(atlas.accessListEntry('sg-903004f8')).toMatchObject({ cidrBlock: null });
  });
});

test('a cluster is idle until somebody says otherwise', () => {
  expect(atlas.cluster('lab')).toMatchObject({
    id: HEX,
    stateName: 'IDLE',
    paused: false,
    instanceSize: 'M10',
  });
  expect(atlas.setClusterState('lab', 'IDLE', true)).toBe(true);
  expect(atlas.cluster('lab')).toMatchObject({ stateName: 'IDLE', paused: true });
  expect(atlas.setClusterState('other', 'IDLE')).toBe(false);
  expect([atlas.removeCluster('lab'), atlas.cluster('lab')]).toEqual([true, undefined]);
});

test('the access history has the newest login first and a bounded length', () => {
  const login = { mechanism: 'MONGODB-OIDC', username: 'x', ipAddress: '127.0.0.1' };
  atlas.recordLogin({ ...login, accepted: true, failureReason: null });
  now = later(1);
  atlas.recordLogin({ ...login, username: null, accepted: false, failureReason: 'BadValue: no' });
  const [newest, oldest] = atlas.accessHistory;
  expect(newest).toEqual({
    at: now,
    cluster: 'lab',
    hostname: '127.0.0.1:27017',
    ipAddress: '127.0.0.1',
    username: '',
    authSource: '$external',
    accepted: false,
    failureReason: 'BadValue: no',
    mechanism: 'MONGODB-OIDC',
  });
  expect(oldest).toMatchObject({ username: 'x', accepted: true, failureReason: null });
  for (let i = 0; i < 1000; i++) atlas.recordLogin({ ...login, accepted: true, failureReason: null });
  expect(atlas.accessHistory).toHaveLength(1000);
});
