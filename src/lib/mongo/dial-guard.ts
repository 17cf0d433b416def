import type { MongoClientOptions } from 'mongodb';
import type { ConnectOptions } from 'mongodb/lib/cmap/connect.js';
import type { HostPort } from '../core/connection-string.ts';
import { FedctlError } from '../core/errors.ts';

export type Lookup = NonNullable<MongoClientOptions['lookup']>;

/**
 * Decides which members a client may connect to. Servers can name members of their replica set at any time,
 * and the driver connects to all of them. The driver calls `lookup` only for names, so `lookup` alone cannot
 * reject an IP address.
 */
export class DialGuard {
  readonly #refuse: (member: HostPort) => FedctlError | null;
  #asked = false;

  /** @param refuse returns why the client must not connect to a member; null if the member is allowed */
  constructor(refuse: (member: HostPort) => FedctlError | null) {
    this.#refuse = refuse;
  }

  /** @throws FedctlError if the client must not connect to this host */
  check({ host, port }: { readonly host?: string | undefined; readonly port?: number | undefined }): void {
    this.#asked = true;
    const refusal =
      host === undefined || port === undefined
        ? new FedctlError('mongo.plaintext-refused', {
            message: 'The server names a Unix domain socket as a member of its replica set.',
          })
        : this.#refuse({ host, port });
    if (refusal !== null) throw refusal;
  }

  /**
   * Prevents the driver from receiving a token if it connected without calling the guard.
   *
   * @throws TypeError if the guard was never called
   */
  assertAsked(): void {
    if (!this.#asked) throw new TypeError('the driver connected without calling the guard');
  }
}

/** The key is `lookup`, the only object of a client that the driver passes to each of its connections. */
const guards = new WeakMap<Lookup, DialGuard>();
let isInstalled = false;

/**
 * Makes clients with this `lookup` call `guard` before each connection, those of pools and of monitors
 * (driver 7.9.0).
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

/** Checks a connection. A client without a guard was not created by fedctl. */
function ask({ lookup, hostAddress }: ConnectOptions): void {
  if (lookup !== undefined) guards.get(lookup)?.check(hostAddress);
}
