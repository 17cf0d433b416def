import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { SignedRequest } from './sign-request.ts';

/** A request as HTTP/1.1 bytes, after which the server closes the connection. */
export function requestBytes({ method, target, headers, body }: SignedRequest): Buffer {
  const lines = Object.entries({
    ...headers,
    'content-length': `${Buffer.byteLength(body)}`,
    connection: 'close',
  });
  const head = [`${method} ${target} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

export interface Answer {
  /** The status; 0 when the server closed the connection without a response. */
  readonly status: number;
  readonly text: string;
}

/** Sends a request that says `connection: close`, and reads until the server closes. */
export async function answerTo(url: string, request: SignedRequest): Promise<Answer> {
  return read(await open(url), (socket) => socket.write(requestBytes(request)));
}

/**
 * Sends bytes that may be an incomplete request, and closes the sending side. The server can then drop an unfinished
 * response, so a missing response does not mean that the request had no effect.
 */
export async function answerToBytes(url: string, bytes: Buffer): Promise<Answer> {
  return read(await open(url), (socket) => socket.end(bytes));
}

async function open(url: string): Promise<Socket> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

async function read(socket: Socket, send: (socket: Socket) => unknown): Promise<Answer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const closed = once(socket, 'close');
  send(socket);
  await closed;
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text };
}
