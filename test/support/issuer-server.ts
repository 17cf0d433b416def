import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { listenOnLoopback } from './listen.ts';

/** A real issuer on loopback, with responses that a test can break. */
export interface IssuerServer extends AsyncDisposable {
  /** The issuer URL in the discovery document. */
  readonly issuer: string;
  /** The requested paths, in order. */
  readonly requests: readonly string[];
  /** The responses by path, which can be changed at any time. All other paths return 404. */
  readonly answers: Map<string, RequestListener>;
  /** Replaces the key set. */
  publish(...keys: readonly object[]): void;
}

export const DISCOVERY = '/.well-known/openid-configuration';
export const JWKS = '/.well-known/jwks.json';

/** The key set of AWS (facts/aws.md 4) with fake key values. In one capture, the RSA key of AWS has no `alg`. */
export const UNUSABLE_KEYS: readonly object[] = [
  { kty: 'RSA', use: 'sig', kid: 'RSA_0', e: 'AQAB', n: 'AQAB' },
  { kty: 'EC', use: 'sig', alg: 'ES384', kid: 'EC384_0', crv: 'P-384', x: 'AQAB', y: 'AQAB' },
];

export function json(document: unknown, status = 200): RequestListener {
  return jsonText(JSON.stringify(document), status);
}

/** A response with any text as JSON. */
export function jsonText(text: string, status = 200): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  };
}

/** Starts an issuer with valid responses; with a certificate, it uses HTTPS. */
export async function startIssuer(
  keys: readonly object[],
  certificate?: { readonly key: string; readonly cert: string },
): Promise<IssuerServer> {
  const requests: string[] = [];
  const answers = new Map<string, RequestListener>();
  const listener: RequestListener = (request, response) => {
    requests.push(request.url ?? '');
    const answer = answers.get(request.url ?? '');
    if (answer !== undefined) answer(request, response);
    else response.writeHead(404).end('not here');
  };
  const server = certificate === undefined ? createServer(listener) : createTlsServer(certificate, listener);
  const scheme = certificate === undefined ? 'http' : 'https';
  const issuer = `${scheme}://127.0.0.1:${await listenOnLoopback(server)}`;
  const publish = (...set: readonly object[]) => void answers.set(JWKS, json({ keys: set }));
  answers.set(DISCOVERY, json({ issuer, jwks_uri: `${issuer}${JWKS}` }));
  publish(...keys);
  return {
    issuer,
    requests,
    answers,
    publish,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
