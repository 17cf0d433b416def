import type { Hop } from '../delays.ts';
import type { LabLog } from '../log.ts';
import type { PlayedScenario } from '../scenarios/played-scenario.ts';
import {
  changeAccessList,
  changeDatabaseUser,
  changeIdentityProvider,
  type DatabaseUserChange,
  type IdentityProviderChange,
  linkOrganization,
  pauseCluster,
} from './atlas-changes.ts';
import { invalid, unknown } from './refusals.ts';
import { type LabParts, type LabStatus, type LabTime, labStatus, labTime } from './status.ts';

/** A change to the lab: its kind, the changed object, and the new value. */
export interface LabChange {
  readonly setting:
    | 'federation'
    | 'keys'
    | 'database-user'
    | 'identity-provider'
    | 'organization-link'
    | 'access-list'
    | 'cluster'
    | 'identity'
    | 'connections'
    | 'delay';
  readonly of: string;
  readonly value: string;
}

/** Maximum offset of the clock, in seconds: ten years. */
const FURTHEST = 10 * 365 * 24 * 3600;
/** Maximum delay of a hop, in milliseconds. */
const SLOWEST = 10 * 60_000;

/**
 * Changes a running lab. Other processes can make the same changes through the control API. The lab's log
 * contains all changes, as entries of the hop `control`.
 */
export class LabControls {
  readonly #parts: LabParts;
  readonly #log: LabLog;
  readonly #stop = new AbortController();

  /** @internal */
  constructor(parts: LabParts, log: LabLog) {
    this.#parts = parts;
    this.#log = log;
  }

  /** A signal that aborts when the lab receives a stop request. */
  get stopping(): AbortSignal {
    return this.#stop.signal;
  }

  status(): LabStatus {
    return labStatus(this.#parts);
  }

  time(): LabTime {
    return labTime(this.#parts.clock);
  }

  /**
   * Sets the offset of the lab's clock from the real time. With a negative offset, the clock is behind the
   * real time.
   *
   * @throws FedctlError usage.invalid-value
   */
  setClock(offsetSeconds: number): LabTime {
    if (!Number.isFinite(offsetSeconds) || Math.abs(offsetSeconds) > FURTHEST) {
      throw invalid('offsetSeconds', 'a number of seconds, at most ten years');
    }
    this.#parts.clock.set(offsetSeconds * 1000);
    this.#tell('clock', `the offset of the lab's clock from the real time is ${offsetSeconds} s`);
    return this.time();
  }

  /**
   * Enables or disables outbound federation for an account.
   *
   * @param accountId account ID (default: the first account)
   * @throws FedctlError lab.unknown-name
   */
  setFederation(enabled: boolean, accountId?: string): LabChange {
    const { id } = this.#account(accountId);
    this.#parts.world.setFederation(id, enabled);
    return this.#changed('federation', id, enabled ? 'enabled' : 'disabled');
  }

  /**
   * Replaces the signing keys of an account, and removes the old keys from its key set. After a relying party
   * fetches the key set again, it rejects tokens that were signed with an old key.
   *
   * @param accountId account ID (default: the first account)
   * @throws FedctlError lab.unknown-name
   */
  async rotateKeys(accountId?: string): Promise<LabChange> {
    const account = this.#account(accountId);
    await this.#parts.world.rotateKeys(account.id);
    return this.#changed('keys', account.id, `${account.keys.RS256.kid}, ${account.keys.ES384.kid}`);
  }

  /**
   * Deletes the database users with this name. As in MongoDB, the server rejects new logins, but existing
   * connections stay open.
   *
   * @throws FedctlError lab.unknown-name
   */
  revokeDatabaseUser(username: string): LabChange {
    const { atlas } = this.#parts;
    const known = atlas.databaseUsers;
    const named = known.filter((user) => user.username === username);
    if (named.length === 0) {
      throw unknown(
        'database user',
        username,
        known.map((user) => user.username),
      );
    }
    for (const { database } of named) atlas.removeDatabaseUser(username, database);
    return this.#changed('database-user', username, 'revoked');
  }

  /**
   * Creates a database user, or changes the existing user with the same name and database. The change applies
   * to later logins.
   *
   * @throws FedctlError usage.invalid-value, lab.unknown-name
   */
  setDatabaseUser(change: DatabaseUserChange): LabChange {
    return this.#changed('database-user', change.username, changeDatabaseUser(this.#parts.atlas, change));
  }

  /**
   * Creates an identity provider, or changes an existing identity provider with this ID or display name. A
   * new identity provider is not connected to the organization.
   *
   * @throws FedctlError usage.invalid-value
   */
  setIdentityProvider(change: IdentityProviderChange): LabChange {
    const { id, displayName, issuer, audience } = changeIdentityProvider(this.#parts.atlas, change);
    return this.#changed('identity-provider', displayName, `${id}, issuer ${issuer}, audience ${audience}`);
  }

  /**
   * Connects the organization to an identity provider, or disconnects the organization from it.
   *
   * @param provider ID or display name of the identity provider
   * @throws FedctlError lab.unknown-name
   */
  setOrganizationLink(provider: string, connected: boolean): LabChange {
    const { displayName } = linkOrganization(this.#parts.atlas, provider, connected);
    return this.#changed('organization-link', displayName, connected ? 'connected' : 'disconnected');
  }

  /**
   * Adds an IP address or a CIDR block to the IP access list, or removes it from the list.
   *
   * @throws FedctlError usage.invalid-value, lab.unknown-name
   */
  setAccess(address: string, allowed: boolean): LabChange {
    changeAccessList(this.#parts.atlas, address, allowed);
    return this.#changed('access-list', address, allowed ? 'allowed' : 'removed');
  }

  /**
   * Pauses or resumes a cluster.
   *
   * @throws FedctlError lab.unknown-name
   */
  setCluster(name: string, paused: boolean): LabChange {
    pauseCluster(this.#parts.atlas, name, paused);
    return this.#changed('cluster', name, paused ? 'paused' : 'running');
  }

  /**
   * Deletes an IAM user or role with all of its keys and sessions.
   *
   * @throws FedctlError lab.unknown-name
   */
  revokeIdentity(arn: string): LabChange {
    const { world } = this.#parts;
    const known = [...world.users, ...world.roles].map((identity) => identity.arn);
    if (!world.remove(arn)) throw unknown('identity', arn, known);
    return this.#changed('identity', arn, 'deleted');
  }

  /** Closes every connection to the MongoDB server. */
  dropConnections(): LabChange {
    return this.#changed('connections', 'mongod', `${this.#parts.mongod.dropConnections()} dropped`);
  }

  /**
   * Delays all requests to a hop by `ms` milliseconds. The value 0 removes the delay.
   *
   * @throws FedctlError usage.invalid-value
   */
  slow(hop: Hop, ms: number): LabChange {
    if (!(ms >= 0 && ms <= SLOWEST)) throw invalid('ms', 'a number of milliseconds, at most ten minutes');
    this.#parts.delays.set(hop, ms);
    return this.#changed('delay', hop, `${ms} ms`);
  }

  /**
   * Enables federation in the lab and introduces the fault of a scenario, as `--scenario` does in a new lab.
   * A lab can have only one active scenario.
   *
   * @throws FedctlError usage.invalid-value, lab.scenario-played, lab.scenario-unplayable
   */
  playScenario(name: string): Promise<PlayedScenario> {
    return this.#parts.scenarios.play(name);
  }

  /** Aborts the signal `stopping`. The code that started the lab must then stop the lab. */
  stop(): void {
    this.#tell('stop', 'the lab is stopping');
    this.#stop.abort();
  }

  #account(id: string | undefined) {
    const { accounts } = this.#parts.world;
    const account = id === undefined ? accounts[0] : accounts.find((one) => one.id === id);
    if (account !== undefined) return account;
    const ids = accounts.map((one) => one.id);
    throw unknown('account', id ?? '', ids);
  }

  #changed(setting: LabChange['setting'], of: string, value: string): LabChange {
    this.#tell(setting, `${of}: ${value}`);
    return { setting, of, value };
  }

  #tell(action: string, reason: string): void {
    this.#log.add({ hop: 'control', action, principal: null, decision: 'info', reason });
  }
}
