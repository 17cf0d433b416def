import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { certificateAuthorities } from './certificate-authorities.ts';
import { proxyFor } from './proxy.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The node:http agent for requests to one URL's host: through its proxy, if it has one, and trusting AWS_CA_BUNDLE.
 *
 * @throws FedctlError net.proxy-invalid, net.ca-bundle-invalid
 */
export async function agentFor(url: URL, env: Env): Promise<HttpAgent> {
  const proxy = proxyFor(url, env);
  if (proxy === null && url.protocol !== 'https:') return new HttpAgent({ keepAlive: true });
  const ca = await certificateAuthorities(env);
  // NODE_TLS_REJECT_UNAUTHORIZED=0 would switch verification off behind our back.
  const trust = { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) } as const;
  if (proxy !== null) {
    const { TunnelAgent } = await import('./tunnel-agent.ts');
    return new TunnelAgent(proxy, trust);
  }
  return new HttpsAgent({ keepAlive: true, ...trust });
}
