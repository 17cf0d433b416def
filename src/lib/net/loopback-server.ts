import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';

/** An HTTP request with its complete body. */
export interface HttpRequest {
  readonly method: string;
  /** The path and the query, unchanged. */
  readonly target: string;
  /** All headers in the original order, including duplicates. The names are in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** The address of the client, without the port. */
  readonly remoteAddress: string;
  /** The address that the client connected to, without the port. */
  readonly localAddress: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Called when the response has been sent. */
  readonly sent?: () => void;
}

export interface LoopbackServer {
  /** The URL of the server, `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

export interface LoopbackServerOptions {
  readonly host: string;
  /** The port to listen on; 0 for any free port. */
  readonly port: number;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  readonly answer: (request: HttpRequest) => Promise<HttpAnswer>;
  /** The maximum size of a request body, in bytes. The default is 512 KiB. */
  readonly largestBody?: number;
  /**
   * The function that is called when the server starts to listen. If other code has already accepted a
   * connection, the function can pass this connection to the server by emitting the event `connection`.
   */
  readonly listening?: ((server: Server) => Promise<void>) | undefined;
}

/**
 * The default maximum size of a request body, in bytes. The largest valid request is about 350 kB: a
 * percent-encoded mint request with all parameters at their limits.
 */
const LARGEST_BODY = 512 * 1024;
const SLOWEST_REQUEST_MS = 15_000;

const TOO_LARGE: HttpAnswer = { status: 413, headers: { connection: 'close' }, body: '' };
const BROKEN: HttpAnswer = { status: 500, headers: { connection: 'close' }, body: '' };

/**
 * Starts an HTTP server. The server limits the size of a request body and the time for a request. A request
 * cannot cause the process to exit.
 *
 * @throws the system error if the server cannot listen, for example EADDRINUSE
 */
export async function startLoopbackServer(options: LoopbackServerOptions): Promise<LoopbackServer> {
  const { host, port, tls } = options;
  const limits = { requestTimeout: SLOWEST_REQUEST_MS, headersTimeout: SLOWEST_REQUEST_MS };
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    void respond(request, response, options);
  };
  const server =
    tls === undefined ? createServer(limits, serve) : createTlsServer({ ...limits, ...tls }, serve);
  // The sockets of all connections. closeAllConnections is not sufficient, because it does not close sockets
  // during a TLS handshake.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    // node:http sets `allowHalfOpen` only for connections that it accepts itself.
    socket.allowHalfOpen = true;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  // The client sent data that is not HTTP, or it disconnected. If the client is still connected, it receives
  // the status 400.
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  });
  server.listen(port, host);
  await once(server, 'listening');
  try {
    await options.listening?.(server);
  } catch (error) {
    await close(server, sockets);
    throw error;
  }
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  const authority = `${host.includes(':') ? `[${host}]` : host}:${bound}`;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${authority}`,
    close: () => close(server, sockets),
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { answer, largestBody = LARGEST_BODY }: LoopbackServerOptions,
): Promise<void> {
  response.on('error', () => response.destroy());
  let given: HttpAnswer;
  try {
    const body = await readBody(request, largestBody);
    given = body === null ? TOO_LARGE : await answer(readRequest(request, body));
  } catch {
    given = BROKEN;
  }
  if (response.destroyed) return;
  response.writeHead(given.status, { ...given.headers, 'content-length': Buffer.byteLength(given.body) });
  response.end(given.body, given.sent);
}

/**
 * Returns the body, or null if the body is too large. Throws if the client disconnects before the body is
 * complete.
 */
async function readBody(request: IncomingMessage, largest: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > largest) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function readRequest(request: IncomingMessage, body: Buffer): HttpRequest {
  const headers: (readonly [string, string])[] = [];
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    headers.push([request.rawHeaders[i]?.toLowerCase() ?? '', request.rawHeaders[i + 1] ?? '']);
  }
  return {
    method: request.method ?? '',
    target: request.url ?? '/',
    headers,
    body,
    remoteAddress: request.socket.remoteAddress ?? '',
    localAddress: request.socket.localAddress ?? '',
  };
}

async function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  // Clients keep connections open for later requests. Destroying the sockets avoids waiting for these
  // clients.
  for (const socket of sockets) socket.destroy();
  await closed;
}
