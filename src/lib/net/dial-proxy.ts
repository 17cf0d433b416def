import type { Socket } from 'node:net';
import { SocksClient } from 'socks';
import { within } from '../deadline.ts';
import type { Secret } from '../secret.ts';
import { type DialBounds, type Dialled, dialTcp, type Endpoint, step } from './dial.ts';

/** A SOCKS5 proxy (RFC 1928), with user and password (RFC 1929) where it asks for them. */
export interface SocksProxy extends Endpoint {
  readonly username: string | null;
  readonly password: Secret | null;
}

/**
 * Opens a connection through a SOCKS5 proxy, which resolves the name itself. Whatever goes wrong is the proxy's fault:
 * it says no more. The caller owns the socket.
 *
 * @param addresses of the proxy
 */
export async function dialThroughProxy(
  { host, port }: Endpoint,
  proxy: SocksProxy,
  addresses: readonly string[],
  bounds: DialBounds,
): Promise<Dialled<Socket>> {
  const reached = await dialTcp(proxy, addresses, bounds);
  if (!reached.ok) return { ...reached, fault: 'proxy' };
  const socket = reached.value;
  const through = await step(
    bounds,
    () => 'proxy',
    async (bounded) => {
      const work = SocksClient.createConnection({
        existing_socket: socket,
        command: 'connect',
        destination: { host, port },
        timeout: bounds.timeoutMs,
        proxy: {
          host: proxy.host,
          port: proxy.port,
          type: 5,
          ...(proxy.username === null ? {} : { userId: proxy.username }),
          ...(proxy.password === null ? {} : { password: proxy.password.reveal() }),
        },
      });
      await within(bounded, work);
      return socket;
    },
  ).catch((error: unknown) => {
    socket.destroy();
    throw error;
  });
  if (through.ok) return through;
  socket.destroy();
  return { ...through, fault: 'proxy' };
}
