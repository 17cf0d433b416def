import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { ProxyFault } from './proxy-fault.ts';

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

  /**
   * The package gives `ca` to the proxy's own TLS only, never to the server behind it (facts/dependencies.md 4), and hands
   * on what the proxy answered as if that server had said it.
   *
   * @throws ProxyFault
   */
  override async connect(request: ClientRequest, options: ConnectOptions): Promise<Socket> {
    let status: number | null = null;
    request.once('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
      status = Number.isInteger(statusCode) ? statusCode : null;
    });
    const opened = await super
      .connect(request, options.secureEndpoint ? { ...options, ...this.#trust } : options)
      .catch((error: unknown) => {
        // All this is about the proxy: what happens behind it is told by the socket.
        throw new ProxyFault(null, error);
      });
    if (status === 200) return opened;
    opened.destroy();
    throw new ProxyFault(status);
  }
}
