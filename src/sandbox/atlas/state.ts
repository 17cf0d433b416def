import { randomBytes } from 'node:crypto';
import { inNetwork } from '../../lib/core/network.ts';
import { type DatabaseUser, EXTERNAL, type IdentityProvider } from '../../lib/trust/relying-party.ts';
import type { LoginAttempt } from '../mongod/login-attempt.ts';
import { blockOf } from './address-block.ts';
import { ApiCredentials } from './credentials.ts';
import type {
  AccessHistoryEntry,
  AccessListEntry,
  AccessListFacts,
  AtlasCluster,
  AtlasDatabaseUser,
  AtlasIdentityProvider,
  ClusterState,
  DatabaseUserFacts,
  IdentityProviderFacts,
} from './records.ts';

export interface AtlasStateOptions {
  /** The lab's clock. */
  readonly now: () => Date;
}

/**
 * The maximum number of logins in the history of the lab. Atlas limits the age instead: according to its
 * documentation, it keeps logins for one week.
 */
const HISTORY = 1000;

/**
 * The state of Atlas: an organization with its federation, one project, the API credentials, and the login
 * history. The project has database users, an access list and clusters. The lab's API returns this state, and
 * the lab's MongoDB server uses it. A change takes effect at the next request and the next login.
 */
export class AtlasState {
  readonly organization: { readonly id: string; name: string };
  readonly project: { readonly id: string; name: string; readonly createdAt: Date };
  readonly credentials: ApiCredentials;
  /**
   * The ID of the federation settings; null if federation was not set up in the Atlas UI. The API cannot set
   * up federation (facts/mongodb.md 6).
   */
  federationSettingsId: string | null = objectId();
  readonly #now: () => Date;
  readonly #identityProviders = new Map<string, AtlasIdentityProvider>();
  readonly #connected = new Set<string>();
  readonly #databaseUsers: AtlasDatabaseUser[] = [];
  readonly #accessList: AccessListEntry[] = [];
  readonly #clusters = new Map<string, AtlasCluster>();
  readonly #accessHistory: AccessHistoryEntry[] = [];

  constructor({ now }: AtlasStateOptions) {
    this.#now = now;
    this.organization = { id: objectId(), name: 'fedctl-lab' };
    this.project = { id: objectId(), name: 'lab', createdAt: now() };
    this.credentials = new ApiCredentials(now);
  }

  /** The identity providers of the federation, including those that are not connected to the organization. */
  get identityProviders(): readonly AtlasIdentityProvider[] {
    return [...this.#identityProviders.values()];
  }

  /** The IDs of the connected identity providers, in the order in which they were connected. */
  get connectedIdentityProviderIds(): readonly string[] {
    return [...this.#connected];
  }

  identityProvider(id: string): AtlasIdentityProvider | undefined {
    return this.#identityProviders.get(id);
  }

  /**
   * Adds an identity provider, but does not connect it to the organization. In Atlas, connecting is a
   * separate step.
   */
  addIdentityProvider(facts: IdentityProviderFacts): AtlasIdentityProvider {
    const added: AtlasIdentityProvider = {
      id: objectId(),
      description: '',
      userClaim: 'sub',
      groupsClaim: 'groups',
      authorizationType: 'USER',
      ...facts,
      createdAt: this.#now(),
      updatedAt: null,
    };
    this.#identityProviders.set(added.id, added);
    return added;
  }

  /** Changes an identity provider. @returns false if no identity provider has this ID */
  updateIdentityProvider(id: string, changes: Partial<Omit<IdentityProviderFacts, 'id'>>): boolean {
    const known = this.#identityProviders.get(id);
    if (known === undefined) return false;
    this.#identityProviders.set(id, { ...known, ...changes, updatedAt: this.#now() });
    return true;
  }

  /** Removes and disconnects an identity provider. @returns false if no identity provider has this ID */
  removeIdentityProvider(id: string): boolean {
    this.#connected.delete(id);
    return this.#identityProviders.delete(id);
  }

  /** Connects an identity provider to the organization. @returns false if no identity provider has this ID */
  connectIdentityProvider(id: string): boolean {
    if (!this.#identityProviders.has(id)) return false;
    this.#connected.add(id);
    return true;
  }

  /**
   * Disconnects an identity provider from the organization.
   *
   * @returns false if the identity provider was not connected
   */
  disconnectIdentityProvider(id: string): boolean {
    return this.#connected.delete(id);
  }

  /** The database users of the project, except expired users. */
  get databaseUsers(): readonly AtlasDatabaseUser[] {
    return this.#databaseUsers.filter((user) => !this.#isExpired(user.deleteAfterDate));
  }

  databaseUser(username: string, database: string = EXTERNAL): AtlasDatabaseUser | undefined {
    return this.databaseUsers.find((user) => user.username === username && user.database === database);
  }

  /** Adds a database user, or replaces the user with the same name in the same database. */
  addDatabaseUser(facts: DatabaseUserFacts): AtlasDatabaseUser {
    const added: AtlasDatabaseUser = {
      database: EXTERNAL,
      oidcAuthType: 'NONE',
      awsIAMType: 'NONE',
      scopes: [],
      description: null,
      ...facts,
    };
    this.removeDatabaseUser(added.username, added.database);
    this.#databaseUsers.push(added);
    return added;
  }

  /**
   * Changes a database user. The changes can include the name and the database.
   *
   * @returns false if the user does not exist
   */
  updateDatabaseUser(
    username: string,
    changes: Partial<DatabaseUserFacts>,
    database: string = EXTERNAL,
  ): boolean {
    const index = this.#indexOfUser(username, database);
    const known = this.#databaseUsers[index];
    if (known === undefined) return false;
    this.#databaseUsers[index] = { ...known, ...changes };
    return true;
  }

  /** Removes a database user. @returns false if the user does not exist */
  removeDatabaseUser(username: string, database: string = EXTERNAL): boolean {
    const index = this.#indexOfUser(username, database);
    if (index < 0) return false;
    this.#databaseUsers.splice(index, 1);
    return true;
  }

  /** The entries of the access list, except expired entries. */
  get accessList(): readonly AccessListEntry[] {
    return this.#accessList.filter((entry) => !this.#isExpired(entry.deleteAfterDate));
  }

  /**
   * Finds an entry by its address, block or security group, such as `203.0.113.9`, `203.0.113.9/32` or
   * `sg-…`.
   */
  accessListEntry(value: string): AccessListEntry | undefined {
    return this.accessList.find((entry) => isEntry(entry, value));
  }

  /**
   * Adds an entry to the access list, or replaces the entry that has the same value. The default status is
   * ACTIVE.
   */
  addAccessListEntry(facts: AccessListFacts): AccessListEntry {
    const { ipAddress, cidrBlock, awsSecurityGroup = null, ...rest } = facts;
    const given = cidrBlock ?? ipAddress;
    const added: AccessListEntry = {
      comment: '',
      deleteAfterDate: null,
      status: 'ACTIVE',
      ...rest,
      cidrBlock: given === undefined ? null : blockOf(given),
      awsSecurityGroup,
    };
    this.removeAccessListEntry(added.cidrBlock ?? added.awsSecurityGroup ?? '');
    this.#accessList.push(added);
    return added;
  }

  /** Removes an entry. @returns false if the entry does not exist */
  removeAccessListEntry(value: string): boolean {
    const index = this.#accessList.findIndex((entry) => isEntry(entry, value));
    if (index < 0) return false;
    this.#accessList.splice(index, 1);
    return true;
  }

  /** Returns whether the access list of the project allows this address to connect to the clusters. */
  admits(ipAddress: string): boolean {
    return this.accessList.some(
      ({ cidrBlock, status }) => status === 'ACTIVE' && cidrBlock !== null && inNetwork(ipAddress, cidrBlock),
    );
  }

  get clusters(): readonly AtlasCluster[] {
    return [...this.#clusters.values()];
  }

  cluster(name: string): AtlasCluster | undefined {
    return this.#clusters.get(name);
  }

  /** Adds a cluster. The lab's MongoDB server belongs to the cluster that was added first. */
  addCluster(facts: Pick<AtlasCluster, 'name' | 'connectionString'> & Partial<AtlasCluster>): AtlasCluster {
    const added: AtlasCluster = {
      id: objectId(),
      mongoDBVersion: '8.0.13',
      instanceSize: 'M10',
      stateName: 'IDLE',
      paused: false,
      connectionStringSrv: null,
      createdAt: this.#now(),
      ...facts,
    };
    this.#clusters.set(added.name, added);
    return added;
  }

  /** Changes a cluster. @returns false if the cluster does not exist */
  updateCluster(name: string, changes: Partial<Omit<AtlasCluster, 'id' | 'name'>>): boolean {
    const known = this.#clusters.get(name);
    if (known === undefined) return false;
    this.#clusters.set(name, { ...known, ...changes });
    return true;
  }

  /** Changes the state of a cluster. @returns false if the cluster does not exist */
  setClusterState(name: string, stateName: ClusterState, paused = false): boolean {
    return this.updateCluster(name, { stateName, paused });
  }

  /** Removes a cluster. @returns false if the cluster does not exist */
  removeCluster(name: string): boolean {
    return this.#clusters.delete(name);
  }

  /** The logins to the lab's cluster, newest first, as in Atlas. */
  get accessHistory(): readonly AccessHistoryEntry[] {
    return this.#accessHistory;
  }

  /** Records a login to the lab's MongoDB server. */
  recordLogin(attempt: LoginAttempt): void {
    const { username, ipAddress, accepted, failureReason, mechanism } = attempt;
    const cluster = this.#servedCluster();
    this.#accessHistory.unshift({
      at: this.#now(),
      cluster: cluster?.name ?? '',
      hostname: cluster === undefined ? '' : new URL(cluster.connectionString).host,
      ipAddress,
      username: username ?? '',
      authSource: EXTERNAL,
      accepted,
      failureReason,
      mechanism,
    });
    if (this.#accessHistory.length > HISTORY) this.#accessHistory.pop();
  }

  /**
   * Returns the identity providers that are connected to the organization. The cluster accepts only the
   * tokens of these providers.
   */
  trustedIdentityProviders(): readonly IdentityProvider[] {
    return this.identityProviders.filter(({ id }) => this.#connected.has(id));
  }

  /**
   * Returns all users, including expired users. The cluster checks scopes and expirations itself, because the
   * log of the cluster must contain the reason for a rejected login.
   */
  clusterUsers(): readonly DatabaseUser[] {
    return this.#databaseUsers;
  }

  #servedCluster(): AtlasCluster | undefined {
    return this.clusters[0];
  }

  #indexOfUser(username: string, database: string): number {
    return this.#databaseUsers.findIndex((user) => user.username === username && user.database === database);
  }

  #isExpired(date: Date | null | undefined): boolean {
    return date !== null && date !== undefined && date <= this.#now();
  }
}

/** Returns a random ID in the format of Atlas: 24 hex characters. */
export function objectId(): string {
  return randomBytes(12).toString('hex');
}

function isEntry(entry: AccessListEntry, value: string): boolean {
  return entry.awsSecurityGroup === value || (entry.cidrBlock !== null && entry.cidrBlock === blockOf(value));
}
