import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import type { ServerCertificate } from './certificates.ts';
import { listenOnLoopback } from './listen.ts';

/** Handles a connection. */
export type Behavior = (socket: Socket) => void;

export interface HostileServer {
  readonly port: number;
  /** All bytes that the server received, decrypted if it uses TLS, as Latin-1. */
  received(): string;
  connections(): number;
  close(): Promise<void>;
}

/** A TCP server on 127.0.0.1 with the connection handler of the test; with a certificate, it uses TLS. */
export async function hostileServer(
  behave: Behavior,
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

export const silent: Behavior = () => {};
export const closes: Behavior = (socket) => socket.end();
export const resets: Behavior = (socket) => socket.resetAndDestroy();

/** Returns a handler that waits for the first data, sends these bytes and closes the connection. */
export function answers(bytes: string | Buffer): Behavior {
  return (socket) => socket.once('data', () => socket.end(bytes));
}

/** Returns a handler that waits for the first data, sends these bytes and keeps the connection open. */
export function stallsAfter(bytes: string | Buffer): Behavior {
  return (socket) => socket.once('data', () => socket.write(bytes));
}

/** Returns a handler that waits for the first data and then runs this handler. */
export function afterFirstBytes(then: Behavior): Behavior {
  return (socket) => socket.once('data', () => then(socket));
}

/** Sends these bytes, and then the chunk repeatedly until the client disconnects. */
export function endless(head: string, chunk: string): Behavior {
  return (socket) =>
    socket.once('data', () => {
      const pour = () => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on('drain', pour).write(head);
      pour();
    });
}

/** An HTTP response in wire format, with the required headers. */
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

/** The head of an HTTP response without a content length. */
export function chunkedHead(type: string): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`;
}

/**
 * Reads one HTTP request and runs the chosen handler. The connection serves only this request.
 *
 * @param choose selects the handler by the request in wire format
 */
export function byRequest(choose: (request: string) => Behavior | Buffer): Behavior {
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

/**
 * Forwards one request to another server on this machine, and returns its response.
 *
 * @param edit changes each part of the response; the first one contains the headers
 */
export function passOn(port: number, request: string, edit = (part: Buffer) => part): Behavior {
  return (socket) => {
    const target = connect(port, '127.0.0.1').on('error', () => socket.destroy());
    socket.on('close', () => target.destroy());
    // The response closes the connection, so that every request is inspected. A signature covers the host.
    const alone = request.replace(/\r\nconnection: [^\r]*/i, '').replace('\r\n', '\r\nconnection: close\r\n');
    const signed = /\r\nauthorization: AWS4/i.test(alone);
    const known = signed ? alone : alone.replace(/\r\nhost: [^\r]*/i, `\r\nhost: 127.0.0.1:${port}`);
    target.write(Buffer.from(known, 'latin1'));
    const edited = new Transform({
      transform(part: Buffer, _encoding, done) {
        done(null, edit(part));
      },
    });
    target.pipe(edited).pipe(socket);
  };
}
