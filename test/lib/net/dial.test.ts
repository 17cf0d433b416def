import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Resolver } from '../../../src/lib/core/context.ts';
import { Interruption } from '../../../src/lib/core/deadline.ts';
import { Secret } from '../../../src/lib/core/secret.ts';
import { dialName, dialTcp } from '../../../src/lib/net/dial.ts';
import { dialThroughProxy } from '../../../src/lib/net/dial-proxy.ts';
import { closedPort, listenOnLoopback } from '../../support/listen.ts';

const servers: Server[] = [];
const sockets: Socket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function listen(serve: (socket: Socket) => void = () => {}): Promise<number> {
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  servers.push(server);
  return listenOnLoopback(server);
}

function bounds(timeoutMs = 5000, signal = new AbortController().signal) {
  return { timeoutMs, signal };
}

function resolver(addresses: Resolver['addresses']): Resolver {
  const none = () => Promise.reject(new Error('not asked'));
  return { addresses, srv: none, txt: none };
}

const never = () => new Promise<never>(() => {});
const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

describe('a name', () => {
  test('has the addresses that the resolver says', async () => {
    const two = resolver(async () => [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ]);
    expect(await dialName(two, 'db.test', bounds())).toEqual({ ok: true, value: ['127.0.0.1', '::1'] });
  });

  test.each([
    ['ENOTFOUND', 'unknown-host'],
    ['ENODATA', 'unknown-host'],
    ['EAI_AGAIN', 'resolver-failed'],
    ['ECONNREFUSED', 'resolver-failed'],
  ])('%s is %s', async (code, fault) => {
    expect(await dialName(resolver(failing(code)), 'db.test', bounds())).toMatchObject({ ok: false, fault });
  });

  test('a resolver that does not answer is a timeout', async () => {
    expect(await dialName(resolver(never), 'db.test', bounds(20))).toMatchObject({
      ok: false,
      fault: 'timeout',
    });
  });

  test('an interruption is thrown as it is', async () => {
    const controller = new AbortController();
    const dialling = dialName(resolver(never), 'db.test', bounds(60_000, controller.signal));
    const reason = new Interruption('interrupted');
    controller.abort(reason);
    await expect(dialling).rejects.toBe(reason);
  });
});

describe('a port', () => {
  test('that is open gives a socket', async () => {
    const port = await listen();
    const dialled = await dialTcp({ host: 'db.test', port }, ['127.0.0.1'], bounds());
    if (!dialled.ok) throw dialled.cause;
    expect(dialled.value.remotePort).toBe(port);
    dialled.value.destroy();
  });

  test('is found behind the second address too', async () => {
    const port = await listen();
    const dialled = await dialTcp({ host: 'db.test', port }, ['127.0.0.2', '127.0.0.1'], bounds());
    expect(dialled.ok).toBe(true);
    if (dialled.ok) dialled.value.destroy();
  });

  test('that is closed refuses', async () => {
    const port = await closedPort();
    expect(await dialTcp({ host: '127.0.0.1', port }, ['127.0.0.1'], bounds())).toMatchObject({
      ok: false,
      fault: 'refused',
    });
  });
});

describe('through a SOCKS5 proxy', () => {
  test('the proxy is told the name and the port, and who asks', async () => {
    const asked: string[] = [];
    const port = await listen((socket) => scriptedProxy(socket, asked));
    const proxy = { host: 'proxy.test', port, username: 'u', password: new Secret('p') };
    const dialled = await dialThroughProxy({ host: 'db.test', port: 27017 }, proxy, ['127.0.0.1'], bounds());
    expect(dialled.ok).toBe(true);
    expect(asked).toEqual(['u:p', 'db.test:27017']);
    if (dialled.ok) dialled.value.destroy();
  });

  test('that refuses, closes or is no proxy, the fault is the proxy', async () => {
    const to = { host: 'db.test', port: 27017 };
    const anonymous = { host: 'proxy.test', username: null, password: null };
    const refusing = await listen((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.from([5, 0]));
        socket.once('data', () => socket.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])));
      });
    });
    const closing = await listen((socket) => socket.end());
    const web = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    for (const port of [refusing, closing, web, await closedPort()]) {
      expect(await dialThroughProxy(to, { ...anonymous, port }, ['127.0.0.1'], bounds())).toMatchObject({
        ok: false,
        fault: 'proxy',
      });
    }
  });

  test('that says nothing ends with the bound, and at once when interrupted', async () => {
    const port = await listen();
    const to = { host: 'db.test', port: 27017 };
    const proxy = { host: 'proxy.test', port, username: null, password: null };
    expect(await dialThroughProxy(to, proxy, ['127.0.0.1'], bounds(50))).toMatchObject({ fault: 'proxy' });
    const controller = new AbortController();
    const reason = new Interruption('interrupted');
    const dialling = dialThroughProxy(to, proxy, ['127.0.0.1'], bounds(60_000, controller.signal));
    servers.at(-1)?.once('connection', () => controller.abort(reason));
    await expect(dialling).rejects.toBe(reason);
  });
});

/** Asks for user and password (RFC 1929) and grants everything. */
function scriptedProxy(socket: Socket, asked: string[]): void {
  socket.once('data', () => {
    socket.write(Buffer.from([5, 2]));
    socket.once('data', (login: Buffer) => {
      const userEnd = 2 + login.readUInt8(1);
      asked.push(`${login.toString('utf8', 2, userEnd)}:${login.toString('utf8', userEnd + 1)}`);
      socket.write(Buffer.from([1, 0]));
      socket.once('data', (request: Buffer) => {
        const end = 5 + request.readUInt8(4);
        asked.push(`${request.toString('utf8', 5, end)}:${request.readUInt16BE(end)}`);
        socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 80]));
      });
    });
  });
}
