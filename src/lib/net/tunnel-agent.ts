import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { HttpsProxyAgent } from 'https-proxy-agent';

type ConnectOptions = Parameters<HttpsProxyAgent<string>['connect']>[1];

/** How certificates are verified, at the proxy and behind it. */
interface Trust {
  readonly rejectUnauthorized: true;
  readonly ca?: string[];
}

/** A tunnel through a proxy that trusts the same authorities at both ends. */
export class TunnelAgent extends HttpsProxyAgent<string> {
  readonly #trust: Trust;

  constructor(proxy: URL, trust: Trust) {
    super(proxy, { keepAlive: true, ...trust });
    this.#trust = trust;
  }

  /** The package gives `ca` to the proxy's own TLS only, never to the server behind it (facts/dependencies.md 4). */
  override connect(request: ClientRequest, options: ConnectOptions): Promise<Socket> {
    return super.connect(request, options.secureEndpoint ? { ...options, ...this.#trust } : options);
  }
}
