import type { MongoClientOptions } from 'mongodb';
import type { ConnectOptions } from 'mongodb/lib/cmap/connect.js';
import type { HostPort } from '../core/connection-string.ts';
import { FedctlError } from '../core/errors.ts';

export type Lookup = NonNullable<MongoClientOptions['lookup']>;

/**
 * Decides which members a client may connect to. Servers can name members of their replica set at any time,
 * and the driver connects to all of them. It calls `lookup` only for names; it connects to addresses without
 * calling it.
 */
export class DialGuard {
  readonly #refuse: (member: HostPort) => FedctlError | null;
  #asked = false;

  /** @param refuse returns why a host must not be connected to; null when it is allowed */
  constructor(refuse: (member: HostPort) => FedctlError | null) {
    this.#refuse = refuse;
  }

  /** @throws FedctlError for a host that must not be connected to */
  check({ host, port }: { readonly host?: string | undefined; readonly port?: number | undefined }): void {
    this.#asked = true;
    const refusal =
      host === undefined || port === undefined
        ? new FedctlError('mongo.plaintext-refused', { message: 'The server names a socket as a member.' })
        : this.#refuse({ host, port });
    if (refusal !== null) throw refusal;
  }

  /**
   * @throws TypeError when the driver has connected without calling the guard: then it must not receive a
   * token
   */
  assertAsked(): void {
    if (!this.#asked) throw new TypeError('the driver connects without asking fedctl');
  }
}

/** Keyed by the only object of a client that the driver passes to each of its connections. */
const guards = new WeakMap<Lookup, DialGuard>();
let isInstalled = false;

/**
 * Makes the driver (7.9.0) call `guard` before each connection of its pools and its monitors, for clients
 * with this `lookup`.
 */
export async function guardDials(lookup: Lookup, guard: DialGuard): Promise<void> {
  guards.set(lookup, guard);
  if (isInstalled) return;
  const { default: driver } = await import('mongodb/lib/cmap/connect.js');
  if (isInstalled) return;
  isInstalled = true;
  const { connect, makeSocket } = driver;
  // Pools open connections with `connect`, and monitors with `makeSocket`.
  driver.connect = async (options) => {
    ask(options);
    return connect(options);
  };
  driver.makeSocket = async (options) => {
    ask(options);
    return makeSocket(options);
  };
}

/** A client without a guard does not belong to fedctl. */
function ask({ lookup, hostAddress }: ConnectOptions): void {
  if (lookup !== undefined) guards.get(lookup)?.check(hostAddress);
}
