import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Interruption } from '../../../src/lib/core/deadline.ts';
import { dialTcp } from '../../../src/lib/net/dial.ts';
import { dialTls, type TlsSettings } from '../../../src/lib/net/dial-tls.ts';
import { createTestCa, type TestCa } from '../../support/certificates.ts';
import { listenOnLoopback } from '../../support/listen.ts';

const HOUR = 3_600_000;
const YESTERDAY = {
  notBefore: new Date(Date.now() - 48 * HOUR),
  notAfter: new Date(Date.now() - 24 * HOUR),
};
const STRICT = { verify: true, verifyName: true } as const;
const open: (Server | Socket)[] = [];
let ca: TestCa;

beforeAll(async () => {
  ca = await createTestCa();
});

afterEach(() => {
  for (const each of open.splice(0)) 'destroy' in each ? each.destroy() : each.close();
});

async function listen(server: Server): Promise<number> {
  open.push(server);
  server.on('connection', (socket) => open.push(socket.on('error', () => {})));
  server.on('tlsClientError', () => {});
  return listenOnLoopback(server);
}

async function dial(
  port: number,
  settings: Partial<TlsSettings> = {},
  host = 'localhost',
  timeoutMs = 5000,
  signal = new AbortController().signal,
) {
  const bounds = { timeoutMs, signal };
  const reached = await dialTcp({ host, port }, ['127.0.0.1'], bounds);
  if (!reached.ok) throw reached.cause;
  const dialled = await dialTls(
    reached.value,
    { host, port },
    { ...STRICT, ca: ca.pem, ...settings },
    bounds,
  );
  if (dialled.ok) dialled.value.socket.destroy();
  return dialled;
}

async function tlsServer(options: TlsOptions): Promise<number> {
  return listen(createTlsServer(options));
}

test('a good certificate tells its facts', async () => {
  const port = await tlsServer(await ca.issue(['localhost']));
  const dialled = await dial(port);
  if (!dialled.ok) throw dialled.cause;
  expect(dialled.value.facts).toEqual({
    protocol: 'TLSv1.3',
    subject: 'localhost',
    issuer: 'fedctl test CA',
    expiresAt: expect.any(Date),
  });
});

describe('a certificate', () => {
  test('of a CA that nobody knows is untrusted', async () => {
    const other = await createTestCa('another CA');
    const port = await tlsServer(await other.issue(['localhost']));
    expect(await dial(port)).toMatchObject({ ok: false, fault: 'untrusted' });
  });

  test('for another name has the wrong name, unless names go unchecked', async () => {
    const port = await tlsServer(await ca.issue(['other.test']));
    expect(await dial(port)).toMatchObject({ ok: false, fault: 'wrong-name' });
    expect(await dial(port, { verifyName: false })).toMatchObject({ ok: true });
  });

  test('of yesterday is out of date', async () => {
    const port = await tlsServer(await ca.issue(['localhost'], YESTERDAY));
    expect(await dial(port)).toMatchObject({ ok: false, fault: 'out-of-date' });
    expect(await dial(port, { verify: false })).toMatchObject({ ok: true });
  });
});

describe('a server that', () => {
  test('answers with alert 80, as Atlas does to strangers, is told by its code', async () => {
    const alert = Buffer.from([21, 3, 3, 0, 2, 2, 80]);
    const port = await listen(createServer((socket) => socket.once('data', () => socket.end(alert))));
    const dialled = await dial(port);
    expect(dialled).toMatchObject({ ok: false, fault: 'alert' });
    expect(dialled).toHaveProperty('cause.code', 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR');
  });

  test('speaks no TLS at all', async () => {
    const port = await listen(
      createServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))),
    );
    expect(await dial(port)).toMatchObject({ ok: false, fault: 'no-tls' });
  });

  test('cuts the connection', async () => {
    const port = await listen(createServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
    expect(await dial(port)).toMatchObject({ ok: false, fault: 'cut' });
    const closing = await listen(createServer((socket) => socket.once('data', () => socket.end())));
    expect(await dial(closing)).toMatchObject({ ok: false, fault: 'cut' });
  });

  test('stalls ends with the bound, and at once when interrupted', async () => {
    const server = createServer(() => {});
    const port = await listen(server);
    expect(await dial(port, {}, 'localhost', 50)).toMatchObject({ ok: false, fault: 'timeout' });
    const controller = new AbortController();
    const reason = new Interruption('interrupted');
    server.once('connection', (socket) => socket.once('data', () => controller.abort(reason)));
    await expect(dial(port, {}, 'localhost', 60_000, controller.signal)).rejects.toBe(reason);
  });
});
