import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ACCEPT, type AtlasFixture, send, startAtlasFixture } from '../../support/atlas-fixture.ts';
import { type ContractName, contractFaults } from './contract.ts';

let lab: AtlasFixture;
let group: string;
let federation: string;
beforeEach(async () => {
  lab = await startAtlasFixture();
  group = `/groups/${lab.atlas.project.id}`;
  federation = `/federationSettings/${lab.atlas.federationSettingsId}`;
});
afterEach(() => lab.api.close());

const WORKLOAD = 'protocol=OIDC&idpType=WORKLOAD';

async function read(path: string, date = '2025-03-12') {
  const authorization = `Bearer ${await lab.token()}`;
  return await lab.get(path, { authorization, accept: `application/vnd.atlas.${date}+json` });
}

/** What the lists of an answer hold. */
async function results(path: string): Promise<readonly Record<string, unknown>[]> {
  return (await read(path)).body['results'] as readonly Record<string, unknown>[];
}

/** The answer to what must be refused: its status, and a body that Atlas might have written. */
async function refusal(path: string, date?: string) {
  const { status, body, headers } = await read(path, date);
  expect(contractFaults('error', body)).toEqual([]);
  expect([body['error'], body['errorCode'], headers.get('content-type')]).toEqual([
    status,
    headers.get('x-error-code'),
    'application/json',
  ]);
  return { status, code: body['errorCode'], detail: body['detail'], parameters: body['parameters'] };
}

describe('answers fit the contract of Atlas', () => {
  beforeEach(() => {
    const later = new Date(lab.now.getTime() + 3_600_000);
    lab.atlas.addDatabaseUser({
      username: 'temporary',
      database: 'admin',
      roles: [],
      scopes: [{ name: 'lab', type: 'CLUSTER' }],
      deleteAfterDate: later,
      description: 'for an hour',
    });
    lab.atlas.addAccessListEntry({ cidrBlock: '203.0.113.0/24', deleteAfterDate: later });
    lab.atlas.addAccessListEntry({ cidrBlock: '2001:db8::/32' });
    lab.atlas.addAccessListEntry({ awsSecurityGroup: 'sg-903004f8' });
    const connectionString = 'mongodb://127.0.0.1:27018/';
    lab.atlas.addCluster({ name: 'new', connectionString, stateName: 'CREATING' });
    lab.atlas.addCluster({ name: 'free', connectionString, instanceSize: 'M0' });
    lab.atlas.addCluster({ name: 'flex', connectionString, instanceSize: 'FLEX' });
    const login = { mechanism: 'MONGODB-AWS', ipAddress: '127.0.0.1', username: 'x' };
    lab.atlas.recordLogin({ ...login, accepted: true, failureReason: null });
    lab.atlas.recordLogin({ ...login, accepted: false, failureReason: 'UserNotFound: x' });
    lab.atlas.updateIdentityProvider(lab.idpId, { description: 'changed' });
  });

  test.each<[name: ContractName, path: () => string, version: string, date?: string]>([
    ['organizations', () => '/orgs', '2023-01-01'],
    ['organization', () => `/orgs/${lab.atlas.organization.id}`, '2023-01-01'],
    ['federationSettings', () => `/orgs/${lab.atlas.organization.id}/federationSettings`, '2023-01-01'],
    ['identityProviders', () => `${federation}/identityProviders?${WORKLOAD}`, '2023-01-01'],
    ['identityProvider', () => `${federation}/identityProviders/${lab.idpId}`, '2023-11-15'],
    ['connectedOrgConfigs', () => `${federation}/connectedOrgConfigs`, '2023-01-01'],
    [
      'connectedOrgConfig',
      () => `${federation}/connectedOrgConfigs/${lab.atlas.organization.id}`,
      '2023-01-01',
    ],
    ['projects', () => '/groups', '2023-01-01'],
    ['project', () => group, '2023-01-01'],
    ['databaseUsers', () => `${group}/databaseUsers`, '2023-01-01'],
    ['databaseUser', () => `${group}/databaseUsers/admin/temporary`, '2023-01-01'],
    ['accessList', () => `${group}/accessList`, '2023-01-01'],
    ['accessListEntry', () => `${group}/accessList/203.0.113.0%2F24`, '2023-01-01'],
    ['accessListStatus', () => `${group}/accessList/127.0.0.1/status`, '2023-01-01'],
    ['clusters', () => `${group}/clusters`, '2024-08-05'],
    ['clusters20230201', () => `${group}/clusters`, '2023-02-01', '2024-08-04'],
    ['cluster', () => `${group}/clusters/lab`, '2024-08-05'],
    ['cluster', () => `${group}/clusters/free`, '2024-08-05'],
    ['cluster20230201', () => `${group}/clusters/lab`, '2023-02-01', '2023-02-01'],
    ['cluster20230201', () => `${group}/clusters/free`, '2023-02-01', '2023-02-01'],
    ['flexClusters', () => `${group}/flexClusters`, '2024-11-13'],
    ['flexCluster', () => `${group}/flexClusters/flex`, '2024-11-13'],
    ['allClusters', () => '/clusters', '2023-01-01'],
    ['accessHistory', () => `${group}/dbAccessHistory/clusters/lab`, '2023-01-01'],
    ['accessHistory', () => `${group}/dbAccessHistory/processes/127.0.0.1`, '2023-01-01'],
  ])('%s', async (name, path, version, date) => {
    const { status, body, headers } = await read(path(), date);
    expect([status, contractFaults(name, body)]).toEqual([200, []]);
    expect(headers.get('content-type')).toBe(`application/vnd.atlas.${version}+json;charset=utf-8`);
    expect(headers.get('server')).toBe('mdbws');
    expect(Number(headers.get('ratelimit-remaining'))).toBe(Number(headers.get('ratelimit-limit')) - 1);
  });

  test('a member too many, too few or of another kind is found', () => {
    const status = { STATUS: 'ACTIVE' };
    expect(contractFaults('accessListStatus', status)).toEqual([]);
    expect(contractFaults('accessListStatus', { ...status, more: 1 })).toHaveLength(1);
    expect(contractFaults('accessListStatus', {})).toHaveLength(1);
    expect(contractFaults('accessListStatus', { STATUS: 'active' })).toHaveLength(1);
  });
});

describe('identity providers', () => {
  test.each([
    ['', 0],
    ['?protocol=OIDC', 0],
    ['?idpType=WORKLOAD', 0],
    [`?${WORKLOAD}`, 1],
    ['?protocol=SAML&protocol=OIDC&idpType=WORKFORCE&idpType=WORKLOAD', 1],
    ['?protocol=SAML&idpType=WORKLOAD', 0],
  ])(
    'asked for by `%s` are %s: those for people are listed unless others are asked for',
    async (query, number) => {
      expect(await results(`${federation}/identityProviders${query}`)).toHaveLength(number);
    },
  );

  test('say which organization is connected, and so does its configuration', async () => {
    const path = `${federation}/identityProviders/${lab.idpId}`;
    expect((await read(path)).body['associatedOrgs']).toHaveLength(1);
    lab.atlas.disconnectIdentityProvider(lab.idpId);
    expect((await read(path)).body['associatedOrgs']).toEqual([]);
    const config = (await results(`${federation}/connectedOrgConfigs`))[0];
    expect(config).toMatchObject({ dataAccessIdentityProviderIds: [], identityProviderId: null });
  });

  test('are not there without a federation', async () => {
    lab.atlas.federationSettingsId = null;
    const { id } = lab.atlas.organization;
    expect(await refusal(`/orgs/${id}/federationSettings`)).toMatchObject({ status: 404 });
    expect(await refusal(`${federation}/identityProviders`)).toMatchObject({ status: 404 });
    expect(await refusal('/federationSettings/null/connectedOrgConfigs')).toMatchObject({ status: 404 });
  });
});

describe('database users', () => {
  test('are found by a name that is percent-encoded once', async () => {
    const username = `${lab.idpId}/arn:aws:iam::123456789012:role/team/app`;
    const once = encodeURIComponent(username);
    for (const database of ['$external', '%24external']) {
      const { body } = await read(`${group}/databaseUsers/${database}/${once}`);
      expect(body).toMatchObject({ username, databaseName: '$external', oidcAuthType: 'USER' });
      const [link] = body['links'] as readonly [{ href: string }];
      expect((await send(link.href, { headers: { accept: ACCEPT } })).status).toBe(401);
      expect(new URL(link.href).pathname).toBe(`/api/atlas/v2${group}/databaseUsers/%24external/${once}`);
    }
    const twice = encodeURIComponent(once);
    expect(await refusal(`${group}/databaseUsers/$external/${twice}`)).toEqual({
      status: 404,
      code: 'USERNAME_NOT_FOUND',
      detail: `No user with username ${once} exists.`,
      parameters: [once],
    });
    expect(await refusal(`${group}/databaseUsers/admin/${once}`)).toMatchObject({
      code: 'USERNAME_NOT_FOUND',
    });
    expect((await refusal(`${group}/databaseUsers/$external/${username}`)).code).toBe('RESOURCE_NOT_FOUND');
  });
});

describe('clusters', () => {
  test('have no connection string while they are made', async () => {
    lab.atlas.setClusterState('lab', 'CREATING');
    expect((await read(`${group}/clusters/lab`)).body['connectionStrings']).toEqual({});
    lab.atlas.setClusterState('lab', 'IDLE', true);
    lab.atlas.updateCluster('lab', { connectionStringSrv: 'mongodb+srv://lab.test' });
    expect((await read(`${group}/clusters/lab`)).body).toMatchObject({
      paused: true,
      stateName: 'IDLE',
      connectionStrings: {
        standard: 'mongodb://127.0.0.1:27017/?authSource=admin',
        standardSrv: 'mongodb+srv://lab.test',
      },
    });
  });

  test('of an old version are announced to go', async () => {
    const { headers } = await read(`${group}/clusters/lab`, '2023-02-01');
    expect([headers.get('deprecation'), headers.get('sunset')]).toEqual([
      'Mon, 5 Aug 2024 00:00:00 GMT',
      'Thu, 1 Jul 2027 00:00:00 GMT',
    ]);
    expect((await read(`${group}/clusters/lab`)).headers.has('sunset')).toBe(false);
  });

  test('that are flex have an API of their own', async () => {
    lab.atlas.updateCluster('lab', { instanceSize: 'FLEX' });
    expect(await refusal(`${group}/clusters/lab`)).toEqual({
      status: 400,
      code: 'CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API',
      detail: 'Flex cluster lab cannot be used in the Cluster API.',
      parameters: ['lab'],
    });
    expect(await results(`${group}/clusters`)).toEqual([]);
    expect((await read(`${group}/flexClusters/lab`)).status).toBe(200);
    expect(await results(`${group}/flexClusters`)).toMatchObject([{ name: 'lab' }]);
    lab.atlas.updateCluster('lab', { instanceSize: 'M10' });
    expect(await results(`${group}/flexClusters`)).toEqual([]);
    expect(await refusal(`${group}/flexClusters/lab`)).toMatchObject({
      status: 400,
      code: 'CANNOT_USE_NON_FLEX_CLUSTER_IN_FLEX_API',
    });
  });

  test('that are shared say so, and have no access history', async () => {
    lab.atlas.updateCluster('lab', { instanceSize: 'M0' });
    const { body } = await read(`${group}/clusters/lab`);
    expect(body).toMatchObject({
      replicationSpecs: [
        { regionConfigs: [{ providerName: 'TENANT', electableSpecs: { instanceSize: 'M0' } }] },
      ],
    });
    expect(await refusal(`${group}/dbAccessHistory/clusters/lab`)).toMatchObject({ status: 400 });
  });
});

describe('the access history', () => {
  beforeEach(() => {
    const login = { mechanism: 'MONGODB-OIDC', username: 'x', ipAddress: '127.0.0.1' };
    lab.atlas.recordLogin({ ...login, accepted: true, failureReason: null });
    lab.now = new Date(lab.now.getTime() + 60_000);
    lab.atlas.recordLogin({ ...login, accepted: false, failureReason: 'BadValue: Token is expired' });
    lab.now = new Date(lab.now.getTime() + 60_000);
    lab.atlas.recordLogin({ ...login, ipAddress: '192.0.2.1', accepted: true, failureReason: null });
  });

  const logs = async (query = '') => {
    const { body } = await read(`${group}/dbAccessHistory/clusters/lab${query}`);
    return body['accessLogs'] as readonly Record<string, unknown>[];
  };

  test('has the newest login first, as the server’s log has it', async () => {
    const found = await logs();
    expect(found).toHaveLength(3);
    expect(found[1]).toEqual({
      authResult: false,
      authSource: '$external',
      failureReason: 'BadValue: Token is expired',
      groupId: lab.atlas.project.id,
      hostname: '127.0.0.1',
      ipAddress: '127.0.0.1',
      logLine: expect.stringContaining('"error":"BadValue: Token is expired"'),
      timestamp: 'Sun Nov 22 12:01:00 GMT 2026',
      username: 'x',
    });
    expect(found.map(({ timestamp }) => String(timestamp).slice(11, 19))).toEqual([
      '12:02:00',
      '12:01:00',
      '12:00:00',
    ]);
  });

  test('is read by result, address, number and time', async () => {
    const first = Date.parse('2026-11-22T12:00:00Z');
    const results = async (query: string) => (await logs(query)).map(({ authResult }) => authResult);
    expect(await results('?authResult=false')).toEqual([false]);
    expect(await results('?authResult=true')).toEqual([true, true]);
    expect(await results('?ipAddress=192.0.2.1')).toEqual([true]);
    expect(await results('?nLogs=2')).toEqual([true, false]);
    expect(await results(`?start=${first}&end=${first + 60_000}`)).toEqual([false, true]);
    expect(await refusal(`${group}/dbAccessHistory/clusters/lab?start=${first}`)).toMatchObject({
      status: 400,
      code: 'VALIDATION_ERROR',
    });
  });

  test('is read by process, with its port or without', async () => {
    const number = async (process: string) => {
      const { body } = await read(`${group}/dbAccessHistory/processes/${process}`);
      return (body['accessLogs'] as readonly unknown[]).length;
    };
    expect(await Promise.all(['127.0.0.1', '127.0.0.1:27017', 'other.test'].map(number))).toEqual([3, 3, 0]);
  });
});

describe('lists', () => {
  beforeEach(() => {
    for (let i = 0; i < 10; i++) lab.atlas.addDatabaseUser({ username: `user-${i}`, roles: [] });
  });

  test('come in pages that are linked', async () => {
    const { body } = await read(`${group}/databaseUsers?includeCount=true&itemsPerPage=5&pageNum=2`);
    const link = (page: number) =>
      `${lab.api.url}/api/atlas/v2${group}/databaseUsers?includeCount=true&pageNum=${page}&itemsPerPage=5`;
    expect(body['links']).toEqual([
      { href: link(2), rel: 'self' },
      { href: link(1), rel: 'previous' },
      { href: link(3), rel: 'next' },
    ]);
    expect([(body['results'] as unknown[]).length, body['totalCount']]).toEqual([5, 12]);
    const last = await read(`${group}/databaseUsers?itemsPerPage=5&pageNum=3`);
    expect((last.body['results'] as unknown[]).length).toBe(2);
    expect(JSON.stringify(last.body['links'])).not.toContain('next');
    expect(await results(`${group}/databaseUsers?itemsPerPage=5&pageNum=9`)).toEqual([]);
  });

  test('are not counted when that is not wanted', async () => {
    const { body } = await read(`${group}/databaseUsers?includeCount=false`);
    expect(Object.keys(body)).toEqual(['links', 'results']);
  });

  test.each(['itemsPerPage=0', 'itemsPerPage=501', 'itemsPerPage=x', 'pageNum=0', 'includeCount=1'])(
    'are refused with %s',
    async (query) => {
      expect(await refusal(`${group}/databaseUsers?${query}`)).toMatchObject({
        status: 400,
        code: 'VALIDATION_ERROR',
      });
    },
  );

  test('take the status in when an envelope is wanted; everything else goes inside', async () => {
    expect((await read(`${group}/databaseUsers?envelope=true`)).body).toMatchObject({
      status: 200,
      totalCount: 12,
    });
    const { id } = lab.atlas.project;
    expect((await read(`${group}?envelope=true`)).body).toMatchObject({ status: 200, content: { id } });
  });
});

test('a body is laid out when that is wanted', async () => {
  expect((await read(`${group}/accessList/127.0.0.1/status?pretty=true`)).text).toBe(
    '{\n  "STATUS": "ACTIVE"\n}',
  );
});

describe('versions', () => {
  test.each([
    ['application/json', 406],
    ['*/*', 406],
    ['', 406],
    ['application/vnd.atlas.2023-01-01+gzip', 406],
    ['application/vnd.atlas.2022-12-31+json', 406],
    ['application/vnd.atlas.2025-02-30+json', 406],
    ['application/vnd.atlas.2023-01-01+json', 200],
    ['application/vnd.atlas.2099-01-01+json', 200],
    ['text/html, application/vnd.atlas.2025-03-12+json; q=0.9', 200],
  ])('Accept: %s is answered %s', async (accept, status) => {
    const authorization = `Bearer ${await lab.token()}`;
    expect((await lab.get('/groups', { authorization, accept })).status).toBe(status);
  });

  test('that are over are gone', async () => {
    expect(await refusal(`${federation}/identityProviders/${lab.idpId}`, '2023-06-01')).toMatchObject({
      status: 410,
      code: 'VERSION_GONE',
    });
  });
});

test.each<[path: () => string, code: string, detail: () => string]>([
  [
    () => '/groups/111111111111111111111111',
    'GROUP_NOT_FOUND',
    () => 'No group with ID 111111111111111111111111 exists.',
  ],
  [
    () => `${group}/clusters/other`,
    'CLUSTER_NOT_FOUND',
    () => `No cluster named other exists in group ${lab.atlas.project.id}.`,
  ],
  [
    () => `${group}/nothing`,
    'RESOURCE_NOT_FOUND',
    () => `Cannot find resource /api/atlas/v2${group}/nothing.`,
  ],
  [
    () => `${group}/accessList/203.0.113.9`,
    'RESOURCE_NOT_FOUND',
    () => 'Cannot find resource IP access list entry 203.0.113.9.',
  ],
  [() => '/orgs/x', 'RESOURCE_NOT_FOUND', () => 'Cannot find resource Organization with id x.'],
  [
    () => `${federation}/identityProviders/0oaqyt9fc2ySTWnA0357`,
    'RESOURCE_NOT_FOUND',
    () => 'Cannot find resource Identity provider with id 0oaqyt9fc2ySTWnA0357.',
  ],
])('what is not there is 404 %#', async (path, code, detail) => {
  expect(await refusal(path())).toMatchObject({ status: 404, code, detail: detail() });
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s changes nothing', async (method) => {
  const headers = { authorization: `Bearer ${await lab.token()}`, accept: ACCEPT };
  const url = `${lab.api.url}/api/atlas/v2${group}/databaseUsers`;
  const answer = await send(url, { method, headers });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  expect(contractFaults('error', answer.body)).toEqual([]);
  expect((await send(url, { method })).status).toBe(401);
  expect(lab.atlas.databaseUsers).toHaveLength(2);
});

test('the caller’s address is told to who has credentials', async () => {
  const headers = { authorization: `Bearer ${await lab.token()}` };
  const url = `${lab.api.url}/api/private/ipinfo`;
  expect((await send(url, { headers })).text).toBe('{"currentIpv4Address":"127.0.0.1"}');
  expect((await send(url)).status).toBe(401);
});

test('too many requests are refused until the bucket has filled again', async () => {
  lab.api.rateLimits.capacity = 2;
  expect((await read('/orgs')).headers.get('ratelimit-remaining')).toBe('1');
  expect((await read('/orgs')).status).toBe(200);
  const { status, body, headers } = await read('/orgs');
  expect([status, headers.get('retry-after'), body]).toEqual([
    429,
    '30',
    {
      detail:
        'Rate limit exceeded for api/atlas/v2/orgs. Please retry after 30 seconds. Request capacity: 2. Refill rate: 2 per 60 seconds.',
      error: 429,
      errorCode: 'RATE_LIMITED_TOKEN_BUCKET',
      parameters: [],
      reason: 'Too Many Requests',
    },
  ]);
  expect((await read('/groups')).status).toBe(200);
  lab.now = new Date(lab.now.getTime() + 30_000);
  expect((await read('/orgs')).status).toBe(200);
});

test('the lab’s log names resources and reasons', async () => {
  await read(`${group}/databaseUsers/$external/x%1b%5b2J%0a`);
  await read('/nothing');
  const entries = lab.log.entries().filter(({ action }) => !action.includes('oauth'));
  expect(entries.map(({ action, decision, reason }) => [action, decision, reason])).toEqual([
    [
      'GET /groups/{groupId}/databaseUsers/{databaseName}/{username}',
      'refused',
      'USERNAME_NOT_FOUND: No user with username x\u001b[2J\n exists.',
    ],
    ['GET (another path)', 'refused', 'RESOURCE_NOT_FOUND: Cannot find resource /api/atlas/v2/nothing.'],
  ]);
});
