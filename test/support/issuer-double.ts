import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export async function newSigningKey(kid: string, alg = 'RS256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
  return { kid, alg, privateKey, publicJwk };
}

/** An issuer over real HTTP whose documents a test may change, and which counts what is asked of it. */
export interface IssuerDouble {
  readonly url: string;
  /** What the key set holds. */
  keys: JWK[];
  /** Merged into the discovery document. */
  discovery: Record<string, unknown>;
  /** The status of every answer. */
  status: number;
  readonly asked: string[];
  close(): Promise<void>;
}

export async function startIssuerDouble(
  keys: readonly JWK[],
  tls?: { readonly key: string; readonly cert: string },
): Promise<IssuerDouble> {
  const listener: RequestListener = (request, response) => {
    double.asked.push(request.url ?? '');
    const discovery = { issuer: url, jwks_uri: `${url}/keys`, ...double.discovery };
    const document = request.url === '/keys' ? { keys: double.keys } : discovery;
    response.writeHead(double.status, { 'content-type': 'application/json' }).end(JSON.stringify(document));
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http${tls === undefined ? '' : 's'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const double: IssuerDouble = {
    url,
    keys: [...keys],
    discovery: {},
    status: 200,
    asked: [],
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return double;
}

/** A signed token; a header or claim set to undefined is left out. */
export async function signToken(
  key: SigningKey,
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): Promise<string> {
  return await new SignJWT(claims)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT', ...header })
    .sign(key.privateKey);
}
