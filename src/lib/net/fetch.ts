import type { Dispatcher } from 'undici';
import { certificateAuthorities } from './certificate-authorities.ts';
import { proxyFor } from './proxy.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * fetch as an operator behind a proxy needs it: Node's own does not know HTTPS_PROXY, NO_PROXY and AWS_CA_BUNDLE.
 * Where none of them concerns the URL it is the global fetch, unless NODE_TLS_REJECT_UNAUTHORIZED would keep that from
 * verifying certificates: what goes out here are tokens, and what comes in are keys. What to do with redirects is the caller's to say.
 *
 * @returns rejects with FedctlError net.proxy-invalid, net.ca-bundle-invalid, and otherwise as fetch does
 */
export function createFetch(env: Env): typeof globalThis.fetch {
  const dispatchers = new Map<string, Dispatcher>();
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const proxy = proxyFor(url, env);
    if (proxy === null && url.protocol !== 'https:') return globalThis.fetch(input, init);
    const ca = await certificateAuthorities(env);
    const isNodeStrict = env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0';
    if (proxy === null && ca === undefined && isNodeStrict) return globalThis.fetch(input, init);
    const undici = await import('./undici.ts');
    const route = proxy?.href ?? 'direct';
    const dispatcher = dispatchers.get(route) ?? undici.dispatcher(proxy, ca);
    dispatchers.set(route, dispatcher);
    return undici.fetchThrough(dispatcher, url, init);
  };
}
