import type { MongoClientOptions } from 'mongodb';
import type { ConnectOptions } from 'mongodb/lib/cmap/connect.js';
import type { HostPort } from '../core/connection-string.ts';
import { FedctlError } from '../core/errors.ts';

export type Lookup = NonNullable<MongoClientOptions['lookup']>;

/**
 * Restricts the replica set members to which a client may connect. Servers can report new members at any
 * time, and the driver connects to all of them. The DNS function `lookup` of the client cannot restrict the
 * members, because the driver does not call it for IP addresses.
 */
export class DialGuard {
  readonly #refuse: (member: HostPort) => FedctlError | null;
  #asked = false;

  /**
   * @param refuse a function that returns the reason why the client must not connect to a member, or null if
   * the connection is allowed
   */
  constructor(refuse: (member: HostPort) => FedctlError | null) {
    this.#refuse = refuse;
  }

  /** @throws FedctlError if the client must not connect to this host */
  check({ host, port }: { readonly host?: string | undefined; readonly port?: number | undefined }): void {
    this.#asked = true;
    const refusal =
      host === undefined || port === undefined
        ? new FedctlError('mongo.plaintext-refused', {
            message: 'The server reports a Unix domain socket as a member of its replica set.',
          })
        : this.#refuse({ host, port });
    if (refusal !== null) throw refusal;
  }

  /**
   * Throws if the driver connected without calling the guard. In this case, the driver must not receive a
   * token.
   *
   * @throws TypeError if the guard was never called
   */
  assertAsked(): void {
    if (!this.#asked) throw new TypeError('the driver connected without calling the guard');
  }
}

/**
 * The key is the function `lookup` of a client, because this function is the only object that the driver
 * passes to every connection.
 */
const guards = new WeakMap<Lookup, DialGuard>();
let isInstalled = false;

/**
 * Changes the driver (7.9.0), so that a client with this `lookup` calls `guard` before it opens a connection
 * for a pool or a monitor.
 */
export async function guardDials(lookup: Lookup, guard: DialGuard): Promise<void> {
  guards.set(lookup, guard);
  if (isInstalled) return;
  const { default: driver } = await import('mongodb/lib/cmap/connect.js');
  if (isInstalled) return;
  isInstalled = true;
  const { connect, makeSocket } = driver;
  // In the driver, pools call `connect` to open a connection, and monitors call `makeSocket`.
  driver.connect = async (options) => {
    ask(options);
    return connect(options);
  };
  driver.makeSocket = async (options) => {
    ask(options);
    return makeSocket(options);
  };
}

/**
 * Checks a connection. Does nothing for clients without a guard, because fedctl did not create these clients.
 */
function ask({ lookup, hostAddress }: ConnectOptions): void {
  if (lookup !== undefined) guards.get(lookup)?.check(hostAddress);
}
