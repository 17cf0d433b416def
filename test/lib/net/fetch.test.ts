import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { deadline } from '../../../src/lib/core/deadline.ts';
import type { FetchRequest } from '../../../src/lib/core/fetch.ts';
import { createFetch } from '../../../src/lib/net/fetch.ts';
import { transportFault } from '../../../src/lib/net/transport-fault.ts';
import { createTestCa, type ServerCertificate } from '../../support/certificates.ts';
import * as hostile from '../../support/hostile-server.ts';
import { latch } from '../../support/latch.ts';
import { connectProxy, loopbackServer } from '../../support/loopback-server.ts';

const HOST = 'issuer.fedctl.test';
const KIB = 1024;
let directory: string;
let bundle: string;
let certificate: ServerCertificate;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fedctl-net-'));
  bundle = join(directory, 'ca.pem');
  const ca = await createTestCa();
  await writeFile(bundle, ca.pem);
  certificate = await ca.issue(['127.0.0.1', 'localhost', HOST]);
});

afterAll(() => rm(directory, { recursive: true }));

type Env = Parameters<typeof createFetch>[0];

async function ask(url: string, env: Env = {}, request: Partial<FetchRequest> = {}) {
  const { signal } = new AbortController();
  return await createFetch(env)(new URL(url), { maxBytes: 64 * KIB, signal, ...request });
}

/** What became of a request: its body, or the code of the error. */
async function outcome(...asked: Parameters<typeof ask>): Promise<unknown> {
  return await ask(...asked).then(
    ({ body }) => body,
    (error: unknown) => transportFault(error)?.code ?? error,
  );
}

describe('directly', () => {
  test('sends plain HTTP requests to loopback without the configured proxy', async () => {
    await using server = await loopbackServer(() => ({ body: 'hello' }));
    expect(await outcome(server.url, { HTTP_PROXY: 'http://127.0.0.1:1' })).toBe('hello');
  });

  test('https with AWS_CA_BUNDLE', async () => {
    await using server = await loopbackServer((request) => ({ body: request.body }), certificate);
    const request = { method: 'PUT', body: 'hello', headers: { 'x-test': '1' } } as const;
    expect(await outcome(server.url, { AWS_CA_BUNDLE: bundle }, request)).toBe('hello');
    expect(server.requests).toMatchObject([
      {
        method: 'PUT',
        headers: {
          'x-test': '1',
          'content-length': '5',
          'accept-encoding': 'identity',
          'user-agent': 'fedctl',
        },
      },
    ]);
  });

  test('https without it is refused', async () => {
    await using server = await loopbackServer(() => ({}), certificate);
    expect(await outcome(server.url)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    expect(server.requests).toEqual([]);
  });

  test('verifies https certificates even if NODE_TLS_REJECT_UNAUTHORIZED is 0', async () => {
    await using server = await loopbackServer(() => ({}), certificate);
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      expect(await outcome(server.url)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    }
    expect(server.requests).toEqual([]);
  });

  test('the bundle does not displace NODE_EXTRA_CA_CERTS', async () => {
    const other = join(directory, 'other.pem');
    await writeFile(other, (await createTestCa('another CA')).pem);
    await using server = await loopbackServer(() => ({ body: 'hello' }), certificate);
    const env = { AWS_CA_BUNDLE: other, NODE_EXTRA_CA_CERTS: bundle };
    expect(await outcome(server.url, env)).toBe('hello');
  });

  test('a redirect is a response', async () => {
    const location = 'https://elsewhere.example';
    await using server = await loopbackServer(() => ({ status: 302, headers: { location } }));
    expect(await ask(server.url)).toMatchObject({ status: 302, headers: { location }, body: '' });
    expect(server.requests).toHaveLength(1);
  });

  test('an error of the server is a response', async () => {
    await using server = await loopbackServer(() => ({ status: 503, body: 'no' }));
    expect(await ask(server.url)).toMatchObject({ status: 503, body: 'no' });
  });

  test('a port that browsers block is a port like any other', async () => {
    const closed = 1; // tcpmux: nobody but root listens there
    expect(await outcome(`http://127.0.0.1:${closed}/`)).toBe('ECONNREFUSED');
  });
});

describe('through a proxy', () => {
  test('the target is trusted by AWS_CA_BUNDLE, and the proxy gets its password', async () => {
    await using server = await loopbackServer(() => ({ body: 'hello' }), certificate);
    await using proxy = await connectProxy(server.port);
    const env = { HTTPS_PROXY: proxy.url.replace('//', '//user:p%40ss@'), AWS_CA_BUNDLE: bundle };
    expect(await outcome(`https://${HOST}/keys`, env)).toBe('hello');
    expect(server.requests[0]?.path).toBe('/keys');
    expect(proxy.tunnels).toEqual([
      { target: `${HOST}:443`, authorization: `Basic ${Buffer.from('user:p@ss').toString('base64')}` },
    ]);
  });

  test('a target that nobody vouches for is refused', async () => {
    await using server = await loopbackServer(() => ({}), certificate);
    await using proxy = await connectProxy(server.port);
    expect(await outcome(`https://${HOST}`, { HTTPS_PROXY: proxy.url })).toBe(
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    );
    expect(server.requests).toEqual([]);
  });

  test('a target whose certificate names another host is refused', async () => {
    await using server = await loopbackServer(() => ({}), certificate);
    await using proxy = await connectProxy(server.port);
    const env = { HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: bundle };
    expect(await outcome('https://other.fedctl.test', env)).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(await outcome('https://192.0.2.1', env)).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(server.requests).toEqual([]);
  });

  test('a proxy that refuses is told', async () => {
    await using proxy = await connectProxy(1, { status: 407 });
    expect(await outcome(`https://${HOST}`, { HTTPS_PROXY: proxy.url })).toBe('HTTP 407');
  });

  test('a proxy that is silent is let go of with the request', async () => {
    const gone = latch();
    const proxy = await hostile.hostileServer((socket) => socket.on('close', () => gone.resolve()));
    const signal = deadline(new AbortController().signal, 100);
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    await expect(ask(`https://${HOST}`, env, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
    await gone.promise;
    await proxy.close();
  });

  test('a proxy whose answer does not end is cut off', async () => {
    const proxy = await hostile.hostileServer(
      hostile.endless('HTTP/1.1 200 OK\r\n', `x-more: ${'y'.repeat(4000)}\r\n`),
    );
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    expect(await outcome(`https://${HOST}`, env)).toBe('ERR_PROXY');
    await proxy.close();
  });
});

describe('a body', () => {
  let server: hostile.HostileServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });
  const serve = async (behave: hostile.Behavior) => {
    server = await hostile.hostileServer(behave);
    return `http://127.0.0.1:${server.port}/`;
  };

  test('of the largest size is read, and one byte more is too large', async () => {
    const url = await serve(hostile.byRequest(() => hostile.http(200, {}, 'x'.repeat(KIB))));
    expect((await ask(url, {}, { maxBytes: KIB })).body).toHaveLength(KIB);
    expect((await ask(url, {}, { maxBytes: KIB - 1 })).body).toBeNull();
  });

  test('without an end is cut off', async () => {
    const url = await serve(
      hostile.endless(hostile.chunkedHead('text/plain'), `400\r\n${'x'.repeat(KIB)}\r\n`),
    );
    expect((await ask(url)).body).toBeNull();
  });

  test('of which nothing is asked for is not waited for', async () => {
    const url = await serve(hostile.stallsAfter('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n'));
    expect(await ask(url, {}, { maxBytes: 0 })).toMatchObject({ status: 200, body: null });
  });

  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('in %s is decompressed, up to the same size', async (encoding, compress) => {
    const send = (text: string) => hostile.http(200, { 'content-encoding': encoding }, compress(text));
    const bomb = 'x'.repeat(1024 * KIB);
    const url = await serve(
      hostile.byRequest((request) => send(request.startsWith('GET /bomb') ? bomb : 'hello')),
    );
    expect((await ask(url)).body).toBe('hello');
    expect((await ask(`${url}bomb`)).body).toBeNull();
  });

  test.each(['gzip', 'deflate', 'br'])(
    'of which only the encoding is there is empty: %s',
    async (encoding) => {
      const url = await serve(hostile.answers(hostile.http(403, { 'content-encoding': encoding })));
      expect(await ask(url)).toMatchObject({ status: 403, body: '' });
    },
  );

  test('that is not what its encoding says is an error', async () => {
    const url = await serve(hostile.answers(hostile.http(200, { 'content-encoding': 'gzip' }, 'no gzip')));
    expect(await outcome(url)).toBe('Z_DATA_ERROR');
  });

  test('that is cut off is an error', async () => {
    const url = await serve(hostile.answers('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{'));
    expect(await outcome(url)).toBe('ECONNRESET');
  });

  test.each(['content-length: 9', 'content-encoding: gzip\r\ncontent-length: 9'])(
    'that stalls is bounded by the signal: %s',
    async (head) => {
      const url = await serve(hostile.stallsAfter(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n`));
      const signal = deadline(new AbortController().signal, 100);
      await expect(ask(url, {}, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
    },
  );
});

describe('the signal', () => {
  test('that has fired lets nothing be sent', async () => {
    await using server = await loopbackServer(() => ({}));
    const reason = new Error('stopped');
    await expect(ask(server.url, {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(server.requests).toEqual([]);
  });

  test('ends the request with its own reason', async () => {
    const controller = new AbortController();
    const reason = new Error('stopped');
    await using server = await loopbackServer(() => {
      controller.abort(reason);
      return null;
    });
    await expect(ask(server.url, {}, { signal: controller.signal })).rejects.toBe(reason);
  });
});

describe('in a process of its own', () => {
  /** Runs statements that find `ask(url, request)` and `deadline`, as a program does that uses the package. */
  async function program(statements: string, env: Env = {}): Promise<string> {
    const module = (name: string) => JSON.stringify(new URL(`../../../dist/lib/${name}.js`, import.meta.url));
    const code = `
      import { deadline } from ${module('core/deadline')};
      import { createFetch } from ${module('net/fetch')};
      const { signal } = new AbortController();
      const fetch = createFetch(process.env);
      const ask = (url, request) => fetch(new URL(url), { maxBytes: 1024, signal, ...request });
      ${statements}`;
    const options = ['--expose-gc', '--input-type=module', '-e', code];
    const { stdout } = await promisify(execFile)(process.execPath, options, {
      env: { PATH: process.env.PATH, ...env },
    });
    return stdout;
  }

  /** Takes CONNECT for what it is, answers everything else, and never closes. */
  const neverCloses: hostile.Behavior = (socket) =>
    socket.on('data', (chunk: Buffer) => {
      const isConnect = chunk.toString('latin1').startsWith('CONNECT');
      socket.write(
        isConnect ? 'HTTP/1.1 200 OK\r\n\r\n' : hostile.http(200, { connection: 'keep-alive' }, 'hello'),
      );
    });

  test.each(['directly', 'through a proxy'])(
    '%s, a connection serves the next request and keeps no process alive',
    async (way) => {
      const server = await hostile.hostileServer(neverCloses);
      const address = `http://127.0.0.1:${server.port}`;
      const url = way === 'directly' ? address : 'http://api.fedctl.test';
      const twice = `for (let n = 0; n < 2; n += 1) console.log((await ask('${url}')).body);`;
      expect(await program(twice, { HTTP_PROXY: address })).toBe('hello\nhello\n');
      expect(server.connections()).toBe(1);
      await server.close();
    },
  );

  test('the deadline still applies after garbage collection', async () => {
    const server = await hostile.hostileServer(
      hostile.stallsAfter('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{'),
    );
    const waiting = `
      const work = ask('http://127.0.0.1:${server.port}', { signal: deadline(signal, 500) });
      for (let n = 0; n < 4; n += 1) { gc(); await new Promise((done) => setTimeout(done, 50)); }
      await work.catch((error) => console.log(error.name));`;
    expect(await program(waiting)).toBe('TimeoutError\n');
    await server.close();
  });

  test('ignores the proxy setting of Node.js (NODE_USE_ENV_PROXY)', async () => {
    await using server = await loopbackServer(() => ({ body: 'hello' }));
    await using proxy = await connectProxy(server.port);
    const env = { HTTP_PROXY: proxy.url, NODE_USE_ENV_PROXY: '1' };
    expect(await program(`console.log((await ask('${server.url}')).body);`, env)).toBe('hello\n');
    expect(proxy.tunnels).toEqual([]);
  });
});

describe('a CA bundle that cannot be used', () => {
  test.each<[string, string | null, string]>([
    ['absent.pem', null, 'cannot be read'],
    ['empty.pem', 'no certificate', 'has no PEM certificate'],
    [
      'damaged.pem',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      'has a damaged certificate (number 1)',
    ],
  ])('%s', async (name, content, why) => {
    const path = join(directory, name);
    if (content !== null) await writeFile(path, content);
    await expect(ask('https://127.0.0.1:1', { AWS_CA_BUNDLE: path })).rejects.toMatchObject({
      code: 'net.ca-bundle-invalid',
      message: `AWS_CA_BUNDLE specifies ${path}, which ${why}.`,
      exitCode: 2,
    });
  });
});
