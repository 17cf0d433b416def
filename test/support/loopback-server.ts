import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import type { ServerCertificate } from './certificates.ts';
import { listenOnLoopback } from './listen.ts';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface CannedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Handles a request; null: accept the request and send no response. */
export type Answering = (request: SeenRequest) => CannedAnswer | null | Promise<CannedAnswer | null>;

export interface LoopbackServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** All requests so far. */
  readonly requests: readonly SeenRequest[];
}

/** An HTTP server on 127.0.0.1 with the responses of the test; with a certificate, it uses HTTPS. */
export async function loopbackServer(
  answer: Answering,
  certificate?: ServerCertificate,
): Promise<LoopbackServer> {
  const requests: SeenRequest[] = [];
  const server: Server = certificate === undefined ? createServer() : createTlsServer({ ...certificate });
  server.on('request', async (incoming, response) => {
    incoming.setEncoding('utf8');
    let body = '';
    for await (const chunk of incoming) body += chunk;
    const { method = '', url = '', headers } = incoming;
    const request = { method, path: url, headers, body };
    requests.push(request);
    const canned = await answer(request);
    if (canned === null) return;
    response.writeHead(canned.status ?? 200, canned.headers);
    response.end(canned.body ?? '');
  });
  const port = await listenOnLoopback(server);
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

export interface ConnectProxy extends AsyncDisposable {
  readonly url: string;
  /** The `host:port` of every CONNECT request, with its credentials. */
  readonly tunnels: readonly { readonly target: string; readonly authorization: string | undefined }[];
}

/** An HTTP proxy whose tunnels all lead to one port of this machine, for any requested host. */
export async function connectProxy(
  targetPort: number,
  { status = 200 }: { readonly status?: number } = {},
): Promise<ConnectProxy> {
  const tunnels: { target: string; authorization: string | undefined }[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((_request, response) => response.writeHead(501).end());
  server.on('connect', (request, socket: Socket, head) => {
    sockets.add(socket);
    socket.on('error', () => {});
    tunnels.push({ target: request.url ?? '', authorization: request.headers['proxy-authorization'] });
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      return;
    }
    const target = connect(targetPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.write(head);
      target.pipe(socket).pipe(target);
    });
    sockets.add(target);
    target.on('error', () => socket.destroy());
  });
  const port = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}`,
    tunnels,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
