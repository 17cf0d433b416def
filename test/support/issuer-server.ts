import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A real issuer on loopback that answers as badly as a test wants. */
export interface IssuerServer extends AsyncDisposable {
  readonly issuer: string;
  /** The paths asked for, in order. */
  readonly requests: readonly string[];
  /** What it answers, by path; everything else is 404. May be changed at any time. */
  readonly answers: Map<string, RequestListener>;
}

export const DISCOVERY = '/.well-known/openid-configuration';
export const JWKS = '/.well-known/jwks.json';

export function json(document: unknown): RequestListener {
  return (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(document));
  };
}

/** Starts an issuer that answers well as long as nobody changes its answers. */
export async function startIssuer(keys: readonly object[]): Promise<IssuerServer> {
  const requests: string[] = [];
  const answers = new Map<string, RequestListener>();
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    requests.push(request.url ?? '');
    const answer = answers.get(request.url ?? '');
    if (answer !== undefined) return void answer(request, response as never);
    response.statusCode = 404;
    response.end('not here');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  answers.set(DISCOVERY, json({ issuer, jwks_uri: `${issuer}${JWKS}` }));
  answers.set(JWKS, json({ keys }));
  return {
    issuer,
    requests,
    answers,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
