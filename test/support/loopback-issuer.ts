import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LoopbackIssuer {
  /** `http://127.0.0.1:<port>`, as its discovery document names it. */
  readonly issuer: string;
  /** Replaces what is served at a path from now on. */
  serve(path: 'discovery' | 'keys', status: number, body: string): void;
  close(): Promise<void>;
}

const PATHS = { discovery: '/.well-known/openid-configuration', keys: '/.well-known/jwks.json' } as const;

/** An issuer that publishes what AWS publishes (facts/aws.md 4), with keys that nobody has. */
export async function loopbackIssuer(): Promise<LoopbackIssuer> {
  const served = new Map<string, { status: number; body: string }>();
  const server = createServer((request, response) => {
    const found = served.get(request.url ?? '') ?? { status: 404, body: 'nothing here' };
    response.writeHead(found.status, { 'content-type': 'application/json' }).end(found.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const serve: LoopbackIssuer['serve'] = (path, status, body) => served.set(PATHS[path], { status, body });
  serve('discovery', 200, JSON.stringify({ issuer, jwks_uri: `${issuer}${PATHS.keys}` }));
  serve(
    'keys',
    200,
    JSON.stringify({
      keys: [
        // AWS leaves out `alg` of the RSA key in one capture.
        { kty: 'RSA', use: 'sig', kid: 'RSA_0', e: 'AQAB', n: 'AQAB' },
        { kty: 'EC', use: 'sig', alg: 'ES384', kid: 'EC384_0', crv: 'P-384', x: 'AQAB', y: 'AQAB' },
      ],
    }),
  );
  return {
    issuer,
    serve,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
