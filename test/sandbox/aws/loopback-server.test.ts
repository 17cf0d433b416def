import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type LabServerOptions,
  type LoopbackServer,
  startLoopbackServer,
} from '../../../src/sandbox/aws/loopback-server.ts';
import { createCertificates } from '../../../src/sandbox/certificates.ts';
import { listenOnLoopback } from '../../support/listen.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function start(given: Partial<LabServerOptions> = {}): Promise<LoopbackServer> {
  const server = await startLoopbackServer({
    name: 'echo',
    host: '127.0.0.1',
    port: 0,
    tls: undefined,
    answer: async ({ method, target, body }) => ({
      status: 200,
      headers: {},
      body: `${method} ${target} ${body}`,
    }),
    ...given,
  });
  open.push(server);
  return server;
}

/** Sends bytes as they are, and reads until the server closes. */
async function raw(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(bytes);
  return await text(socket);
}

describe('a server of the lab', () => {
  it('hands on requests and answers', async () => {
    const { url } = await start();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const answer = await fetch(`${url}/a?b=c`, { method: 'POST', body: 'd' });
    expect([answer.status, await answer.text()]).toEqual([200, 'POST /a?b=c d']);
  });

  it('answers 500 when the answer fails, and goes on', async () => {
    let calls = 0;
    const { url } = await start({
      answer: async () => {
        calls += 1;
        if (calls === 1) throw new Error('a bug');
        return { status: 204, headers: {}, body: '' };
      },
    });
    expect((await fetch(url)).status).toBe(500);
    expect((await fetch(url)).status).toBe(204);
  });

  it('takes 512 KiB and refuses more', async () => {
    const { url } = await start({
      answer: async ({ body }) => ({ status: 200, headers: {}, body: `${body.length}` }),
    });
    const send = (size: number) => fetch(url, { method: 'POST', body: 'x'.repeat(size) });
    expect(await (await send(524_288)).text()).toBe('524288');
    expect((await send(524_289)).status).toBe(413);
  });

  it('answers what is no HTTP with 400, and outlives a client that goes away', async () => {
    const { url } = await start();
    expect(await raw(url, '\x16\x03\x01\x00\x05hello\r\n\r\n')).toBe(
      'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n',
    );
    const leaver = connect(Number(new URL(url).port), '127.0.0.1');
    leaver.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf');
    await once(leaver, 'connect');
    leaver.destroy();
    expect((await fetch(url)).status).toBe(200);
  });

  it('closes within a second, whatever is open: idle, half a request, an answer that never comes', async () => {
    let asked = () => {};
    const reached = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const server = await start({
      answer: () => {
        asked();
        return new Promise(() => {});
      },
    });
    const port = Number(new URL(server.url).port);
    const sockets = ['', 'GET / HTTP/1.1\r\n', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'].map((bytes) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(bytes);
      return socket;
    });
    await Promise.all([
      reached,
      ...sockets.map((socket) => (socket.connecting ? once(socket, 'connect') : null)),
    ]);
    const closed = Promise.all(sockets.map((socket) => once(socket, 'close')));
    const started = performance.now();
    await server.close();
    await closed;
    expect(performance.now() - started).toBeLessThan(1000);
    await server.close();
  });
});

describe('a server under TLS', () => {
  it('closes within a second, although a client never ends its handshake', async () => {
    const server = await start({ tls: await createCertificates(new Date()) });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(Buffer.from('16030100c8010000c4', 'hex'));
    const started = performance.now();
    await server.close();
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('a server that cannot start', () => {
  async function taken(): Promise<{ port: number }> {
    const server: Server = createServer();
    open.push({ close: () => server.close() });
    return { port: await listenOnLoopback(server) };
  }

  it('says that its port is taken', async () => {
    const { port } = await taken();
    await expect(start({ name: 'STS', port })).rejects.toMatchObject({
      code: 'lab.port-taken',
      message: `The lab's STS cannot listen on 127.0.0.1:${port}: the port is in use.`,
      exitCode: 2,
    });
  });

  it('says where it could not listen', async () => {
    await expect(start({ name: 'IAM', host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'lab.start-failed',
      message: "The lab's IAM cannot listen on 192.0.2.1.",
      exitCode: 6,
    });
  });
});
