import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { TLSSocket } from 'node:tls';
import { type CaBundle, caBundleOf, certificateAuthorities } from './certificate-authorities.ts';
import { rememberCertificate } from './certificate-seen.ts';
import { lookup } from './lookup.ts';
import { proxyFor } from './proxy.ts';

type Env = Readonly<Record<string, string | undefined>>;

const known = new WeakMap<Env, Map<string, Promise<HttpAgent>>>();

/**
 * Returns the node:http agent for requests to the host of a URL. The agent uses the proxy that is configured
 * for the host, and trusts the CA bundle. Requests with the same environment, protocol, proxy and CA bundle
 * share one agent and its connections. These connections do not keep the process alive. The global agents of
 * Node.js are not used, because NODE_USE_ENV_PROXY changes their proxy.
 *
 * @param bundle the CA bundle that the profile specifies; AWS_CA_BUNDLE takes precedence
 * @throws FedctlError net.proxy-invalid, net.ca-bundle-invalid
 */
export async function agentFor(url: URL, env: Env, bundle: CaBundle | null = null): Promise<HttpAgent> {
  const proxy = proxyFor(url, env);
  const agents = known.get(env) ?? new Map<string, Promise<HttpAgent>>();
  known.set(env, agents);
  const trusted = caBundleOf(env, bundle);
  const route = `${url.protocol} ${proxy?.href ?? 'direct'} ${trusted?.path}`;
  const agent = agents.get(route) ?? createAgent(url.protocol, proxy, env, trusted);
  agents.set(route, agent);
  return await agent;
}

async function createAgent(
  protocol: string,
  proxy: URL | null,
  env: Env,
  bundle: CaBundle | null,
): Promise<HttpAgent> {
  if (proxy === null && protocol !== 'https:') return new HttpAgent({ keepAlive: true, lookup });
  const ca = await certificateAuthorities(env, bundle);
  // `rejectUnauthorized` is set explicitly, because NODE_TLS_REJECT_UNAUTHORIZED=0 would disable
  // verification.
  const trust = { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) } as const;
  if (proxy === null) return new RememberingAgent({ keepAlive: true, lookup, ...trust });
  const { TunnelAgent } = await import('./tunnel-agent.ts');
  return new TunnelAgent(proxy, trust);
}

/** An HTTPS agent that stores the certificates that it rejects, for error messages. */
class RememberingAgent extends HttpsAgent {
  override createConnection(
    ...given: Parameters<HttpsAgent['createConnection']>
  ): ReturnType<HttpsAgent['createConnection']> {
    const socket = super.createConnection(...given);
    if (socket instanceof TLSSocket) rememberCertificate(socket);
    return socket;
  }
}
