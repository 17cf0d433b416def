// The prose tests 1.1 to 4.5 of the machine flow, retold from facts/mongodb.md 3.3: the real driver against the lab's
// server. Where the specification reaches into the driver's token cache, the lab lets the cached token go stale.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type MongodFixture, startMongodFixture } from '../support/mongod-fixture.ts';
import { type CountedClient, countedClient, failOnce, loginsSeen } from './oidc-login.ts';

const REFUSED = { name: 'MongoServerError', code: 18, message: 'Authentication failed.' };

let lab: MongodFixture;

beforeEach(async () => {
  lab = await startMongodFixture();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await lab.close();
});

const collection = ({ client }: Pick<CountedClient, 'client'>) =>
  client.db('test').collection<{ n?: number }>('test');
const find = (own: Pick<CountedClient, 'client'>) => collection(own).findOne({});

/** ENVIRONMENT:test, the provider that reads the file named by OIDC_TOKEN_FILE. */
async function withTokenFile<T>(work: (client: MongoClient, file: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'fedctl-spec-'));
  const file = join(directory, 'token');
  await writeFile(file, await lab.token());
  vi.stubEnv('OIDC_TOKEN_FILE', file);
  try {
    return await work(
      lab.driver({
        appName: 'mongodb-oidc-no-retry',
        retryReads: false,
        authMechanismProperties: { ENVIRONMENT: 'test' },
      }),
      file,
    );
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe('1. the callback', () => {
  test('1.1 is called during authentication', async () => {
    const own = countedClient(lab);
    expect(await find(own)).toBeNull();
    expect(own.calls()).toBe(1);
  });

  test('1.1 with a provider: the token is read from its file', async () => {
    await withTokenFile(async (client) => expect(await find({ client })).toBeNull());
  });

  test('1.2 is called once for many connections', { timeout: 60_000 }, async () => {
    const own = countedClient(lab);
    // Two connections of the driver that open at once may both ask before either has a token: one opens first.
    await own.client.connect();
    const worker = async () => {
      for (let n = 0; n < 100; n += 1) await find(own);
    };
    await Promise.all(Array.from({ length: 10 }, worker));
    expect(own.calls()).toBe(1);
  });
});

describe('2. what goes into the callback and comes out', () => {
  test('2.1 its inputs are valid', async () => {
    const callback = vi.fn(async () => ({ accessToken: await lab.token() }));
    const client = lab.driver({
      authMechanismProperties: { OIDC_CALLBACK: callback, ALLOWED_HOSTS: ['127.0.0.1'] },
    });
    expect(await find({ client })).toBeNull();
    expect(callback).toHaveBeenCalledExactlyOnceWith({ timeoutContext: expect.any(AbortSignal), version: 1 });
  });

  const INVALID = {
    name: 'MongoMissingCredentialsError',
    message: 'User provided OIDC callbacks must return a valid object with an accessToken.',
  };

  // Types would not let these be written; a program in JavaScript may return them.
  test.each([
    ['2.2 null', 'null'],
    ['2.3 no access token', '{}'],
    ['2.3 a field that has no place there', '{ "accessToken": "t", "field": "value" }'],
  ])('%s is refused by the driver', async (_title, json) => {
    const client = lab.driver({
      authMechanismProperties: { OIDC_CALLBACK: async () => JSON.parse(json), ALLOWED_HOSTS: ['127.0.0.1'] },
    });
    await expect(find({ client })).rejects.toMatchObject(INVALID);
    expect(loginsSeen(lab)).toEqual([]);
  });

  const URI = 'mongodb://127.0.0.1/?authMechanism=MONGODB-OIDC';

  test('2.4 a callback and an environment contradict each other', () => {
    const properties = { OIDC_CALLBACK: async () => ({ accessToken: 't' }), ENVIRONMENT: 'test' } as const;
    expect(() => new MongoClient(URI, { authMechanismProperties: properties })).toThrow(
      expect.objectContaining({ name: 'MongoInvalidArgumentError' }),
    );
  });

  test('2.5 ALLOWED_HOSTS with an environment is an error by the specification; this driver accepts it', () => {
    const properties = { ENVIRONMENT: 'azure', TOKEN_RESOURCE: 'x', ALLOWED_HOSTS: [] } as const;
    const client = new MongoClient(URI, {
      authMechanismProperties: { ...properties, ALLOWED_HOSTS: [...properties.ALLOWED_HOSTS] },
    });
    expect(client.options.credentials?.mechanismProperties).toMatchObject({ ENVIRONMENT: 'azure' });
  });
});

describe('3. a login that fails', () => {
  test('3.1 with a cached token is tried again with a new one', async () => {
    const own = countedClient(lab);
    await find(own);
    await failOnce(lab, 'find', { closeConnection: true });
    await expect(find(own)).rejects.toMatchObject({ name: 'MongoNetworkError' });
    lab.advance(301);
    expect(await find(own)).toBeNull();
    expect(own.calls()).toBe(2);
    // Ahead in the handshake, then by itself, and then with a new token.
    expect(loginsSeen(lab).slice(-3)).toEqual(['isMaster refused', 'saslStart refused', 'saslStart allowed']);
  });

  test('3.2 without a cached token is an error', async () => {
    const own = countedClient(lab, () => lab.token({ aud: 'another' }));
    await expect(find(own)).rejects.toMatchObject(REFUSED);
    expect(own.calls()).toBe(1);
  });

  test('3.3 with an unexpected code does not empty the cache', async () => {
    const own = countedClient(lab);
    await failOnce(lab, 'saslStart', { errorCode: 20 });
    await expect(find(own)).rejects.toMatchObject({ code: 20 });
    expect(own.calls()).toBe(1);
    expect(await find(own)).toBeNull();
    expect(own.calls()).toBe(1);
  });

  // Not of the specification, but what it leads to: facts/mongodb.md 1.3.
  test("with the 8000 of Atlas's proxy keeps the stale token: this client never gets in again, a new one does", async () => {
    lab.mongod.settings.authError = 'atlas';
    const own = countedClient(lab);
    await find(own);
    lab.mongod.dropConnections();
    lab.advance(301);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      // The first may still find the dead connection.
      await expect(find(own)).rejects.toMatchObject({ name: expect.stringMatching(/^Mongo/) });
    }
    await expect(find(own)).rejects.toMatchObject({ code: 8000, codeName: 'AtlasError' });
    expect(own.calls()).toBe(1);
    expect(await find(countedClient(lab))).toBeNull();
  });
});

describe('4. re-authentication', () => {
  test('4.1 succeeds', async () => {
    const own = countedClient(lab);
    await find(own);
    await failOnce(lab, 'find', { errorCode: 391 });
    expect(await find(own)).toBeNull();
    expect(own.calls()).toBe(2);
  });

  test('4.1 succeeds at the end of a real token, without a fail point', async () => {
    const own = countedClient(lab);
    await find(own);
    lab.advance(300);
    expect(await find(own)).toBeNull();
    expect(own.calls()).toBe(2);
    expect(loginsSeen(lab)).toEqual(['saslStart allowed', 'saslStart allowed']);
  });

  test('4.1 with a provider: the file is read again, and a stale one is an error', async () => {
    await withTokenFile(async (client, file) => {
      await find({ client });
      lab.advance(300);
      await writeFile(file, await lab.token());
      expect(await find({ client })).toBeNull();
      lab.advance(300);
      await expect(find({ client })).rejects.toMatchObject(REFUSED);
    });
  });

  const goodThenBad = (call: number) => (call === 1 ? lab.token() : lab.token({ aud: 'another' }));

  test('4.2 that fails, fails the read', async () => {
    const own = countedClient(lab, goodThenBad);
    await find(own);
    await failOnce(lab, 'find', { errorCode: 391 });
    await expect(find(own)).rejects.toMatchObject(REFUSED);
    expect(own.calls()).toBe(2);
  });

  test('4.3 that fails, fails the write', async () => {
    const own = countedClient(lab, goodThenBad);
    await collection(own).insertOne({ n: 1 });
    await failOnce(lab, 'insert', { errorCode: 391 });
    await expect(collection(own).insertOne({ n: 2 })).rejects.toMatchObject(REFUSED);
    expect(own.calls()).toBe(2);
  });

  test('4.4 does not authenticate speculatively, although new connections do', async () => {
    const own = countedClient(lab);
    await find(own);
    await failOnce(lab, 'find', { closeConnection: true });
    await expect(find(own)).rejects.toMatchObject({ name: 'MongoNetworkError' });
    const before = loginsSeen(lab).length;
    await collection(own).insertOne({ n: 1 });
    expect({ calls: own.calls(), logins: loginsSeen(lab).slice(before) }).toEqual({
      calls: 1,
      logins: ['isMaster allowed'],
    });
    await failOnce(lab, 'insert', { errorCode: 391 });
    const again = loginsSeen(lab).length;
    await collection(own).insertOne({ n: 2 });
    expect({ calls: own.calls(), logins: loginsSeen(lab).slice(again) }).toEqual({
      calls: 2,
      logins: ['saslStart allowed'],
    });
  });

  test('4.5 succeeds within a session', async () => {
    const own = countedClient(lab);
    await find(own);
    await own.client.withSession(async (session) => {
      await failOnce(lab, 'find', { errorCode: 391 });
      expect(await collection(own).findOne({}, { session })).toBeNull();
    });
    expect(own.calls()).toBe(2);
  });
});
