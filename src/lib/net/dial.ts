import { connect, isIP, type Socket } from 'node:net';
import type { Resolver } from '../core/context.ts';
import { bounded, within } from '../core/deadline.ts';
import { systemCode } from '../core/system-error.ts';

/**
 * The faults that can occur while a connection to a host name is opened. The caller converts the faults to
 * messages. `unknown-host` means that the resolver reports that the name does not exist. `resolver-failed`
 * means that the resolver itself failed.
 */
export type DialFault =
  | 'unknown-host'
  | 'resolver-failed'
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'cut'
  | 'proxy'
  | 'untrusted'
  | 'wrong-name'
  | 'out-of-date'
  | 'alert'
  | 'no-tls';

/** The result of one connection step. */
export type Dialled<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: DialFault; readonly cause: unknown };

export interface DialBounds {
  /** Stops the step immediately. The abort reason is thrown unchanged. */
  readonly signal: AbortSignal;
  /** The time limit for the step, in milliseconds. */
  readonly timeoutMs: number;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Resolves a host name. Returns the addresses in the order in which the resolver returns them. */
export async function dialName(
  resolver: Resolver,
  host: string,
  bounds: DialBounds,
): Promise<Dialled<readonly string[]>> {
  return step(bounds, faultOfResolver, async (bounded) => {
    const found = await within(bounded, resolver.addresses(host));
    return found.map(({ address }) => address);
  });
}

/**
 * The time limit for each address, in milliseconds. After this time, the next address is tried (RFC 8305).
 */
export const NEXT_ADDRESS_MS = 500;

/**
 * Opens a TCP connection to a port of a host whose addresses are known. The caller must destroy the socket.
 */
export async function dialTcp(
  { host, port }: Endpoint,
  addresses: readonly string[],
  bounds: DialBounds,
): Promise<Dialled<Socket>> {
  return step(bounds, faultOfTcp, async (bounded) => {
    const socket = connect({
      host,
      port,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
      lookup: (_host, _options, done) =>
        done(
          null,
          addresses.map((address) => ({ address, family: isIP(address) })),
        ),
    });
    await opened(socket, 'connect', bounded);
    return socket;
  });
}

/**
 * Runs one connection step with a time limit. Throws only if the signal fires. All other failures are
 * returned as results.
 */
export async function step<T>(
  { signal, timeoutMs }: DialBounds,
  faultOf: (error: unknown) => DialFault,
  work: (bound: AbortSignal) => Promise<T>,
): Promise<Dialled<T>> {
  signal.throwIfAborted();
  return bounded(signal, timeoutMs, async (bound) => {
    try {
      return { ok: true, value: await work(bound) };
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      return { ok: false, fault: bound.aborted ? 'timeout' : faultOf(cause), cause };
    }
  });
}

/**
 * Waits until a socket emits `event`, which means that the socket is open. Destroys the socket if it cannot
 * be opened.
 */
export async function opened(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  bounded: AbortSignal,
): Promise<void> {
  const settled = new Promise<void>((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('The connection was closed.')));
  });
  try {
    await within(bounded, settled);
  } catch (error) {
    // A destroyed socket may still emit an error. This error is ignored.
    socket.on('error', () => {});
    socket.destroy();
    throw error;
  }
}

function faultOfResolver(error: unknown): DialFault {
  return ['ENOTFOUND', 'ENODATA'].includes(systemCode(error)) ? 'unknown-host' : 'resolver-failed';
}

function faultOfTcp(error: unknown): DialFault {
  switch (systemCode(error)) {
    case 'ECONNREFUSED':
      return 'refused';
    case 'ETIMEDOUT':
      return 'timeout';
    case 'ECONNRESET':
      return 'cut';
    default:
      return 'unreachable';
  }
}
