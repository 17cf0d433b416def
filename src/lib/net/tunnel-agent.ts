import type { ClientRequest } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { Agent, type AgentConnectOpts } from 'agent-base';
import { rememberCertificate } from './certificate-seen.ts';
import { openTunnel } from './tunnel.ts';

/** The settings for verifying the certificates of the proxy and of the server behind the proxy. */
interface Trust {
  readonly rejectUnauthorized: true;
  readonly ca?: string[];
}

/**
 * Connects to servers through an HTTP proxy. The connections to the proxy and to the server trust the same
 * certificate authorities.
 */
export class TunnelAgent extends Agent {
  readonly #proxy: URL;
  readonly #trust: Trust;

  constructor(proxy: URL, trust: Trust) {
    super({ keepAlive: true });
    this.#proxy = proxy;
    this.#trust = trust;
  }

  /** @throws ProxyFault */
  override async connect(request: ClientRequest, options: AgentConnectOpts): Promise<Socket> {
    const { host = '', port } = options;
    const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
    const tunnel = await openTunnel(this.#proxy, authority, this.#trust, destructionOf(request));
    if (!options.secureEndpoint) return tunnel;
    const socket = connect({
      ...this.#trust,
      host,
      servername: isIP(host) === 0 ? host : '',
      socket: tunnel,
    });
    rememberCertificate(socket);
    return socket;
  }
}

/**
 * Returns a signal that fires when a request is destroyed. If a request is destroyed before it has a socket,
 * the request emits no event. Without this signal, the tunnel would keep the process alive.
 */
function destructionOf(request: ClientRequest): AbortSignal {
  const destroyed = new AbortController();
  const destroy = request.destroy.bind(request);
  request.destroy = (error) => {
    destroyed.abort();
    return destroy(error);
  };
  return destroyed.signal;
}
