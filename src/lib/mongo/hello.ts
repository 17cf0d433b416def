import type { MongoClient, ServerDescription, TopologyDescription } from 'mongodb';
import type { StageFacts } from '../connection.ts';
import { FedctlError } from '../errors.ts';
import { hostPort, type Target } from '../uri/target.ts';
import { helloFailure } from './server-failures.ts';

export type HelloFacts = Extract<StageFacts, { readonly stage: 'hello' }>;

/** The release lines by the wire version that they speak at most (facts/mongodb.md 4.2). */
const RELEASES: readonly (readonly [wireVersion: number, release: string])[] = [
  [9, '4.4'],
  [13, '5.0'],
  [17, '6.0'],
  [21, '7.0'],
  [25, '8.0'],
];

/**
 * Watches what the driver's monitors see, one heartbeat after the other, and says as soon as it can be said that no
 * server will do: the driver itself would go on trying until its time is over.
 */
export class HelloWatch {
  readonly #target: Target;
  readonly #answers = new Map<string, Record<string, unknown>>();
  readonly #errors = new Map<string, Error>();
  #topology: TopologyDescription | null = null;
  #giveUp: (failure: FedctlError) => void = () => {};
  /** Rejects when no server can be used any more; never fulfilled. */
  readonly hopeless: Promise<never>;

  constructor(client: MongoClient, target: Target) {
    this.#target = target;
    this.hopeless = new Promise((_resolve, reject) => {
      this.#giveUp = reject;
    });
    this.hopeless.catch(() => {});
    client.on('serverHeartbeatSucceeded', ({ connectionId, reply }) => {
      this.#answers.set(connectionId, reply);
      this.#errors.delete(connectionId);
      // The driver draws its conclusions after this event.
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

  /** What answered: `MongoDB 8.0 (wire version 25), replica set rs0, primary a:27017`. */
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

  /** The failure when the time is over: what was seen tells why. */
  timedOut(seconds: number, cause?: unknown): FedctlError {
    const failed = this.#failed();
    if (failed !== null) return failed;
    const answered = [...this.#answers.keys()];
    const names = answered.join(', ');
    if (answered.length > 0) {
      return new FedctlError('mongo.no-primary', {
        message: `${names} answered, but no primary was found within ${seconds} s.`,
        details: { answered },
        cause,
      });
    }
    return new FedctlError('mongo.hello-timeout', {
      message: `${this.#hosts()} accepted the connection, but did not answer hello within ${seconds} s.`,
      cause,
    });
  }

  #judge(): void {
    const failed = this.#failed();
    if (failed !== null) this.#giveUp(failed);
  }

  /** Not null when every server that could be meant has shown that it is of no use. */
  #failed(): FedctlError | null {
    const known = [...(this.#topology?.servers.keys() ?? [])];
    // A server of another replica set is taken out of the topology: what is left is what was named.
    const addresses = known.length > 0 ? known : this.#target.hosts.map(hostPort);
    if (!addresses.every((address) => this.#errors.has(address) || this.#isOfAnotherSet(address)))
      return null;
    const stranger = addresses.find((address) => this.#isOfAnotherSet(address));
    if (stranger !== undefined) return this.#wrongSet(stranger);
    const [first] = addresses;
    const error = first === undefined ? undefined : this.#errors.get(first);
    if (first === undefined || error === undefined) return null;
    const advertised = this.#answers.size > 0 && !this.#answers.has(first);
    return advertised ? this.#membersUnreachable(addresses, error) : helloFailure(first, error);
  }

  #isOfAnotherSet(address: string): boolean {
    const { replicaSet } = this.#target;
    const reply = this.#answers.get(address);
    return replicaSet !== null && reply !== undefined && reply['setName'] !== replicaSet;
  }

  #wrongSet(address: string): FedctlError {
    const seen = this.#answers.get(address)?.['setName'];
    const is = typeof seen === 'string' ? `of the replica set "${seen}"` : 'of no replica set';
    return new FedctlError('mongo.topology-mismatch', {
      message: `${address} is ${is}, and the connection string says "${this.#target.replicaSet ?? ''}".`,
      details: { expected: this.#target.replicaSet, seen: seen ?? null },
    });
  }

  #membersUnreachable(addresses: readonly string[], cause: Error): FedctlError {
    return new FedctlError('mongo.no-primary', {
      message: `${this.#hosts()} answered and names ${addresses.join(', ')} as members, but none of these can be reached.`,
      likelyCause: 'The members are known to each other by names that mean nothing on this machine.',
      remedy: 'add directConnection=true to the connection string, or use the names that the members have',
      details: { members: addresses },
      cause,
    });
  }

  #hosts(): string {
    return this.#target.hosts.map(hostPort).join(', ');
  }
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
