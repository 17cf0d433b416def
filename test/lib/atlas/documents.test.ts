import { describe, expect, test } from 'vitest';
import { apiError, atlasFailure, json, never, scriptedAtlas } from '../../support/scripted-atlas.ts';

/** What Atlas is documented to answer and the lab does not: read through the port, as everything else. */

const page = (...results: readonly object[]) => json({ results, totalCount: results.length, links: [] });
const NONE = page();

describe('clusters', () => {
  const cluster = (more: object) => ({ name: 'c', stateName: 'IDLE', mongoDBVersion: '8.0.13', ...more });

  test('are known by every connection string, the common ones first', async () => {
    const connectionStrings = {
      private: 'mongodb://c-pri.test',
      privateSrv: 'mongodb+srv://c-pri.test',
      privateEndpoint: [
        {
          connectionString: 'mongodb://pe.test:1024',
          srvConnectionString: 'mongodb+srv://pe.test',
          type: 'MONGOD',
        },
        { srvShardOptimizedConnectionString: 'mongodb+srv://lb.test', connectionString: null },
      ],
      standard: 'mongodb://c.test',
      standardSrv: 'mongodb+srv://c.test',
    };
    await using lab = await scriptedAtlas(({ path }) =>
      path.includes('flex') ? NONE : page(cluster({ connectionStrings, paused: true })),
    );
    expect((await lab.atlas.clusters('g', never)).entries).toEqual([
      {
        name: 'c',
        stateName: 'IDLE',
        mongoDBVersion: '8.0.13',
        paused: true,
        instanceSize: '',
        connectionStrings: [
          'mongodb+srv://c.test',
          'mongodb://c.test',
          'mongodb+srv://c-pri.test',
          'mongodb://c-pri.test',
          'mongodb+srv://pe.test',
          'mongodb://pe.test:1024',
          'mongodb+srv://lb.test',
        ],
      },
    ]);
  });

  test('have the size of their electable nodes, in whatever Region those are', async () => {
    const analytics = { analyticsSpecs: { instanceSize: 'M30' } };
    const regionConfigs = [{ electableSpecs: null, readOnlySpecs: { instanceSize: 'M20' } }, analytics];
    const electable = [analytics, { electableSpecs: { instanceSize: 'M40' }, ...analytics }];
    await using lab = await scriptedAtlas(({ path }) =>
      path.includes('flex')
        ? NONE
        : page(
            cluster({ replicationSpecs: [{ regionConfigs: electable }] }),
            cluster({ replicationSpecs: [{ regionConfigs }] }),
          ),
    );
    const sizes = (await lab.atlas.clusters('g', never)).entries.map(({ instanceSize }) => instanceSize);
    expect(sizes).toEqual(['M40', 'M20']);
  });

  test('are listed also by an Atlas that has no flex clusters', async () => {
    await using lab = await scriptedAtlas(({ path }) =>
      path.includes('flex') ? apiError(404, 'RESOURCE_NOT_FOUND', 'No.') : page(cluster({})),
    );
    expect((await lab.atlas.clusters('g', never)).entries).toHaveLength(1);
    expect(lab.server.requests.map(({ headers }) => headers.accept)).toEqual([
      'application/json',
      'application/vnd.atlas.2024-08-05+json',
      'application/vnd.atlas.2024-11-13+json',
    ]);
  });
});

describe('logins', () => {
  test('have their time where it can be read, and a reason where there is one', async () => {
    const login = { authResult: false, ipAddress: '192.0.2.1', username: 'u', failureReason: 'Because.' };
    await using lab = await scriptedAtlas(() =>
      json({
        accessLogs: [
          { ...login, timestamp: 'Tue Jun 08 15:49:25 GMT 2021' },
          { ...login, timestamp: '2021-06-08T15:49:25Z' },
          { ...login, timestamp: '06/08/21' },
          { authResult: true, failureReason: '', username: null },
        ],
      }),
    );
    const at = new Date('2021-06-08T15:49:25Z');
    const read = { accepted: false, ipAddress: '192.0.2.1', username: 'u', failureReason: 'Because.' };
    expect(await lab.atlas.accessHistory('g', 'a/b', new Date(5), never)).toEqual([
      { ...read, at },
      { ...read, at },
      { ...read, at: null },
      { at: null, accepted: true, ipAddress: '', username: '', failureReason: null },
    ]);
    const end = Date.parse('2026-11-22T12:05:00Z');
    expect(lab.asked()).toEqual([
      `/api/atlas/v2/groups/g/dbAccessHistory/clusters/a%2Fb?start=5&end=${end}&nLogs=2000`,
    ]);
  });
});

test('a federation that is not there is none; an organization that is not there is a failure', async () => {
  let code = 'RESOURCE_NOT_FOUND';
  await using lab = await scriptedAtlas(() => apiError(404, code, 'No.'));
  expect(await lab.atlas.federationSettingsId('o', never)).toBeNull();
  code = 'ORG_NOT_FOUND';
  expect((await atlasFailure(lab.atlas.federationSettingsId('o', never))).code).toBe('atlas.not-found');
});

test('an organization that is connected to nothing says so by null, too', async () => {
  await using lab = await scriptedAtlas(() => json({ dataAccessIdentityProviderIds: null }));
  expect(await lab.atlas.connectedIdentityProviderIds('f', 'o', never)).toEqual([]);
});

describe('values that Atlas has added since, or leaves out', () => {
  const user = { username: 'u', databaseName: '$external' };

  test.each<[string, object, object]>([
    [
      'a scope of a new type',
      { scopes: [{ name: 'w', type: 'STREAM_WORKSPACE' }] },
      { scopes: [{ name: 'w', type: 'STREAM_WORKSPACE' }] },
    ],
    ['no roles', { roles: null }, { roles: [] }],
    ['no scopes', { scopes: null }, { scopes: [] }],
  ])('a database user with %s is read', async (_what, given, expected) => {
    await using lab = await scriptedAtlas(() => page({ ...user, ...given }));
    expect(await lab.atlas.databaseUsers('g', never)).toMatchObject({ entries: [expected], unreadable: [] });
  });

  test('a cluster of which little is known is read', async () => {
    const given = {
      name: 'c',
      stateName: 'IDLE',
      replicationSpecs: null,
      mongoDBVersion: null,
      paused: null,
    };
    await using lab = await scriptedAtlas(({ path }) => (path.includes('flex') ? NONE : page(given)));
    expect(await lab.atlas.clusters('g', never)).toEqual({
      entries: [
        {
          name: 'c',
          stateName: 'IDLE',
          mongoDBVersion: '',
          paused: false,
          instanceSize: '',
          connectionStrings: [],
        },
      ],
      unreadable: [],
    });
  });

  test('identity providers of another kind are kept apart, by their issuer', async () => {
    const provider = { id: 'i', issuerUri: 'https://a.test', audience: 'a', authorizationType: 'USER' };
    await using lab = await scriptedAtlas(() =>
      page(
        { id: 's', issuerUri: 'https://saml.test', protocol: 'SAML', idpType: 'WORKFORCE' },
        { ...provider, issuerUri: 'https://b.test', audience: null },
        provider,
      ),
    );
    const { entries, unreadable } = await lab.atlas.identityProviders('f', never);
    expect(entries.map(({ issuer }) => issuer)).toEqual(['https://a.test']);
    expect(unreadable.map(({ name }) => name)).toEqual(['https://saml.test', 'https://b.test']);
  });
});
