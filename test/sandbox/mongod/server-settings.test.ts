import { Binary, Long } from 'bson';
import { afterEach, describe, expect, test } from 'vitest';
import type { MongodOptions } from '../../../src/sandbox/mongod/mongod.ts';
import { SERVER_VERSIONS, type ServerLine } from '../../../src/sandbox/mongod/versions.ts';
import { forgeKey, sign } from '../../support/forge.ts';
import {
  databaseUser,
  type MongodFixture,
  saslStart,
  startMongodFixture,
  USERNAME,
} from '../../support/mongod-fixture.ts';
import { WireClient } from '../../support/wire-client.ts';

let lab: MongodFixture;
let opened: WireClient[] = [];

async function start(options: Partial<MongodOptions> = {}): Promise<MongodFixture> {
  lab = await startMongodFixture(options);
  return lab;
}

async function connected(): Promise<WireClient> {
  const client = await WireClient.connect(lab.mongod.port);
  opened.push(client);
  return client;
}

async function login(token: string): Promise<unknown> {
  return (await (await connected()).command(saslStart(token), '$external'))['code'] ?? 'in';
}

afterEach(async () => {
  for (const client of opened) client.close();
  opened = [];
  await lab.close();
});

describe('the line of servers', () => {
  test.each([
    ['7.0', '7.0.11', 21],
    ['8.0', '8.0.16', 25],
    ['9.0', '9.0.0', 29],
  ] as const)('%s announces %s and wire version %i', async (line, version, maxWireVersion) => {
    await start({ settings: { serverVersion: SERVER_VERSIONS[line] } });
    const client = await lab.loggedIn();
    expect(await client.command({ hello: 1 })).toMatchObject({ minWireVersion: 0, maxWireVersion });
    expect(await client.command({ buildInfo: 1 })).toMatchObject({
      version,
      versionArray: [...version.split('.').map(Number), 0],
    });
    expect(await client.command({ getParameter: 1, featureCompatibilityVersion: 1 })).toMatchObject({
      featureCompatibilityVersion: { version: line },
    });
  });

  // An issuer as AWS is one: an RSA key and a P-384 key side by side.
  test.each<[ServerLine, unknown, unknown, readonly string[]]>([
    [
      '7.0',
      18,
      18,
      [
        'the keys of ISSUER cannot be fetched: Only RSA key types are accepted at this time',
        'the algorithm "ES384" is not RS256',
      ],
    ],
    ['8.0', 'in', 18, ['the algorithm "ES384" is not RS256']],
    ['9.0', 'in', 'in', []],
  ])('%s answers %s to RS256 and %s to ES384', async (line, rsa, ec, reasons) => {
    await start({ settings: { serverVersion: SERVER_VERSIONS[line] } });
    const ecKey = await forgeKey('ES384', 'EC384_0');
    lab.issuer.publish(lab.key.jwk, ecKey.jwk);
    expect(await login(await lab.token())).toBe(rsa);
    expect(await login(await sign(ecKey, lab.claims()))).toBe(ec);
    const told = lab
      .refusals()
      .map((reason) => reason.replace(/^.*?: /, '').replace(lab.issuer.issuer, 'ISSUER'));
    expect(told).toEqual(reasons);
  });

  test('9.0 refuses a token that somebody else signed with an EC key of the same name', async () => {
    await start({ settings: { serverVersion: SERVER_VERSIONS['9.0'] } });
    lab.issuer.publish(lab.key.jwk, (await forgeKey('ES384', 'EC384_0')).jwk);
    const stranger = await forgeKey('ES384', 'EC384_0');
    expect(await login(await sign(stranger, lab.claims()))).toBe(18);
    expect(lab.refusals()).toEqual([
      expect.stringMatching(
        /: the signature does not match the key of the issuer: signature verification failed$/,
      ),
    ]);
  });

  test('9.0 refuses an RSA signature that names the EC key', async () => {
    await start({ settings: { serverVersion: SERVER_VERSIONS['9.0'] } });
    lab.issuer.publish(lab.key.jwk, (await forgeKey('ES384', 'EC384_0')).jwk);
    const rsa = await forgeKey('RS256', 'EC384_0');
    expect(await login(await sign(rsa, lab.claims()))).toBe(18);
  });
});

describe('who answers a refused login', () => {
  const REFUSED = {
    mongod: { ok: 0, errmsg: 'Authentication failed.', code: 18, codeName: 'AuthenticationFailed' },
    atlas: { ok: 0, errmsg: 'bad auth : Authentication failed.', code: 8000, codeName: 'AtlasError' },
  };

  test('mongod, then, once it is changed, the proxy of Atlas', async () => {
    await start();
    const bad = saslStart(await lab.token({ aud: 'another' }));
    expect(await (await connected()).command(bad, '$external')).toEqual(REFUSED.mongod);
    lab.mongod.settings.authError = 'atlas';
    expect(await (await connected()).command(bad, '$external')).toEqual(REFUSED.atlas);
  });
});

test('a mechanism that is switched off is unavailable', async () => {
  await start({ settings: { mechanisms: ['MONGODB-AWS'] } });
  expect(await (await connected()).command(saslStart(await lab.token()), '$external')).toMatchObject({
    code: 334,
    codeName: 'MechanismUnavailable',
    errmsg: 'Received authentication for mechanism MONGODB-OIDC which is unknown or not enabled',
  });
});

describe('a database user', () => {
  const tomorrow = () => new Date(lab.now().getTime() + 86_400_000);

  test('with scopes gets in on the clusters that they name, and on no other', async () => {
    await start({ cluster: 'prod' });
    const scopes = [
      { name: 'test', type: 'CLUSTER' },
      { name: 'prod', type: 'DATA_LAKE' },
    ] as const;
    lab.databaseUsers = [databaseUser(USERNAME, { scopes })];
    expect(await login(await lab.token())).toBe(18);
    lab.databaseUsers = [databaseUser(USERNAME, { scopes: [...scopes, { name: 'prod', type: 'CLUSTER' }] })];
    expect(await login(await lab.token())).toBe('in');
    expect(lab.refusals()).toEqual([
      expect.stringContaining(
        `: the scopes of the database user "${USERNAME}" do not include the cluster "prod"; clusters in the scopes: "test"`,
      ),
    ]);
  });

  test('that is temporary gets in until it ends, to the second', async () => {
    await start();
    const deleteAfterDate = tomorrow();
    lab.databaseUsers = [databaseUser(USERNAME, { deleteAfterDate })];
    expect(await login(await lab.token())).toBe('in');
    lab.advance(86_400);
    expect(await login(await lab.token())).toBe(18);
    expect(lab.refusals()).toEqual([
      expect.stringContaining(
        `: the database user "${USERNAME}" expired at ${deleteAfterDate.toISOString()}`,
      ),
    ]);
  });
});

describe('connections', () => {
  test('beyond the limit are closed at once; when one goes, the next gets in', async () => {
    await start({ settings: { maxConnections: 2 } });
    const first = await connected();
    expect(await first.command({ ping: 1 })).toEqual({ ok: 1 });
    expect(await (await connected()).command({ ping: 1 })).toEqual({ ok: 1 });
    const third = await connected();
    await third.end();
    expect(lab.refusals()).toEqual([
      expect.stringMatching(/: the maximum of 2 open connections is reached$/),
    ]);
    lab.mongod.settings.maxConnections = 3;
    expect(await (await connected()).command({ ping: 1 })).toEqual({ ok: 1 });
  });

  test('can all be dropped while the server goes on', async () => {
    await start();
    const client = await connected();
    await client.command({ ping: 1 });
    expect(lab.mongod.dropConnections()).toBe(1);
    await client.end();
    expect(await (await connected()).command({ ping: 1 })).toEqual({ ok: 1 });
  });
});

describe('a write with a transaction number', () => {
  const lsid = { id: new Binary(Buffer.alloc(16, 7), Binary.SUBTYPE_UUID) };
  const write = (txnNumber: number, _id: number) => ({
    insert: 'visits',
    documents: [{ _id }],
    lsid,
    txnNumber: Long.fromNumber(txnNumber),
  });

  test('is done once, and answered twice', async () => {
    await start({ replicaSet: 'lab0' });
    const client = await lab.loggedIn();
    expect(await client.command(write(1, 1), 'app')).toEqual({ n: 1, ok: 1 });
    expect(await client.command(write(1, 1), 'app')).toEqual({ n: 1, ok: 1 });
    // Done a second time it would be a duplicate.
    expect(await client.command(write(2, 1), 'app')).toMatchObject({ n: 0, writeErrors: [{ code: 11000 }] });
    expect(await client.command(write(1, 2), 'app')).toMatchObject({
      code: 225,
      codeName: 'TransactionTooOld',
    });
  });

  test('is labelled as one that may be tried again where the error passes', async () => {
    await start({ replicaSet: 'lab0' });
    const client = await lab.loggedIn();
    await client.command({
      configureFailPoint: 'failCommand',
      mode: { times: 2 },
      data: { failCommands: ['insert'], errorCode: 91 },
    });
    const { txnNumber: _, ...plain } = write(1, 1);
    expect(await client.command(plain, 'app')).not.toHaveProperty('errorLabels');
    expect(await client.command(write(1, 1), 'app')).toMatchObject({
      code: 91,
      errorLabels: ['RetryableWriteError'],
    });
  });

  test('is refused by a standalone', async () => {
    await start();
    expect(await (await lab.loggedIn()).command(write(1, 1), 'app')).toMatchObject({
      code: 20,
      errmsg: 'Transaction numbers are only allowed on a replica set member or mongos',
    });
  });

  test('comes from the real driver, which survives a cut connection with one document', async () => {
    await start({ replicaSet: 'lab0' });
    const client = lab.driver({ retryWrites: true }, '&replicaSet=lab0');
    await client.db('admin').command({
      configureFailPoint: 'failCommand',
      mode: { times: 1 },
      data: { failCommands: ['insert'], closeConnection: true },
    });
    const visits = client.db('app').collection('visits');
    await visits.insertOne({ from: 'driver' });
    expect(await visits.countDocuments()).toBe(1);
  });
});
