import type { Socket } from 'node:net';
import { within } from '../core/deadline.ts';
import type { Secret } from '../core/secret.ts';
import { systemCode } from '../core/system-error.ts';
import { type DialBounds, type Dialled, dialTcp, type Endpoint, step } from './dial.ts';

/**
 * A SOCKS5 proxy (RFC 1928). The user name and the password (RFC 1929) are null if the proxy requires none.
 */
export interface SocksProxy extends Endpoint {
  readonly username: string | null;
  readonly password: Secret | null;
}

/**
 * Opens a connection through a SOCKS5 proxy. The proxy resolves the host name. Every failure is reported as
 * the fault `proxy`, and `proxyFault` describes the cause. The caller must destroy the socket.
 *
 * @param addresses the addresses of the proxy
 */
export async function dialThroughProxy(
  { host, port }: Endpoint,
  proxy: SocksProxy,
  addresses: readonly string[],
  bounds: DialBounds,
): Promise<Dialled<Socket>> {
  const { SocksClient } = await import('socks');
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

/** The description of a proxy failure for messages. */
export interface ProxyMeaning {
  /** The text after the colon in "… is unreachable through the SOCKS5 proxy: …". */
  readonly says: string;
  readonly likelyCause: string;
}

/**
 * Descriptions of the replies from a proxy to CONNECT (RFC 1928, section 6). The keys are the names of the
 * replies in the package `socks`.
 */
const REPLIES: Readonly<Record<string, string>> = {
  Failure: 'general failure',
  NotAllowed: 'the rules of the proxy do not allow the connection',
  NetworkUnreachable: 'the proxy has no route to the network',
  HostUnreachable: 'the proxy has no route to the host, or cannot resolve the host name',
  ConnectionRefused: 'the host refused the connection from the proxy',
  TTLExpired: 'the connection from the proxy to the host timed out',
};

/**
 * Describes an error of the package `socks` (2.8.10). The errors of this package have no codes, so the error
 * message is parsed. If the error message is unknown, the description does not quote it.
 */
export function proxyFault(cause: unknown): ProxyMeaning {
  const text = cause instanceof Error ? cause.message : '';
  const code = systemCode(cause);
  const reply = /rejected connection - (\w+)$/.exec(text)?.[1];
  if (reply !== undefined) {
    return {
      says: `it returned: ${REPLIES[reply] ?? reply}`,
      likelyCause: 'The proxy works, but denies the connection to the server or cannot open it.',
    };
  }
  if (/authentication/i.test(text)) {
    return {
      says: 'it requires a valid user name and password',
      likelyCause: 'The connection string lacks proxyUsername and proxyPassword, or their values are wrong.',
    };
  }
  if (/invalid socks version|Socks5 (?:initial|final) handshake/.test(text)) {
    return {
      says: 'the server does not use SOCKS5',
      likelyCause: 'Another kind of server listens at proxyHost and proxyPort, such as an HTTP proxy.',
    };
  }
  if (code === 'ECONNREFUSED') {
    return { says: 'the connection was refused', likelyCause: 'The proxy is down, or proxyPort is wrong.' };
  }
  if (/^Socket closed$|\bECONNRESET\b/.test(text)) {
    return {
      says: 'it closed the connection',
      likelyCause: 'The proxy does not accept connections from this machine.',
    };
  }
  if (cause instanceof DOMException || /timed out/i.test(text)) {
    return {
      says: 'it timed out',
      likelyCause: 'The proxy does not respond, or waits for the server behind it.',
    };
  }
  return { says: 'it cannot be used', likelyCause: 'The proxy is unreachable, or is not a SOCKS5 proxy.' };
}
