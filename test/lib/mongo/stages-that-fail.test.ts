import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { program } from '../../../src/lib/core/command-line.ts';
import { FedctlError } from '../../../src/lib/core/errors.ts';
import { listenOnLoopback } from '../../support/listen.ts';
import { attemptLogin, KEYS, loopbackResolver, NOW, TOKEN } from '../../support/login.ts';
import {
  type Act,
  HELLO,
  refusal,
  type Script,
  type ScriptedMongod,
  serverFirst,
  startScriptedMongod,
} from '../../support/scripted-mongod.ts';

/** Long enough for a busy machine to answer, short enough to wait for. */
const SHORT = 400;

const BEFORE_HELLO = 'resolve pass, tcp pass, tls skip';
const BEFORE_CREDENTIAL = `${BEFORE_HELLO}, hello pass`;
const BEFORE_AUTHENTICATE = `${BEFORE_CREDENTIAL}, credential pass`;
const BEFORE_WHOAMI = `${BEFORE_AUTHENTICATE}, authenticate pass`;
const BEFORE_PING = `${BEFORE_WHOAMI}, whoami pass`;
const BEFORE_WRITING = `${BEFORE_PING}, ping pass`;
const PROBE = { database: 'fedctl', collection: 'probe' };

const started: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of started.splice(0)) await each.close();
});

async function mongod(script: Script = {}): Promise<ScriptedMongod> {
  const server = await startScriptedMongod(script);
  started.push(server);
  return server;
}

async function rawServer(serve: (socket: Socket) => void = () => {}): Promise<number> {
  const server: Server = createServer((socket) => serve(socket.on('error', () => {})));
  started.push({ close: () => server.close() });
  return listenOnLoopback(server);
}

describe('resolve', () => {
  test('a name that nobody knows', async () => {
    const addresses = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    const { path, failure } = await attemptLogin({
      uri: 'mongodb://db.test/?tls=true',
      resolver: loopbackResolver({ addresses }),
    });
    expect(path).toBe('resolve fail');
    expect(failure).toMatchObject({
      code: 'mongo.dns-failed',
      exitCode: 6,
      message: 'db.test:27017 does not resolve: the name does not exist.',
      command: program('nslookup', 'db.test'),
      details: { hosts: [{ host: 'db.test:27017', fault: 'unknown-host', error: 'ENOTFOUND' }] },
    });
  });

  test('a resolver that does not answer', async () => {
    const { path, failure } = await attemptLogin({
      uri: 'mongodb://db.test/?tls=true',
      resolver: loopbackResolver({ addresses: () => new Promise(() => {}) }),
      timeoutMs: 30,
    });
    expect(path).toBe('resolve fail');
    expect(failure?.message).toBe('db.test:27017 does not resolve: the DNS resolver timed out.');
  });

  test('no SRV record', async () => {
    const { path, failure } = await attemptLogin({ uri: 'mongodb+srv://db.example.net/' });
    expect(path).toBe('resolve fail');
    expect(failure).toMatchObject({
      code: 'mongo.srv-failed',
      exitCode: 6,
      message: 'The SRV record _mongodb._tcp.db.example.net does not exist.',
      command: program('nslookup', '-type=SRV', '_mongodb._tcp.db.example.net'),
    });
  });

  test('an SRV record that leads out of its domain', async () => {
    const { path, failure } = await attemptLogin({
      uri: 'mongodb+srv://db.example.net/',
      resolver: loopbackResolver({ srv: async () => [{ name: 'evil.test', port: 1 }] }),
    });
    expect(path).toBe('resolve fail');
    expect(failure?.message).toBe(
      'The SRV records of db.example.net contain a host outside the requested domain: evil.test.',
    );
  });

  test('refuses a remote address that DNS returns for localhost', async () => {
    const { path, failure } = await attemptLogin({
      uri: 'mongodb://localhost/',
      resolver: loopbackResolver({ addresses: async () => [{ address: '203.0.113.9', family: 4 }] }),
    });
    expect(path).toBe('resolve fail');
    expect(failure?.code).toBe('mongo.plaintext-refused');
  });
});

describe('tcp', () => {
  test('a closed port', async () => {
    const { port, close } = await startScriptedMongod();
    await close();
    const { path, failure } = await attemptLogin({ uri: `mongodb://localhost:${port}/` });
    expect(path).toBe('resolve pass, tcp fail');
    expect(failure).toMatchObject({
      code: 'mongo.port-closed',
      exitCode: 6,
      message: `localhost:${port} refused the connection.`,
      command: program('nc', '-vz', '-w', '5', 'localhost', String(port)),
    });
  });

  test('a proxy that is none', async () => {
    const proxy = await rawServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const { path, failure } = await attemptLogin({
      uri: `mongodb://localhost:1/?proxyHost=127.0.0.1&proxyPort=${proxy}`,
    });
    expect(path).toBe('resolve pass, tcp fail');
    expect(failure).toMatchObject({
      code: 'mongo.proxy-failed',
      message: 'localhost:1 is unreachable through the SOCKS5 proxy: the server does not use SOCKS5.',
      likelyCause: 'Another kind of server listens at proxyHost and proxyPort, such as an HTTP proxy.',
      remedy: 'Check proxyHost and proxyPort in the connection string.',
    });
  });
});

describe('hello', () => {
  test.each<[string, Act, string, string]>([
    [
      'says nothing',
      'silence',
      'mongo.hello-timeout',
      'accepted the connection, but did not respond to hello within 0.4 s.',
    ],
    ['closes', 'close', 'mongo.hello-failed', 'closed the connection instead of responding to hello.'],
    ['resets', 'reset', 'mongo.hello-failed', 'closed the connection instead of responding to hello.'],
    ['is a web server', 'http', 'mongo.hello-failed', 'responded to hello with HTTP.'],
    [
      'answers with an error',
      refusal(59, 'CommandNotFound', 'no such command'),
      'mongo.hello-failed',
      'responded to hello with an error: no such command (59 CommandNotFound).',
    ],
  ])('a server that %s', async (_title, hello, code, says) => {
    const { port } = await mongod({ hello });
    // The driver would go on trying to the end: what is hopeless has to be told at once.
    const timeoutMs = hello === 'silence' ? SHORT : 60_000;
    const { path, failure } = await attemptLogin({ uri: `mongodb://localhost:${port}/`, timeoutMs });
    expect(path).toBe(`${BEFORE_HELLO}, hello fail`);
    expect(failure).toMatchObject({ code, exitCode: 6, message: `localhost:${port} ${says}` });
  });

  test('a server that sends garbage', async () => {
    const port = await rawServer((socket) => socket.once('data', () => socket.write(Buffer.alloc(64, 0x80))));
    const { path, failure } = await attemptLogin({ uri: `mongodb://localhost:${port}/`, timeoutMs: SHORT });
    expect(path).toBe(`${BEFORE_HELLO}, hello fail`);
    expect(failure).toMatchObject({
      code: 'mongo.hello-failed',
      message: `localhost:${port} responded to hello with data that does not follow the MongoDB wire protocol.`,
    });
  });

  test('a server that answers its monitor and not the connection to be used', async () => {
    let asked = 0;
    const { port } = await mongod({ hello: () => (asked++ === 0 ? HELLO : 'close') });
    const { path, failure } = await attemptLogin({ uri: `mongodb://localhost:${port}/`, timeoutMs: SHORT });
    expect(path).toBe(`${BEFORE_HELLO}, hello fail`);
    expect(failure?.message).toBe(`localhost:${port} closed the connection instead of responding to hello.`);
  });

  test('a server that is too old', async () => {
    const { port } = await mongod({ hello: { ...HELLO, maxWireVersion: 6 } });
    const { path, failure } = await attemptLogin({ uri: `mongodb://localhost:${port}/` });
    expect(path).toBe(`${BEFORE_HELLO}, hello fail`);
    expect(failure).toMatchObject({
      code: 'mongo.server-too-old',
      exitCode: 6,
      remedy: 'Ask the operator of the server to upgrade to MongoDB 4.4 or later.',
    });
    expect(failure?.message).toContain('reports maximum wire version 6');
  });

  test.each([
    ['another replica set', { setName: 'rs1', hosts: ['a:1'] }, 'is part of the replica set "rs1"'],
    ['no replica set', {}, 'is not part of a replica set'],
  ])('a server of %s', async (_title, members, says) => {
    const { port } = await mongod({ hello: { ...HELLO, ...members } });
    const { path, failure } = await attemptLogin({ uri: `mongodb://localhost:${port}/?replicaSet=rs0` });
    expect(path).toBe(`${BEFORE_HELLO}, hello fail`);
    expect(failure).toMatchObject({
      code: 'mongo.topology-mismatch',
      message: `localhost:${port} ${says}, but the connection string specifies "rs0".`,
    });
  });

  test('a replica set without a primary', async () => {
    const server = await mongod({
      hello: () => ({
        ...HELLO,
        ismaster: false,
        isWritablePrimary: false,
        secondary: true,
        setName: 'rs0',
        hosts: [`localhost:${server.port}`],
      }),
    });
    const { path, failure } = await attemptLogin({
      uri: `mongodb://localhost:${server.port}/?replicaSet=rs0`,
      timeoutMs: SHORT,
    });
    expect(path).toBe(`${BEFORE_HELLO}, hello fail`);
    expect(failure).toMatchObject({
      code: 'mongo.no-primary',
      message: `localhost:${server.port} responded, but no primary was found within 0.4 s.`,
    });
  });

  test('a replica set whose members have names that mean nothing here', async () => {
    const { port, close } = await startScriptedMongod();
    await close();
    const server = await mongod({
      hello: { ...HELLO, setName: 'rs0', hosts: [`localhost:${port}`], primary: `localhost:${port}` },
    });
    const { path, failure } = await attemptLogin({
      uri: `mongodb://localhost:${server.port}/?replicaSet=rs0`,
      timeoutMs: 2000,
    });
    expect(path).toBe(`${BEFORE_HELLO}, hello fail`);
    expect(failure).toMatchObject({
      code: 'mongo.no-primary',
      message: `localhost:${server.port} responded and reported localhost:${port} as members, but none of these members is reachable.`,
      remedy:
        'Add directConnection=true to the connection string, or make the member names resolvable and reachable from this machine.',
    });
  });
});

describe('credential', () => {
  test('the failure of the token source is that of the stage', async () => {
    const { port, commands } = await mongod();
    const mine = new FedctlError('sts.federation-disabled', { message: 'Not enabled.' });
    const { path, failure, stages } = await attemptLogin({
      uri: `mongodb://localhost:${port}/`,
      tokenSource: { get: () => Promise.reject(mine) },
    });
    expect(path).toBe(`${BEFORE_CREDENTIAL}, credential fail`);
    expect(failure).toBe(mine);
    expect(stages.at(-1)).toEqual({
      id: 'credential',
      status: 'fail',
      startedAt: NOW,
      ms: 0,
      detail: 'Not enabled.',
      code: 'sts.federation-disabled',
    });
    expect(commands).not.toContain('saslStart');
  });

  test('the failure to find keys is that of the stage', async () => {
    const { port } = await mongod();
    const mine = new FedctlError('aws.credentials-missing', { message: 'No keys.' });
    const { path, failure } = await attemptLogin({
      uri: `mongodb://localhost:${port}/`,
      mechanism: 'MONGODB-AWS',
      credentials: () => Promise.reject(mine),
    });
    expect(path).toBe(`${BEFORE_CREDENTIAL}, credential fail`);
    expect(failure).toBe(mine);
  });
});

describe('authenticate', () => {
  test.each<[string, Act, string, number, string]>([
    [
      'says nothing',
      'silence',
      'mongo.auth-timeout',
      6,
      'The server did not respond to the login within 0.4 s.',
    ],
    ['closes', 'close', 'mongo.auth-interrupted', 6, 'The server closed the connection during the login.'],
    ['resets', 'reset', 'mongo.auth-interrupted', 6, 'The server closed the connection during the login.'],
    [
      'refuses with 8000',
      refusal(8000, 'AtlasError', 'bad auth : Authentication failed.'),
      'mongo.atlas-auth-error',
      4,
      'Atlas rejected the login and gave only the reason "bad auth : Authentication failed." (8000).',
    ],
    [
      'does not offer the mechanism',
      refusal(334, 'MechanismUnavailable', "Unsupported mechanism 'MONGODB-OIDC'"),
      'mongo.mechanism-unavailable',
      4,
      "The server does not offer MONGODB-OIDC: Unsupported mechanism 'MONGODB-OIDC'.",
    ],
    [
      'has a code of its own',
      refusal(20, 'IllegalOperation', 'not now'),
      'mongo.auth-failed',
      4,
      'The login failed: not now (20 IllegalOperation).',
    ],
  ])('a server that %s', async (_title, saslStart, code, exitCode, message) => {
    const { port } = await mongod({ saslStart });
    const { path, failure } = await attemptLogin({ uri: `mongodb://localhost:${port}/`, timeoutMs: SHORT });
    expect(path).toBe(`${BEFORE_AUTHENTICATE}, authenticate fail`);
    expect(failure).toMatchObject({ code, exitCode, message });
  });

  test('18 for a token: what the server saw beside what must match', async () => {
    const { port } = await mongod({
      saslStart: refusal(18, 'AuthenticationFailed', 'Authentication failed.'),
    });
    const { path, failure } = await attemptLogin({
      uri: `mongodb://localhost:${port}/`,
      tokenSource: {
        get: async () => ({ ...TOKEN, algorithm: 'ES384', expiresAt: new Date('2026-11-22T11:59:00Z') }),
      },
    });
    expect(path).toBe(`${BEFORE_AUTHENTICATE}, authenticate fail`);
    expect(failure).toMatchObject({
      code: 'mongo.oidc-refused',
      exitCode: 4,
      message: 'The server rejected the token and gave only the reason "Authentication failed." (18).',
      details: {
        evidence: [
          'iss  https://issuer.test',
          '     must be identical to the issuer URI of the identity provider',
          'aud  my-atlas',
          '     must be the audience of the identity provider',
          'sub  arn:aws:iam::123456789012:role/team/app',
          '     requires the database user <idpId>/arn:aws:iam::123456789012:role/team/app in $external',
          'exp  2026-11-22T11:59:00Z (EXPIRED 1 min ago)',
          'alg  ES384   MongoDB 7.0 and 8.0 accept RS256 only',
          'kid  RSA_0',
          '     must be in the key set that the issuer publishes',
          '     the identity provider must be connected to the organization of the cluster',
        ],
      },
    });
  });

  test.each([
    [
      KEYS,
      [
        'arn  arn:aws:iam::123456789012:role/app',
        '     requires a database user with this name in $external, AWS IAM type ROLE',
        '     the server cannot see the path of a role: use a role without a path',
      ],
    ],
    [
      { ...KEYS, arn: null, databaseUser: null },
      [
        'key  ASIAEXAMPLE, from environment (AWS_ACCESS_KEY_ID); its principal is unknown, because STS is unreachable',
      ],
    ],
  ])('18 for AWS keys: the ARN that the server saw', async (keys, evidence) => {
    const { port } = await mongod({
      saslContinue: refusal(18, 'AuthenticationFailed', 'Authentication failed.'),
    });
    const { path, failure } = await attemptLogin({
      uri: `mongodb://localhost:${port}/`,
      mechanism: 'MONGODB-AWS',
      credentials: async () => keys,
    });
    expect(path).toBe(`${BEFORE_AUTHENTICATE}, authenticate fail`);
    expect(failure).toMatchObject({
      code: 'mongo.aws-refused',
      exitCode: 4,
      message:
        'The server rejected the AWS credentials and gave only the reason "Authentication failed." (18).',
      details: { evidence },
    });
  });

  test.each<[string, (client: Buffer) => Buffer]>([
    ['that is too short', (nonce) => nonce],
    ['that does not continue ours', () => Buffer.alloc(64)],
  ])('a server nonce %s', async (_title, nonceOf) => {
    const { port, commands } = await mongod({
      saslStart: (command) => ({
        conversationId: 1,
        done: false,
        payload: serverFirst(command, nonceOf),
        ok: 1,
      }),
    });
    const { path, failure } = await attemptLogin({
      uri: `mongodb://localhost:${port}/`,
      mechanism: 'MONGODB-AWS',
    });
    expect(path).toBe(`${BEFORE_AUTHENTICATE}, authenticate fail`);
    expect(failure).toMatchObject({
      code: 'mongo.server-nonce-invalid',
      exitCode: 6,
      message: 'The server responded to the login with an invalid nonce or host.',
      remedy: 'Find out which server responds at this host and port before you continue.',
    });
    expect(commands).not.toContain('saslContinue');
  });

  test('a server that closes between the two steps of MONGODB-AWS', async () => {
    const { port } = await mongod({ saslContinue: 'close' });
    const { path, failure } = await attemptLogin({
      uri: `mongodb://localhost:${port}/`,
      mechanism: 'MONGODB-AWS',
    });
    expect(path).toBe(`${BEFORE_AUTHENTICATE}, authenticate fail`);
    expect(failure?.code).toBe('mongo.auth-interrupted');
  });
});

describe('after the login', () => {
  const denied = refusal(13, 'Unauthorized', 'not authorized');

  test.each<[string, string, Act, string, string]>([
    ['whoami', 'connectionStatus', 'silence', BEFORE_WHOAMI, 'connectionStatus timed out after 0.4 s.'],
    [
      'whoami',
      'connectionStatus',
      'close',
      BEFORE_WHOAMI,
      'connectionStatus failed: the connection was closed.',
    ],
    ['ping', 'ping', refusal(1, 'InternalError', 'no'), BEFORE_PING, 'ping failed: no (1 InternalError).'],
    ['write-probe', 'insert', 'silence', BEFORE_WRITING, 'writing to fedctl.probe timed out after 0.4 s.'],
    [
      'write-probe',
      'find',
      'close',
      BEFORE_WRITING,
      'writing to fedctl.probe failed: the connection was closed.',
    ],
  ])('%s: %s meets %j', async (stage, command, act, before, says) => {
    const { port } = await mongod({ [command]: act });
    const { path, failure } = await attemptLogin({
      uri: `mongodb://localhost:${port}/`,
      timeoutMs: SHORT,
      writeProbe: PROBE,
    });
    expect(path).toBe(`${before}, ${stage} fail`);
    expect(failure).toMatchObject({
      code: 'mongo.command-failed',
      exitCode: 6,
      message: `The login succeeded, but ${says}`,
    });
  });

  test.each<[string, string, string, string]>([
    ['whoami', 'connectionStatus', BEFORE_WHOAMI, 'connectionStatus'],
    ['write-probe', 'insert', BEFORE_WRITING, 'writing to fedctl.probe'],
    ['write-probe', 'delete', BEFORE_WRITING, 'writing to fedctl.probe'],
  ])('%s: %s is not allowed', async (stage, command, before, what) => {
    const { port } = await mongod({ [command]: denied });
    const { path, failure } = await attemptLogin({ uri: `mongodb://localhost:${port}/`, writeProbe: PROBE });
    expect(path).toBe(`${before}, ${stage} fail`);
    expect(failure).toMatchObject({
      code: 'mongo.unauthorized',
      exitCode: 4,
      message: `The login succeeded, but the server does not allow ${what}: not authorized.`,
      details: { code: 13 },
    });
  });

  test('a probe that goes wrong deletes its own document, and no other', async () => {
    const { port, received } = await mongod({ find: refusal(1, 'InternalError', 'no') });
    const { failure } = await attemptLogin({ uri: `mongodb://localhost:${port}/`, writeProbe: PROBE });
    expect(failure?.code).toBe('mongo.command-failed');
    const inserted = received.find((command) => command['insert'] === 'probe');
    const deleted = received.filter((command) => command['delete'] === 'probe');
    expect(deleted).toHaveLength(1);
    expect(deleted[0]?.['deletes']).toEqual([{ q: { _id: inserted?.['documents'][0]['_id'] }, limit: 1 }]);
  });

  test('a document that is not found again fails the probe', async () => {
    const { port } = await mongod({
      find: { cursor: { id: 0n, ns: 'fedctl.probe', firstBatch: [] }, ok: 1 },
    });
    const { failure } = await attemptLogin({ uri: `mongodb://localhost:${port}/`, writeProbe: PROBE });
    expect(failure).toMatchObject({
      code: 'mongo.command-failed',
      message: 'The login succeeded, but the test document inserted into fedctl.probe was not found.',
      remedy: 'Remove readPreference from the connection string.',
    });
  });
});
