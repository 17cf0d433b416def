import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { ServerCertificate } from './certificates.ts';
import { listenOnLoopback } from './listen.ts';

/** What a server does with a connection. */
export type Behaviour = (socket: Socket) => void;

export interface HostileServer {
  readonly port: number;
  /** Everything that it was sent, over TLS if it speaks it, as Latin-1. */
  received(): string;
  connections(): number;
  close(): Promise<void>;
}

/** A TCP server on 127.0.0.1 that speaks no protocol but what the test gives it; under a certificate over TLS. */
export async function hostileServer(
  behave: Behaviour,
  certificate?: ServerCertificate,
): Promise<HostileServer> {
  const chunks: Buffer[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const serve = (socket: Socket) => {
    socket.on('error', () => {}).on('data', (chunk: Buffer) => chunks.push(chunk));
    behave(socket);
  };
  const server: Server =
    certificate === undefined ? createServer(serve) : createTlsServer({ ...certificate }, serve);
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  const port = await listenOnLoopback(server);
  return {
    port,
    received: () => Buffer.concat(chunks).toString('latin1'),
    connections: () => connections,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

export const silent: Behaviour = () => {};
export const closes: Behaviour = (socket) => socket.end();
export const resets: Behaviour = (socket) => socket.resetAndDestroy();

/** Once something came in: says this and ends the connection. */
export function answers(bytes: string | Buffer): Behaviour {
  return (socket) => socket.once('data', () => socket.end(bytes));
}

/** Once something came in: says this, and then nothing more. */
export function stallsAfter(bytes: string | Buffer): Behaviour {
  return (socket) => socket.once('data', () => socket.write(bytes));
}

/** Once something came in: does this. */
export function afterFirstBytes(then: Behaviour): Behaviour {
  return (socket) => socket.once('data', () => then(socket));
}

/** Says this, and then the chunk again and again for as long as the other side takes it. */
export function endless(head: string, chunk: string): Behaviour {
  return (socket) =>
    socket.once('data', () => {
      const pour = () => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on('drain', pour).write(head);
      pour();
    });
}

/** An answer of HTTP as it stands on the wire, with what every answer has. */
export function http(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body: string | Buffer = '',
): Buffer {
  const lines = Object.entries({
    date: new Date().toUTCString(),
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} Said\r\n${lines.join('')}\r\n`), Buffer.from(body)]);
}

/** The head of an answer of HTTP whose body has no length. */
export function chunkedHead(type: string): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`;
}

/**
 * Reads one request of HTTP and does what is chosen for it; the connection serves no other.
 *
 * @param choose by the request as it stands on the wire
 */
export function byRequest(choose: (request: string) => Behaviour | Buffer): Behaviour {
  return (socket) => {
    let request = '';
    const take = (chunk: Buffer) => {
      request += chunk.toString('latin1');
      const head = request.indexOf('\r\n\r\n');
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(request)?.[1] ?? 0);
      if (head < 0 || request.length < head + 4 + length) return;
      socket.off('data', take);
      const chosen = choose(request);
      if (typeof chosen === 'function') chosen(socket);
      else socket.end(chosen);
    };
    socket.on('data', take);
  };
}

/** Hands one request on to another server of this machine, and its answer back: nobody notices. */
export function passOn(port: number, request: string): Behaviour {
  return (socket) => {
    const target = connect(port, '127.0.0.1').on('error', () => socket.destroy());
    socket.on('close', () => target.destroy());
    // The answer ends the connection, so that every request is looked at; and a signature covers the host.
    const alone = request.replace(/\r\nconnection: [^\r]*/i, '').replace('\r\n', '\r\nconnection: close\r\n');
    const signed = /\r\nauthorization: AWS4/i.test(alone);
    const known = signed ? alone : alone.replace(/\r\nhost: [^\r]*/i, `\r\nhost: 127.0.0.1:${port}`);
    target.write(Buffer.from(known, 'latin1'));
    target.pipe(socket);
  };
}
