import type { MongoClientOptions } from 'mongodb';
import type { ConnectOptions } from 'mongodb/lib/cmap/connect.js';
import type { HostPort } from '../core/connection-string.ts';
import { FedctlError } from '../core/errors.ts';

export type Lookup = NonNullable<MongoClientOptions['lookup']>;

/**
 * Which members a client may dial. Servers name the members of their replica set, at any time, and the driver connects
 * to whatever they name. It asks `lookup` for names only: an address is dialled without a question.
 */
export class DialGuard {
  readonly #refuse: (member: HostPort) => FedctlError | null;
  #asked = false;

  /** @param refuse says why a host may not be dialled; null where it may */
  constructor(refuse: (member: HostPort) => FedctlError | null) {
    this.#refuse = refuse;
  }

  /** @throws FedctlError of a host that may not be dialled */
  check({ host, port }: { readonly host?: string | undefined; readonly port?: number | undefined }): void {
    this.#asked = true;
    const refusal =
      host === undefined || port === undefined
        ? new FedctlError('mongo.plaintext-refused', { message: 'The server names a socket as a member.' })
        : this.#refuse({ host, port });
    if (refusal !== null) throw refusal;
  }

  /** @throws TypeError when the driver has dialled without asking: no token may be given to it then */
  assertAsked(): void {
    if (!this.#asked) throw new TypeError('the driver connects without asking fedctl');
  }
}

/** By the one thing of a client that the driver hands on to each of its connections and that is its own. */
const guards = new WeakMap<Lookup, DialGuard>();
let isInstalled = false;

/** Makes the driver (7.9.0) ask `guard` before each connection, of its pools and its monitors, of clients with this `lookup`. */
export async function guardDials(lookup: Lookup, guard: DialGuard): Promise<void> {
  guards.set(lookup, guard);
  if (isInstalled) return;
  const { default: driver } = await import('mongodb/lib/cmap/connect.js');
  if (isInstalled) return;
  isInstalled = true;
  const { connect, makeSocket } = driver;
  // Pools open their connections by the one, and monitors theirs by the other.
  driver.connect = async (options) => {
    ask(options);
    return connect(options);
  };
  driver.makeSocket = async (options) => {
    ask(options);
    return makeSocket(options);
  };
}

/** A client without a guard is none of fedctl's. */
function ask({ lookup, hostAddress }: ConnectOptions): void {
  if (lookup !== undefined) guards.get(lookup)?.check(hostAddress);
}
