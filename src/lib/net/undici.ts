import { Agent, buildConnector, type Dispatcher, fetch } from 'undici';
import { openTunnel } from './tunnel.ts';

/** How connections are made: through a proxy or directly, trusting `ca` where it is given, and never unverified. */
export function dispatcher(proxy: URL | null, ca: string[] | undefined): Dispatcher {
  const trust = { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) };
  return new Agent({ connect: proxy === null ? trust : through(proxy, trust) });
}

/** Not undici's ProxyAgent: it asks a proxy that hangs up again and again, as fast as it can, for as long as it is let. */
function through(proxy: URL, trust: buildConnector.BuildOptions): buildConnector.connector {
  const connect = buildConnector(trust);
  return (options, callback) => {
    const { protocol, hostname, port } = options;
    const secure = protocol === 'https:';
    openTunnel(proxy, `${hostname}:${port || (secure ? 443 : 80)}`, trust).then(
      (socket) => (secure ? connect({ ...options, httpSocket: socket }, callback) : callback(null, socket)),
      (error: Error) => callback(error, null),
    );
  };
}

/** undici's own fetch: a dispatcher of this copy does not fit the fetch of every Node (facts/dependencies.md 4). */
export async function fetchThrough(
  route: Dispatcher,
  url: URL,
  init: Parameters<typeof globalThis.fetch>[1],
): Promise<Response> {
  const response = await fetch(url, { ...(init as Parameters<typeof fetch>[1]), dispatcher: route });
  return response as Response;
}
