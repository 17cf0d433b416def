import { Agent, type Dispatcher, fetch, ProxyAgent } from 'undici';

/** How connections are made: through a proxy or directly, trusting `ca` where it is given, and never unverified. */
export function dispatcher(proxy: URL | null, ca: string[] | undefined): Dispatcher {
  const trust = { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) };
  return proxy === null
    ? new Agent({ connect: trust })
    : new ProxyAgent({ uri: proxy.href, requestTls: trust, proxyTls: trust });
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
