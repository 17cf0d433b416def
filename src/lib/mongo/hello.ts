import type { MongoClient, ServerDescription, TopologyDescription } from 'mongodb';
import type { ConnectionString } from '../core/connection-string.ts';
import { FedctlError } from '../core/errors.ts';
import type { StageFacts } from '../ports/mongo.ts';
import { hostPort } from '../uri/host-port.ts';
import { helloFailure, ownFailure } from './server-failures.ts';

export type HelloFacts = Extract<StageFacts, { readonly stage: 'hello' }>;

/** The highest wire version of each MongoDB release series (facts/mongodb.md 4.2). */
const RELEASES: readonly (readonly [wireVersion: number, release: string])[] = [
  [9, '4.4'],
  [13, '5.0'],
  [17, '6.0'],
  [21, '7.0'],
  [25, '8.0'],
];

/**
 * Watches the heartbeats of the driver monitors. If no server is usable, reports this as early as possible.
 * Without this class, the driver would retry until server selection times out.
 */
export class HelloWatch {
  readonly #uri: ConnectionString;
  readonly #needsPrimary: boolean;
  readonly #answers = new Map<string, Record<string, unknown>>();
  readonly #errors = new Map<string, Error>();
  #topology: TopologyDescription | null = null;
  readonly #lost = rejection();
  readonly #moved = rejection();
  /** Rejects before the login if no server is usable. Never resolves. */
  readonly hopeless: Promise<never> = this.#lost.promise;
  /**
   * Rejects, before or after the login, if fedctl must not connect to the current primary. Never resolves.
   */
  readonly refused: Promise<never> = this.#moved.promise;

  constructor(client: MongoClient, uri: ConnectionString) {
    this.#uri = uri;
    this.#needsPrimary = client.readPreference.mode === 'primary';
    client.on('serverHeartbeatSucceeded', ({ connectionId, reply }) => {
      this.#answers.set(connectionId, reply);
      this.#errors.delete(connectionId);
      // The driver updates its topology after this event, so the check must run after the update.
      setImmediate(() => this.#judge());
    });
    client.on('serverHeartbeatFailed', ({ connectionId, failure }) => {
      this.#errors.set(connectionId, failure);
      this.#judge();
    });
    client.on('topologyDescriptionChanged', ({ newDescription }) => {
      this.#topology = newDescription;
    });
  }

  facts(): HelloFacts {
    const servers = [...(this.#topology?.servers.values() ?? [])];
    const primary = servers.find(({ type }) => type === 'RSPrimary');
    const server = primary ?? servers.find(({ type }) => type !== 'Unknown');
    const reply = [...this.#answers.values()][0];
    const wireVersion = server?.maxWireVersion ?? Number(reply?.['maxWireVersion'] ?? 0);
    return {
      stage: 'hello',
      wireVersion: wireVersion > 0 ? wireVersion : null,
      replicaSet: server?.setName ?? null,
      primary: primary?.address ?? null,
    };
  }

  /** Describes the server, for example `MongoDB 8.0 (wire version 25), replica set rs0, primary a:27017`. */
  detail(): string {
    const { wireVersion, replicaSet, primary } = this.facts();
    return [
      wireVersion === null ? 'MongoDB' : `${releaseOf(wireVersion)} (wire version ${wireVersion})`,
      ...(replicaSet === null ? [this.#kind()] : [`replica set ${replicaSet}`]),
      ...(primary === null ? [] : [`primary ${primary}`]),
    ].join(', ');
  }

  #kind(): string {
    const servers = [...(this.#topology?.servers.values() ?? [])];
    return kindOf(servers.find(({ type }) => type !== 'Unknown'));
  }

  /** Returns the failure for a timeout of the hello stage. The results of the heartbeats determine which failure. */
  timedOut(seconds: number, cause?: unknown): FedctlError {
    const failed = this.#failed() ?? this.#refusal([...this.#errors.keys()]);
    if (failed !== null) return failed;
    const answered = [...this.#answers.keys()];
    const names = answered.join(', ');
    if (answered.length > 0) {
      return new FedctlError('mongo.no-primary', {
        message: `${names} responded, but no primary was found within ${seconds} s.`,
        details: { answered },
        cause,
      });
    }
    return new FedctlError('mongo.hello-timeout', {
      message: `${this.#hosts()} accepted the connection, but did not respond to hello within ${seconds} s.`,
      cause,
    });
  }

  #judge(): void {
    const refusal = this.#refusedPrimary();
    if (refusal !== null) this.#moved.reject(refusal);
    const failed = this.#failed();
    if (failed !== null) this.#lost.reject(failed);
  }

  /** Returns a failure if all servers are known to be unusable; otherwise null. */
  #failed(): FedctlError | null {
    const known = [...(this.#topology?.servers.keys() ?? [])];
    // The driver removes a server from the topology if the server belongs to another replica set. If no
    // server remains, use the hosts in the connection string.
    const addresses = known.length > 0 ? known : this.#uri.hosts.map(hostPort);
    const refusal = this.#refusedPrimary();
    if (refusal !== null) return refusal;
    if (!addresses.every((address) => this.#errors.has(address) || this.#isOfAnotherSet(address)))
      return null;
    const stranger = addresses.find((address) => this.#isOfAnotherSet(address));
    if (stranger !== undefined) return this.#wrongSet(stranger);
    const refused = this.#refusal(addresses);
    if (refused !== null) return refused;
    const [first] = addresses;
    const error = first === undefined ? undefined : this.#errors.get(first);
    if (first === undefined || error === undefined) return null;
    const advertised = this.#answers.size > 0 && !this.#answers.has(first);
    const named = [...this.#answers.values()].some((reply) => reply['setName'] !== undefined);
    if (advertised && !named) return this.#standaloneDropped(first);
    return advertised ? this.#membersUnreachable(addresses, error) : helloFailure(first, error);
  }

  /**
   * Returns a failure if a secondary reports a primary to which fedctl must not connect. Without this check,
   * the driver would wait for this primary until server selection times out.
   */
  #refusedPrimary(): FedctlError | null {
    if (!this.#needsPrimary) return null;
    return this.#refusal(
      [...(this.#topology?.servers.values() ?? [])].flatMap(({ primary }) => primary ?? []),
    );
  }

  /** Returns why the dial guard rejected one of these addresses; null if the guard rejected no address. */
  #refusal(addresses: readonly string[]): FedctlError | null {
    for (const address of addresses) {
      const refusal = ownFailure(this.#errors.get(address));
      if (refusal !== null) return refusal;
    }
    return null;
  }

  /**
   * If a connection string has several hosts, drivers remove a standalone server from the topology (Server
   * Discovery and Monitoring, updateUnknownWithStandalone).
   */
  #standaloneDropped(unreached: string): FedctlError {
    const answered = [...this.#answers.keys()].join(', ');
    return new FedctlError('mongo.topology-mismatch', {
      message: `${answered} is a standalone server, and ${unreached} is unreachable.`,
      likelyCause:
        'Drivers remove a standalone server from a list of several hosts, because a standalone server belongs to no replica set.',
      remedy:
        'In the connection string, list only the standalone server, or the hosts of the intended replica set.',
      cause: this.#errors.get(unreached),
    });
  }

  #isOfAnotherSet(address: string): boolean {
    const { replicaSet } = this.#uri;
    const reply = this.#answers.get(address);
    return replicaSet !== null && reply !== undefined && reply['setName'] !== replicaSet;
  }

  #wrongSet(address: string): FedctlError {
    const seen = this.#answers.get(address)?.['setName'];
    const is = typeof seen === 'string' ? `part of the replica set "${seen}"` : 'not part of a replica set';
    return new FedctlError('mongo.topology-mismatch', {
      message: `${address} is ${is}, but the connection string specifies "${this.#uri.replicaSet ?? ''}".`,
      details: { expected: this.#uri.replicaSet, seen: seen ?? null },
    });
  }

  #membersUnreachable(addresses: readonly string[], cause: Error): FedctlError {
    return new FedctlError('mongo.no-primary', {
      message: `${this.#hosts()} responded and reported ${addresses.join(', ')} as members, but none of these members is reachable.`,
      likelyCause: 'The replica set uses member names that do not resolve on this machine.',
      remedy:
        'Add directConnection=true to the connection string, or make the member names resolvable and reachable from this machine.',
      details: { members: addresses },
      cause,
    });
  }

  #hosts(): string {
    return this.#uri.hosts.map(hostPort).join(', ');
  }
}

/** Returns a promise and its `reject` function. A rejection is never reported as unhandled. */
function rejection() {
  let reject: (failure: FedctlError) => void = () => {};
  const promise = new Promise<never>((_resolve, refuse) => {
    reject = refuse;
  });
  promise.catch(() => {});
  return { promise, reject };
}

function kindOf(server: ServerDescription | undefined): string {
  switch (server?.type) {
    case 'Mongos':
      return 'sharded cluster';
    case 'LoadBalancer':
      return 'behind a load balancer';
    default:
      return 'standalone';
  }
}

function releaseOf(wireVersion: number): string {
  const release = RELEASES.findLast(([from]) => from <= wireVersion);
  if (release === undefined) return 'MongoDB';
  return release[0] === wireVersion ? `MongoDB ${release[1]}` : `MongoDB ${release[1]} or later`;
}
