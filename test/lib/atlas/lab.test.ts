import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAtlas } from '../../../src/lib/atlas/atlas.ts';
import { Redactor } from '../../../src/lib/core/redactor.ts';
import { Secret } from '../../../src/lib/core/secret.ts';
import type { AtlasCredentials } from '../../../src/lib/ports/atlas.ts';
import { processContext } from '../../../src/lib/process-context.ts';
import { type AtlasFixture, startAtlasFixture } from '../../support/atlas-fixture.ts';
import { rejectionOf } from '../../support/failure-of.ts';
import { fetch } from '../../support/fetch.ts';

let lab: AtlasFixture;
beforeEach(async () => {
  lab = await startAtlasFixture();
});
afterEach(() => lab.api.close());

const signal = new AbortController().signal;

function credentials(kind: AtlasCredentials['kind']): AtlasCredentials {
  const { serviceAccount, apiKey } = lab.atlas.credentials;
  return kind === 'api-key'
    ? { kind, ...apiKey }
    : { kind, clientId: serviceAccount.clientId, secret: serviceAccount.secret };
}

/** The port with the lab's clock; waiting lets the lab's time pass. */
async function atlasOf(
  kind: AtlasCredentials['kind'] = 'service-account',
  changed: Partial<AtlasCredentials> = {},
) {
  const slept: number[] = [];
  const requests: string[] = [];
  const atlas = await createAtlas(
    {
      url: lab.api.url,
      credentials: { ...credentials(kind), ...changed } as AtlasCredentials,
      timeoutMs: 30_000,
    },
    {
      fetch: (input, init) => {
        requests.push(`${init?.method} ${String(input).slice(lab.api.url.length)}`);
        return fetch(input, init);
      },
      now: () => lab.now,
      version: '1.2.3',
      redactor: new Redactor(),
      sleep: async (ms) => {
        slept.push(ms);
        lab.now = new Date(lab.now.getTime() + ms);
      },
    },
  );
  return { atlas, slept, requests };
}

async function failing(work: Promise<unknown>) {
  const { code, exitCode: exit, message, remedy } = await rejectionOf(work);
  return { code, exit, message, remedy };
}

const KINDS = ['service-account', 'api-key'] as const;

describe.each(KINDS)('the lab by a credential of the kind %s', (kind) => {
  test('is read from project to logins', async () => {
    const later = new Date(lab.now.getTime() + 3_600_000);
    const { project, organization } = lab.atlas;
    lab.atlas.addDatabaseUser({
      username: 'temporary',
      database: 'admin',
      roles: [],
      scopes: [{ name: 'lab', type: 'CLUSTER' }],
      deleteAfterDate: later,
    });
    lab.atlas.addAccessListEntry({ cidrBlock: '203.0.113.0/24', status: 'PENDING', deleteAfterDate: later });
    lab.atlas.addAccessListEntry({ awsSecurityGroup: 'sg-903004f8', status: 'FAILED' });
    lab.atlas.updateCluster('lab', { connectionStringSrv: 'mongodb+srv://lab.test', paused: true });
    const connectionString = 'mongodb://127.0.0.1:27018/';
    lab.atlas.addCluster({ name: 'new', connectionString, stateName: 'CREATING', instanceSize: 'M0' });
    lab.atlas.addCluster({ name: 'flex', connectionString, instanceSize: 'FLEX' });
    const { atlas } = await atlasOf(kind);

    expect(atlas.url).toBe(lab.api.url);
    expect(await atlas.project(project.id, signal)).toEqual({
      id: project.id,
      name: 'lab',
      organizationId: organization.id,
    });
    const federation = await atlas.federationSettingsId(organization.id, signal);
    expect(federation).toBe(lab.atlas.federationSettingsId);
    expect((await atlas.identityProviders(federation ?? '', signal)).entries).toEqual([
      {
        id: lab.idpId,
        displayName: 'aws',
        issuer: 'https://issuer.test',
        audience: 'a',
        userClaim: 'sub',
        groupsClaim: 'groups',
        authorizationType: 'USER',
      },
    ]);
    expect(await atlas.connectedIdentityProviderIds(federation ?? '', organization.id, signal)).toEqual([
      lab.idpId,
    ]);
    const role = 'arn:aws:iam::123456789012:role/team/app';
    const roles = [{ role: 'readWriteAnyDatabase', db: 'admin' }];
    const plain = { database: '$external', oidcAuthType: 'NONE', awsIAMType: 'NONE', roles, scopes: [] };
    expect((await atlas.databaseUsers(project.id, signal)).entries).toEqual([
      { ...plain, username: `${lab.idpId}/${role}`, oidcAuthType: 'USER' },
      { ...plain, username: role, awsIAMType: 'ROLE' },
      {
        ...plain,
        username: 'temporary',
        database: 'admin',
        roles: [],
        scopes: [{ name: 'lab', type: 'CLUSTER' }],
        deleteAfterDate: later,
      },
    ]);
    const { entries } = await atlas.accessList(project.id, signal);
    const entry = { awsSecurityGroup: null, comment: '', deleteAfterDate: null };
    expect(entries).toEqual([
      { ...entry, cidrBlock: '127.0.0.1/32', comment: 'this machine' },
      { ...entry, cidrBlock: '203.0.113.0/24', deleteAfterDate: later },
      { ...entry, cidrBlock: null, awsSecurityGroup: 'sg-903004f8' },
    ]);
    const states = entries.map((each) => atlas.accessListStatus(project.id, each, signal));
    expect(await Promise.all(states)).toEqual(['ACTIVE', 'PENDING', 'FAILED']);
    const idle = { stateName: 'IDLE', mongoDBVersion: '8.0.13', paused: false };
    expect((await atlas.clusters(project.id, signal)).entries).toEqual([
      {
        ...idle,
        name: 'lab',
        instanceSize: 'M10',
        paused: true,
        connectionStrings: ['mongodb+srv://lab.test', 'mongodb://127.0.0.1:27017/?authSource=admin'],
      },
      { ...idle, name: 'new', instanceSize: 'M0', stateName: 'CREATING', connectionStrings: [] },
      { ...idle, name: 'flex', instanceSize: 'FLEX', connectionStrings: [connectionString] },
    ]);
    expect(await atlas.ownAddress(signal)).toBe('127.0.0.1');
    expect(lab.refusals()).toEqual(kind === 'api-key' ? ['no credentials'] : []);
  });

  test('tells of a credential that it does not accept', async () => {
    const { atlas, requests } = await atlasOf(
      kind,
      kind === 'api-key' ? { privateKey: new Secret('wrong') } : { secret: new Secret('wrong') },
    );
    const { clientId } = lab.atlas.credentials.serviceAccount;
    const { publicKey } = lab.atlas.credentials.apiKey;
    const host = new URL(lab.api.url).host;
    expect(await failing(atlas.project(lab.atlas.project.id, signal))).toEqual({
      code: 'atlas.credentials-refused',
      exit: 4,
      message:
        kind === 'api-key'
          ? `Atlas at ${host} rejected API key ${publicKey}: You are not authorized for this resource (UNEXPECTED_ERROR).`
          : `Atlas at ${host} rejected service account ${clientId}: Client authentication failed (invalid_client).`,
      remedy:
        'In Atlas, open Applications in the organization, and create a new secret. Then set the environment variable to the new secret.',
    });
    // The challenge and its answer; a token that nobody gave.
    expect(requests).toHaveLength(kind === 'api-key' ? 2 : 1);
  });

  test('names the role that is missing', async () => {
    lab.atlas.credentials.roles = new Set(['GROUP_READ_ONLY']);
    const { atlas } = await atlasOf(kind);
    const { id } = lab.atlas.organization;
    const { clientId } = lab.atlas.credentials.serviceAccount;
    const name =
      kind === 'api-key'
        ? `API key ${lab.atlas.credentials.apiKey.publicKey}`
        : `service account ${clientId}`;
    expect(await failing(atlas.federationSettingsId(id, signal))).toEqual({
      code: 'atlas.role-missing',
      exit: 4,
      message: `Atlas does not allow ${name} to read /api/atlas/v2/orgs/${id}/federationSettings: Current user is not authorized to perform this action (USER_UNAUTHORIZED). The request requires the role Organization Owner.`,
      remedy: `In Atlas, an owner must give ${name} the role Organization Owner.`,
    });
    const group = lab.atlas.project.id;
    expect((await failing(atlas.accessHistory(group, 'lab', new Date(0), signal))).remedy).toBe(
      `In Atlas, an owner must give ${name} the role Project Database Access Admin or Project Monitoring Admin.`,
    );
    lab.atlas.credentials.roles = new Set();
    expect((await failing(atlas.project(group, signal))).remedy).toBe(
      `In Atlas, an owner must give ${name} the role Project Read Only.`,
    );
  });

  test('says which address is not on the access list of the credential', async () => {
    lab.atlas.credentials.accessList = ['203.0.113.0/24'];
    const { atlas } = await atlasOf(kind);
    const failure = await failing(atlas.ownAddress(signal));
    const name =
      kind === 'api-key'
        ? `API key ${lab.atlas.credentials.apiKey.publicKey}`
        : `service account ${lab.atlas.credentials.serviceAccount.clientId}`;
    expect(failure).toEqual({
      code: 'atlas.api-access-list',
      exit: 4,
      message: `Atlas does not accept ${name} from 127.0.0.1: IP address 127.0.0.1 is not allowed to access this resource (IP_ADDRESS_NOT_ON_ACCESS_LIST).`,
      remedy: `In Atlas, an owner of the organization must add 127.0.0.1 to the API access list of ${name}: Organization, Applications, API Access List.`,
    });
  });
});

describe('an API key', () => {
  test('answers a nonce again with the next count, and a new one when it is over', async () => {
    const { atlas, requests } = await atlasOf('api-key');
    await atlas.ownAddress(signal);
    await atlas.ownAddress(signal);
    expect(requests).toHaveLength(3);
    lab.now = new Date(lab.now.getTime() + 6 * 60_000);
    await atlas.ownAddress(signal);
    expect(requests).toHaveLength(5);
    expect(lab.refusals()).toEqual(['no credentials', 'the nonce has expired']);
  });

  test('works for calls at the same time', async () => {
    const { atlas } = await atlasOf('api-key');
    const calls = Array.from({ length: 8 }, () => atlas.ownAddress(signal));
    expect(await Promise.all(calls)).toEqual(Array(8).fill('127.0.0.1'));
    expect(new Set(lab.refusals())).toEqual(new Set(['no credentials']));
  });
});

describe('a service account', () => {
  test('asks for one token, whoever asks at the same time, and for the next when it is about to end', async () => {
    const { atlas, requests } = await atlasOf();
    const tokens = () => requests.filter((each) => each === 'POST /api/oauth/token').length;
    await Promise.all(Array.from({ length: 5 }, () => atlas.ownAddress(signal)));
    expect(tokens()).toBe(1);
    lab.now = new Date(lab.now.getTime() + 58 * 60_000);
    await atlas.ownAddress(signal);
    expect(tokens()).toBe(1);
    lab.now = new Date(lab.now.getTime() + 61_000);
    await atlas.ownAddress(signal);
    expect(tokens()).toBe(2);
    expect(lab.refusals()).toEqual([]);
  });

  test('asks for another token when Atlas no longer accepts the one at hand', async () => {
    const { atlas, requests } = await atlasOf();
    await atlas.ownAddress(signal);
    const { serviceAccount } = lab.atlas.credentials;
    // As after a revocation, of the token and of the secret.
    lab.atlas.credentials.serviceAccount = { ...serviceAccount, expiresAt: new Date(lab.now.getTime() - 1) };
    lab.atlas.credentials.holderOf = () => 'unknown';
    expect((await failing(atlas.ownAddress(signal))).code).toBe('atlas.credentials-refused');
    expect(requests.slice(2)).toEqual(['GET /api/private/ipinfo', 'POST /api/oauth/token']);
  });
});

test('the context of a process has the port', async () => {
  const settings = { url: `${lab.api.url}/`, credentials: credentials('api-key'), timeoutMs: 5000 };
  const atlas = await processContext('', signal).atlas(settings);
  expect([atlas.url, await atlas.ownAddress(signal)]).toEqual([lab.api.url, '127.0.0.1']);
});

test('an organization without federation has none', async () => {
  lab.atlas.federationSettingsId = null;
  const { atlas } = await atlasOf();
  expect(await atlas.federationSettingsId(lab.atlas.organization.id, signal)).toBeNull();
});

test('lists come whole, whatever the number of pages', async () => {
  for (let i = 0; i < 248; i += 1) lab.atlas.addDatabaseUser({ username: `user-${i}`, roles: [] });
  const { atlas, requests } = await atlasOf();
  const { entries: users } = await atlas.databaseUsers(lab.atlas.project.id, signal);
  expect(users).toHaveLength(250);
  expect(new Set(users.map(({ username }) => username)).size).toBe(250);
  expect(requests.slice(1).map((each) => each.replace(/^.*\?/, ''))).toEqual(
    [1, 2, 3].map((page) => `itemsPerPage=100&pageNum=${page}`),
  );
});

describe('what is not there', () => {
  test.each([
    [
      'atlas.not-found',
      'ffffffffffffffffffffffff',
      'No group with ID ffffffffffffffffffffffff exists (GROUP_NOT_FOUND)',
    ],
    ['atlas.not-found', '../orgs', 'No group with ID ../orgs exists (GROUP_NOT_FOUND)'],
  ])('is %s: the project %s', async (code, id, text) => {
    const { atlas } = await atlasOf();
    expect(await failing(atlas.project(id, signal))).toEqual({
      code,
      exit: 4,
      message: `GET ${lab.api.url}/api/atlas/v2/groups/${encodeURIComponent(id)} returned an error: ${text}.`,
      remedy:
        'Run "atlas projects list" and "atlas clusters list --projectId <project>" to list the objects that the credential can access. Then correct the ID or name.',
    });
  });

  test.each(['', '.', '..'])('a name that would lead elsewhere is not sent: "%s"', async (id) => {
    const { atlas, requests } = await atlasOf();
    expect((await failing(atlas.project(id, signal))).message).toBe(`Atlas has no object named "${id}".`);
    expect(requests).toEqual([]);
  });

  test('the cluster of a history', async () => {
    const { atlas } = await atlasOf();
    const { id } = lab.atlas.project;
    expect(await failing(atlas.accessHistory(id, 'nope', new Date(0), signal))).toMatchObject({
      code: 'atlas.not-found',
      message: expect.stringContaining(`No cluster named nope exists in group ${id} (CLUSTER_NOT_FOUND).`),
    });
  });
});

describe('the access history', () => {
  test('has the newest login first, since a time', async () => {
    const login = { mechanism: 'MONGODB-OIDC', username: 'x', ipAddress: '127.0.0.1' };
    lab.atlas.recordLogin({ ...login, accepted: true, failureReason: null });
    lab.now = new Date(lab.now.getTime() + 60_000);
    const since = lab.now;
    lab.atlas.recordLogin({ ...login, accepted: false, failureReason: 'BadValue: Token is expired' });
    lab.now = new Date(lab.now.getTime() + 60_000);
    lab.atlas.recordLogin({ ...login, accepted: true, failureReason: null });
    const { atlas } = await atlasOf();
    expect(await atlas.accessHistory(lab.atlas.project.id, 'lab', since, signal)).toEqual([
      { at: lab.now, username: 'x', ipAddress: '127.0.0.1', accepted: true, failureReason: null },
      {
        at: since,
        username: 'x',
        ipAddress: '127.0.0.1',
        accepted: false,
        failureReason: 'BadValue: Token is expired',
      },
    ]);
  });

  test('is seen whole also where the clock of Atlas is some minutes ahead', async () => {
    const { atlas } = await atlasOf();
    const ours = lab.now;
    lab.now = new Date(ours.getTime() + 4 * 60_000);
    lab.atlas.recordLogin({
      mechanism: 'x',
      username: 'x',
      ipAddress: '::1',
      accepted: true,
      failureReason: null,
    });
    lab.now = ours;
    expect(await atlas.accessHistory(lab.atlas.project.id, 'lab', ours, signal)).toHaveLength(1);
  });

  test('of a shared tier is empty, and of a wrong request is a failure', async () => {
    const { atlas } = await atlasOf();
    const { id } = lab.atlas.project;
    expect(await failing(atlas.accessHistory(id, 'lab', new Date(0), signal))).toMatchObject({
      code: 'atlas.request-refused',
      exit: 4,
    });
    lab.atlas.updateCluster('lab', { instanceSize: 'M0' });
    expect(await atlas.accessHistory(id, 'lab', lab.now, signal)).toEqual([]);
  });
});

describe('when Atlas takes no more requests', () => {
  test('it is asked again when it says so', async () => {
    lab.api.rateLimits.capacity = 2;
    const { atlas, slept } = await atlasOf();
    const { id } = lab.atlas.project;
    for (let i = 0; i < 3; i += 1) await atlas.project(id, signal);
    expect(slept).toEqual([30_000]);
  });

  test('and that takes longer than a request may, it is told', async () => {
    lab.api.rateLimits.capacity = 1;
    const { atlas, slept } = await atlasOf();
    const { id } = lab.atlas.project;
    await atlas.project(id, signal);
    expect(await failing(atlas.project(id, signal))).toEqual({
      code: 'atlas.rate-limited',
      exit: 6,
      message: `GET ${lab.api.url}/api/atlas/v2/groups/${id} was throttled: too many requests in a short time.`,
      remedy: 'Repeat the command in 60 s.',
    });
    expect(slept).toEqual([]);
  });
});
