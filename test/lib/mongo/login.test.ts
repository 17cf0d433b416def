import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Interruption } from '../../../src/lib/core/deadline.ts';
import type { StageId } from '../../../src/lib/ports/mongo.ts';
import { createTestCa, type ServerCertificate, type TestCa } from '../../support/certificates.ts';
import { type Behavior, hostileServer } from '../../support/hostile-server.ts';
import { attemptLogin, loopbackResolver, NOW, TOKEN } from '../../support/login.ts';
import {
  Compressed,
  HELLO,
  type Script,
  type ScriptedMongod,
  startScriptedMongod,
} from '../../support/scripted-mongod.ts';
import { socksProxyTo } from '../../support/socks-proxy.ts';

const IDENTITY = {
  user: 'idp/arn:aws:iam::123456789012:role/app',
  roles: [{ role: 'readWrite', db: 'fedctl' }],
  privileges: null,
};
const ALL = 'hello pass, credential pass, authenticate pass, whoami pass, ping pass';
const YESTERDAY = { notBefore: new Date(Date.now() - 2e8), notAfter: new Date(Date.now() - 1e8) };

const started: { close(): unknown }[] = [];
let directory: string;
let ca: TestCa;
let caFile: string;
let certificate: ServerCertificate;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fedctl-'));
  ca = await createTestCa();
  caFile = join(directory, 'ca.pem');
  await writeFile(caFile, ca.pem);
  certificate = await ca.issue(['localhost', 'db.example.net', 'a.example.net']);
});

afterEach(async () => {
  for (const each of started.splice(0)) await each.close();
});

afterAll(() => rm(directory, { recursive: true }));

async function mongod(script: Script = {}, tls?: TlsOptions): Promise<ScriptedMongod> {
  const server = await startScriptedMongod(script, tls);
  started.push(server);
  return server;
}

describe('a whole login', () => {
  test('by MONGODB-OIDC, with every stage as it was seen', async () => {
    const { port, received } = await mongod();
    const { stages, identity } = await attemptLogin({
      uri: `mongodb://localhost:${port}/`,
      writeProbe: { database: 'app', collection: 'probe' },
    });
    expect(identity).toEqual(IDENTITY);
    const startedAt = NOW;
    expect(stages).toEqual([
      {
        id: 'resolve',
        status: 'pass',
        startedAt,
        ms: 0,
        detail: 'localhost is 127.0.0.1',
        facts: { stage: 'resolve', hosts: [{ host: 'localhost', port, addresses: ['127.0.0.1'] }] },
      },
      {
        id: 'tcp',
        status: 'pass',
        startedAt,
        ms: 0,
        detail: `localhost:${port}`,
        facts: { stage: 'tcp', reached: [`localhost:${port}`], unreached: [] },
      },
      { id: 'tls', status: 'skip', startedAt, ms: 0, detail: 'loopback, without TLS' },
      {
        id: 'hello',
        status: 'pass',
        startedAt,
        ms: 0,
        detail: 'MongoDB 8.0 (wire version 25), standalone',
        facts: { stage: 'hello', wireVersion: 25, replicaSet: null, primary: null },
      },
      {
        id: 'credential',
        status: 'pass',
        startedAt,
        ms: 0,
        detail: 'token of arn:aws:iam::123456789012:role/team/app for my-atlas',
      },
      { id: 'authenticate', status: 'pass', startedAt, ms: 0, detail: 'MONGODB-OIDC' },
      {
        id: 'whoami',
        status: 'pass',
        startedAt,
        ms: 0,
        detail: 'idp/arn:aws:iam::123456789012:role/app with readWrite@fedctl',
        facts: { stage: 'whoami', ...IDENTITY },
      },
      { id: 'ping', status: 'pass', startedAt, ms: 0, detail: '' },
      {
        id: 'write-probe',
        status: 'pass',
        startedAt,
        ms: 0,
        detail: 'inserted, found and deleted a test document in app.probe',
      },
    ]);
    const hello = received.find((command) => 'client' in command);
    expect(hello?.['client']['application']).toEqual({ name: 'fedctl' });
    const insert = received.find((command) => 'insert' in command);
    expect(insert?.['documents'][0]).toMatchObject({ writtenBy: 'fedctl connect --write-probe' });
  });

  test('by MONGODB-AWS', async () => {
    const { port, commands } = await mongod();
    const { path, stages, identity } = await attemptLogin({
      uri: `mongodb://localhost:${port}/`,
      mechanism: 'MONGODB-AWS',
    });
    expect(identity).toEqual(IDENTITY);
    expect(path).toBe(`resolve pass, tcp pass, tls skip, ${ALL}`);
    expect(stages[4]?.detail).toBe(
      'credentials of arn:aws:sts::123456789012:assumed-role/app/me, from environment (AWS_ACCESS_KEY_ID)',
    );
    expect(commands).toEqual(['hello', 'hello', 'saslStart', 'saslContinue', 'connectionStatus', 'ping']);
  });

  test('to a replica set of which one seed is down', async () => {
    const { port: down, close } = await startScriptedMongod();
    await close();
    const server = await mongod({
      hello: () => ({
        ...HELLO,
        setName: 'rs0',
        hosts: [`localhost:${server.port}`],
        primary: `localhost:${server.port}`,
        me: `localhost:${server.port}`,
      }),
    });
    const { path, stages } = await attemptLogin({
      uri: `mongodb://localhost:${down},localhost:${server.port}/?replicaSet=rs0`,
    });
    expect(path).toBe(`resolve pass, tcp pass, tls skip, ${ALL}`);
    expect(stages.slice(0, 4).map(({ detail }) => detail)).toEqual([
      'localhost is 127.0.0.1; localhost is 127.0.0.1; replica set rs0',
      `localhost:${server.port}; localhost:${down} refused the connection`,
      'loopback, without TLS',
      `MongoDB 8.0 (wire version 25), replica set rs0, primary localhost:${server.port}`,
    ]);
    const primary = `localhost:${server.port}`;
    expect([stages[1]?.facts, stages[3]?.facts]).toEqual([
      { stage: 'tcp', reached: [primary], unreached: [`localhost:${down}`] },
      { stage: 'hello', wireVersion: 25, replicaSet: 'rs0', primary },
    ]);
  });

  test('to a private name behind SRV records, over TLS of a private CA', async () => {
    const { port } = await mongod({}, certificate);
    const { path, stages } = await attemptLogin({
      uri: `mongodb+srv://db.example.net/?tlsCAFile=${encodeURIComponent(caFile)}`,
      resolver: loopbackResolver({ srv: async () => [{ name: 'a.example.net', port }] }),
    });
    expect(path).toBe(`resolve pass, tcp pass, tls pass, ${ALL}`);
    expect(stages[0]?.detail).toBe(`SRV: a.example.net:${port}; a.example.net is 127.0.0.1`);
    expect(stages[2]?.detail).toMatch(
      /^TLSv1\.3, certificate of localhost, issued by fedctl test CA, expires .+Z \(.+\)$/,
    );
  });

  test('through a SOCKS5 proxy', async () => {
    const { port } = await mongod({}, certificate);
    const proxy = await listen(socksProxyTo(port));
    const { path, stages } = await attemptLogin({
      uri: `mongodb://db.example.net:1/?tls=true&tlsCAFile=${encodeURIComponent(caFile)}&proxyHost=127.0.0.1&proxyPort=${proxy}`,
    });
    expect(path).toBe(`resolve pass, tcp pass, tls pass, ${ALL}`);
    expect(stages.slice(0, 2).map(({ detail }) => detail)).toEqual([
      `the proxy 127.0.0.1:${proxy} resolves the host names`,
      `db.example.net:1 through 127.0.0.1:${proxy}`,
    ]);
  });
});

describe('privileges', () => {
  test('are asked for when the plan says so, and what makes no sense is left out', async () => {
    const authenticatedUserPrivileges = [
      { resource: { db: 'app', collection: '' }, actions: ['find', 7] },
      { resource: { cluster: true }, actions: ['listDatabases'] },
      { resource: { db: 'app', collection: { $gt: '' } }, actions: ['find'] },
      { resource: 'app', actions: ['find'] },
      'nonsense',
    ];
    const { port, received } = await mongod({
      connectionStatus: {
        authInfo: { authenticatedUsers: [{ user: 'u', db: '$external' }], authenticatedUserPrivileges },
        ok: 1,
      },
    });
    const { identity, stages } = await attemptLogin({
      uri: `mongodb://localhost:${port}/`,
      privileges: true,
    });
    const privileges = [
      { resource: { db: 'app', collection: '' }, actions: ['find'] },
      { resource: { cluster: true }, actions: ['listDatabases'] },
    ];
    expect(identity).toEqual({ user: 'u', roles: [], privileges });
    expect(stages.find(({ id }) => id === 'whoami')?.facts).toEqual({
      stage: 'whoami',
      user: 'u',
      roles: [],
      privileges,
    });
    expect(received.find((each) => 'connectionStatus' in each)).toMatchObject({ showPrivileges: true });
  });

  test('are null without the plan saying so, and where the server does not tell', async () => {
    const { port, received } = await mongod();
    const uri = `mongodb://localhost:${port}/`;
    expect((await attemptLogin({ uri })).identity).toEqual(IDENTITY);
    expect(received.find((each) => 'connectionStatus' in each)).toMatchObject({ showPrivileges: false });
    expect((await attemptLogin({ uri, privileges: true })).identity).toEqual(IDENTITY);
  });
});

describe('TLS', () => {
  test('the facts are of the certificate that ends first', async () => {
    const soon = new Date('2030-01-01T00:00:00Z');
    const later = new Date('2031-01-01T00:00:00Z');
    const notBefore = new Date(Date.now() - 1e6);
    const first = await mongod({}, await ca.issue(['a.example.net'], { notBefore, notAfter: later }));
    const second = await mongod({}, await ca.issue(['db.example.net'], { notBefore, notAfter: soon }));
    const { stages } = await attemptLogin({
      uri: `mongodb://a.example.net:${first.port},db.example.net:${second.port}/?tls=true&tlsCAFile=${encodeURIComponent(caFile)}`,
    });
    expect(stages[2]?.facts).toEqual({
      stage: 'tls',
      protocol: 'TLSv1.3',
      subject: 'db.example.net',
      issuer: 'fedctl test CA',
      expiresAt: soon,
    });
    expect(stages[2]?.detail).toContain('certificate of a.example.net, issued by fedctl test CA');
  });

  test('the detail says when a certificate that is not verified expired', async () => {
    const validity = {
      notBefore: new Date('2026-01-01T00:00:00Z'),
      notAfter: new Date('2026-11-20T12:00:00Z'),
    };
    const { port } = await mongod({}, await ca.issue(['localhost'], validity));
    const { stages } = await attemptLogin({ uri: `mongodb://localhost:${port}/?tls=true&tlsInsecure=true` });
    expect(stages[2]?.detail).toBe(
      'TLSv1.3, certificate of localhost, issued by fedctl test CA, expired 2026-11-20T12:00:00Z (2 d ago); not verified, because of tlsInsecure',
    );
  });

  test.each([
    [
      'of another CA',
      'mongo.tls-untrusted',
      /has a certificate that is not trusted on this machine: db\.example\.net, for db\.example\.net, issued by another CA, valid from \S+Z to \S+Z\.$/,
      'db.example.net',
    ],
    [
      'for another name',
      'mongo.tls-name-mismatch',
      /has a certificate for other names \([\w., -]+\), issued by fedctl test CA, valid from \S+Z to \S+Z\.$/,
      'c.example.net',
    ],
    [
      'of yesterday',
      'mongo.tls-expired',
      /has a certificate that expired on \S+Z: db\.example\.net, issued by fedctl test CA\.$/,
      'db.example.net',
    ],
  ])('a certificate %s', async (which, code, says, host) => {
    const other = await createTestCa('another CA');
    const shown =
      which === 'of another CA'
        ? await other.issue([host])
        : which === 'of yesterday'
          ? await ca.issue([host], YESTERDAY)
          : certificate;
    const { port, commands } = await mongod({}, shown);
    const { path, failure } = await attemptLogin({
      uri: `mongodb://${host}:${port}/?tls=true&tlsCAFile=${encodeURIComponent(caFile)}`,
    });
    expect(path).toBe('resolve pass, tcp pass, tls fail');
    expect(failure).toMatchObject({ code, exitCode: 6, message: expect.stringMatching(says) });
    expect(failure?.message).toMatch(new RegExp(`^${host}:${port} has a certificate `));
    expect(failure?.details['hosts']).toMatchObject([
      {
        host: `${host}:${port}`,
        certificate: { issuer: which === 'of another CA' ? 'another CA' : 'fedctl test CA' },
      },
    ]);
    expect(commands).toEqual([]);
  });

  test.each<[string, (socket: Socket) => void, string, string]>([
    ['no TLS', (socket) => socket.end('hello\n'), 'mongo.tls-failed', 'does not use TLS'],
    [
      'a cut',
      (socket) => socket.resetAndDestroy(),
      'mongo.tls-failed',
      'closed the connection during the TLS handshake',
    ],
    ['silence', () => {}, 'mongo.tls-timeout', 'did not respond to the TLS handshake in time'],
    [
      'alert 80',
      (socket) => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 80])),
      'mongo.tls-refused',
      'aborted the TLS handshake with an alert',
    ],
  ])('a handshake that meets %s', async (_title, act, code, says) => {
    const port = await listen((socket) => socket.once('data', () => act(socket)));
    const { path, failure } = await attemptLogin({
      uri: `mongodb://localhost:${port}/?tls=true`,
      timeoutMs: 400,
    });
    expect(path).toBe('resolve pass, tcp pass, tls fail');
    expect(failure).toMatchObject({ code, exitCode: 6, message: `localhost:${port} ${says}.` });
  });

  test('alert 80 points at the IP access list, another alert does not', async () => {
    const alert = async (description: number) => {
      const bytes = Buffer.from([21, 3, 3, 0, 2, 2, description]);
      const port = await listen((socket) => socket.once('data', () => socket.end(bytes)));
      return (await attemptLogin({ uri: `mongodb://localhost:${port}/?tls=true` })).failure;
    };
    expect((await alert(80))?.likelyCause).toBe(
      'Atlas sends a TLS alert to IP addresses that are not on the IP access list, and to every client of a paused cluster.',
    );
    expect((await alert(40))?.likelyCause).toMatch(/^The server rejected the TLS handshake \(ERR_SSL_/);
  });

  test('a CA file that is not there is told before anything is dialled', async () => {
    const { path, failure } = await attemptLogin({
      uri: 'mongodb://localhost/?tls=true&tlsCAFile=/no/ca.pem',
    });
    expect(path).toBe('');
    expect(failure).toMatchObject({
      code: 'usage.unreadable-input',
      message: 'Cannot read "/no/ca.pem": the file does not exist.',
    });
  });

  test.each(['tlsCAFile', 'tlsCertificateKeyFile'])(
    '%s is a pipe that nobody writes to: the time-out of a step bounds it',
    async (option) => {
      const pipe = join(directory, option);
      execFileSync('mkfifo', [pipe]);
      const { path, failure } = await attemptLogin({
        uri: `mongodb://localhost/?tls=true&${option}=${encodeURIComponent(pipe)}`,
        timeoutMs: 1000,
      });
      expect(path).toBe('');
      expect(failure).toMatchObject({
        code: 'usage.unreadable-input',
        message: `Cannot read "${pipe}": reading it took longer than 1 s.`,
      });
    },
  );
});

describe('who gets the token', () => {
  test('NODE_TLS_REJECT_UNAUTHORIZED does not switch verification off', async () => {
    const { port, commands } = await mongod(
      {},
      await (await createTestCa('another CA')).issue(['localhost']),
    );
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const { failure } = await attemptLogin({ uri: `mongodb://localhost:${port}/?tls=true` });
      expect(failure?.code).toBe('mongo.tls-untrusted');
      expect(commands).toEqual([]);
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    }
  });

  test('nor for the driver, when another certificate is shown after the first one was good', async () => {
    const bad = await (await createTestCa('another CA')).issue(['localhost']);
    let shown = 0;
    const { port, commands } = await mongod(
      {},
      {
        ...certificate,
        SNICallback: (_name, done) => done(null, createSecureContext(shown++ === 0 ? certificate : bad)),
      },
    );
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const uri = `mongodb://localhost:${port}/?tls=true&tlsCAFile=${encodeURIComponent(caFile)}`;
      const { path, failure } = await attemptLogin({ uri });
      expect(path).toBe('resolve pass, tcp pass, tls pass, hello fail');
      expect(failure).toMatchObject({
        code: 'mongo.tls-untrusted',
        message: `localhost:${port} has a certificate that is not trusted.`,
      });
      expect(commands).toEqual([]);
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    }
  });

  test('a plain server of this machine cannot send the login elsewhere', async () => {
    const elsewhere = await mongod({
      hello: () => ({ ...HELLO, setName: 'rs0', hosts: members(), primary: members()[0] }),
    });
    const members = () => [`db.example.net:${elsewhere.port}`];
    const local = await mongod({
      hello: () => ({
        ...HELLO,
        ismaster: false,
        isWritablePrimary: false,
        secondary: true,
        setName: 'rs0',
        hosts: members(),
      }),
    });
    let minted = 0;
    const { path, failure } = await attemptLogin({
      uri: `mongodb://localhost:${local.port}/?replicaSet=rs0`,
      tokenSource: {
        get: async () => {
          minted += 1;
          return TOKEN;
        },
      },
    });
    expect(path).toBe('resolve pass, tcp pass, tls skip, hello fail');
    expect(failure).toMatchObject({
      code: 'mongo.plaintext-refused',
      exitCode: 2,
      message: `The server reports db.example.net:${elsewhere.port} as a member of its replica set, but fedctl does not log in to this member without TLS.`,
    });
    expect(minted).toBe(0);
    expect([...local.commands, ...elsewhere.commands]).not.toContain('saslStart');
  });

  test('nothing is dialled where TLS would be missing', async () => {
    const { path, failure } = await attemptLogin({ uri: 'mongodb://db.example.net/' });
    expect(path).toBe('');
    expect(failure?.code).toBe('mongo.plaintext-refused');
  });
});

test('an option that the driver does not accept is told before anything is dialled, without a secret', async () => {
  const { path, failure } = await attemptLogin({
    uri: 'mongodb://localhost/?readConcernLevel=majority&directConnection=true&loadBalanced=true&proxyHost=127.0.0.1&proxyUsername=u&proxyPassword=hunter2',
  });
  expect(path).toBe('');
  expect(failure).toMatchObject({
    code: 'mongo.uri-invalid',
    exitCode: 2,
    message:
      'The driver rejects the connection string: loadBalanced option not supported when directConnection is provided.',
    remedy: 'Correct the option in the connection string, or remove it.',
  });
  expect(failure?.cause).toBeUndefined();
});

describe('a compressed message, which nobody asked for', () => {
  const BOMB = new Compressed(64 * 1024 * 1024);

  test.each(['', '?compressors=zlib', '?compressors=snappy,zstd,zlib&zlibCompressionLevel=9'])(
    'is not inflated before the login (%s)',
    async (options) => {
      const { port, received } = await mongod({ hello: () => BOMB });
      const { path, failure } = await attemptLogin({ uri: `mongodb://localhost:${port}/${options}` });
      expect(path).toBe('resolve pass, tcp pass, tls skip, hello fail');
      expect(failure).toMatchObject({
        code: 'mongo.hello-failed',
        exitCode: 6,
        message: `localhost:${port} responded to hello with a compressed message, although fedctl offers no compression.`,
        details: { protocol: 'OP_COMPRESSED' },
      });
      expect(received[0]).toMatchObject({ compression: ['none'] });
    },
  );

  test.each([
    ['saslStart', 'mongo.auth-interrupted'],
    ['connectionStatus', 'mongo.command-failed'],
    ['ping', 'mongo.command-failed'],
  ])('nor in answer to %s', async (command, code) => {
    const { port } = await mongod({ [command]: () => BOMB });
    const { failure } = await attemptLogin({ uri: `mongodb://localhost:${port}/?compressors=zlib` });
    expect(failure).toMatchObject({ code, exitCode: 6 });
  });
});

test.each([
  [{ ok: 1 }],
  [{ authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] }, ok: 1 }],
  [{ authInfo: { authenticatedUsers: [{ user: 7, db: '$external' }] }, ok: 1 }],
  [{ authInfo: { authenticatedUsers: 'me' }, ok: 1 }],
])('a server that lets everybody in and names nobody is not believed: %j', async (connectionStatus) => {
  const { port } = await mongod({ connectionStatus });
  const { path, failure } = await attemptLogin({ uri: `mongodb://localhost:${port}/` });
  expect(path).toBe(
    'resolve pass, tcp pass, tls skip, hello pass, credential pass, authenticate pass, whoami fail',
  );
  expect(failure).toMatchObject({
    code: 'mongo.user-unnamed',
    exitCode: 6,
    message: 'The server accepted the login, but reports no authenticated user.',
    remedy:
      'Run "fedctl check --negative" to test whether the server rejects a token for a different audience.',
  });
});

describe('an interruption', () => {
  const interruption = new Interruption('interrupted');

  /** Interrupts when `reached` resolves, and returns how long the login then took to end, in milliseconds. */
  async function endAfter(reached: Promise<unknown>, attempt: Parameters<typeof attemptLogin>[0]) {
    const controller = new AbortController();
    const login = attemptLogin({ timeoutMs: 60_000, ...attempt, signal: controller.signal });
    login.catch(() => {});
    await reached;
    const since = Date.now();
    controller.abort(interruption);
    await expect(login).rejects.toBe(interruption);
    return Date.now() - since;
  }

  test('in resolve', async () => {
    const resolver = loopbackResolver({ addresses: () => new Promise(() => {}) });
    const took = await endAfter(Promise.resolve(), { uri: 'mongodb://localhost/', resolver });
    expect(took).toBeLessThan(1000);
  });

  test('in tls', async () => {
    let arrived = () => {};
    const reached = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const port = await listen((socket) => socket.once('data', () => arrived()));
    expect(await endAfter(reached, { uri: `mongodb://localhost:${port}/?tls=true` })).toBeLessThan(1000);
  });

  test.each<[StageId, string]>([
    ['hello', 'hello'],
    ['authenticate', 'saslStart'],
    ['whoami', 'connectionStatus'],
    ['ping', 'ping'],
    ['write-probe', 'insert'],
    ['write-probe', 'find'],
  ])('in %s, while %s is not answered', async (_stage, command) => {
    let arrived = () => {};
    const reached = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { port } = await mongod({
      [command]: () => {
        arrived();
        return 'silence';
      },
    });
    const took = await endAfter(reached, {
      uri: `mongodb://localhost:${port}/`,
      writeProbe: { database: 'fedctl', collection: 'probe' },
    });
    expect(took).toBeLessThan(1000);
  });

  test('in credential', async () => {
    const { port } = await mongod();
    let arrived = () => {};
    const reached = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const get = () => {
      arrived();
      return new Promise<never>(() => {});
    };
    expect(
      await endAfter(reached, { uri: `mongodb://localhost:${port}/`, tokenSource: { get } }),
    ).toBeLessThan(1000);
  });
});

async function listen(serve: Behavior): Promise<number> {
  const server = await hostileServer(serve);
  started.push(server);
  return server.port;
}
