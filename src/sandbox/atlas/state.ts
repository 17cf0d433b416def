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

/** Atlas keeps the logins of a week (its documentation); the lab keeps the last thousand. */
const HISTORY = 1000;

/**
 * The state of Atlas: an organization with its federation, one project with its users, access list and
 * clusters, the API credentials, and the logins to its cluster. The lab's API shows it, and the lab's MongoDB
 * server uses it. A change applies from the next request and the next login.
 */
export class AtlasState {
  readonly organization: { readonly id: string; name: string };
  readonly project: { readonly id: string; name: string; readonly createdAt: Date };
  readonly credentials: ApiCredentials;
  /** Null until federation is set up in the console: no API call does it (facts/mongodb.md 6). */
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

  /** The identity providers of the federation, connected to the organization or not. */
  get identityProviders(): readonly AtlasIdentityProvider[] {
    return [...this.#identityProviders.values()];
  }

  /** Ids of the connected identity providers, in the order of connection. */
  get connectedIdentityProviderIds(): readonly string[] {
    return [...this.#connected];
  }

  identityProvider(id: string): AtlasIdentityProvider | undefined {
    return this.#identityProviders.get(id);
  }

  /**
   * Adds an identity provider without connecting it to the organization, which is a separate step in Atlas.
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

  /** @returns false when there is none with this id */
  updateIdentityProvider(id: string, changes: Partial<Omit<IdentityProviderFacts, 'id'>>): boolean {
    const known = this.#identityProviders.get(id);
    if (known === undefined) return false;
    this.#identityProviders.set(id, { ...known, ...changes, updatedAt: this.#now() });
    return true;
  }

  /** Removes and disconnects it. @returns false when there is none with this id */
  removeIdentityProvider(id: string): boolean {
    this.#connected.delete(id);
    return this.#identityProviders.delete(id);
  }

  /** @returns false when there is none with this id */
  connectIdentityProvider(id: string): boolean {
    if (!this.#identityProviders.has(id)) return false;
    this.#connected.add(id);
    return true;
  }

  /** @returns false when the organization was not connected to it */
  disconnectIdentityProvider(id: string): boolean {
    return this.#connected.delete(id);
  }

  /** The database users of the project, without expired ones. */
  get databaseUsers(): readonly AtlasDatabaseUser[] {
    return this.#databaseUsers.filter((user) => !this.#isOver(user.deleteAfterDate));
  }

  databaseUser(username: string, database: string = EXTERNAL): AtlasDatabaseUser | undefined {
    return this.databaseUsers.find((user) => user.username === username && user.database === database);
  }

  /** Replaces a user with the same name in the same database. */
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
   * Changes a user in place, including its name and database. @returns false when there is none with this
   * name
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

  /** @returns false when there is none with this name */
  removeDatabaseUser(username: string, database: string = EXTERNAL): boolean {
    const index = this.#indexOfUser(username, database);
    if (index < 0) return false;
    this.#databaseUsers.splice(index, 1);
    return true;
  }

  /** The entries of the access list, without expired ones. */
  get accessList(): readonly AccessListEntry[] {
    return this.#accessList.filter((entry) => !this.#isOver(entry.deleteAfterDate));
  }

  /** Finds an entry by `203.0.113.9`, `203.0.113.9/32` or `sg-…`. */
  accessListEntry(value: string): AccessListEntry | undefined {
    return this.accessList.find((entry) => isEntry(entry, value));
  }

  /** Replaces an entry for the same addresses. The default status is ACTIVE. */
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

  /** @returns false when there is none */
  removeAccessListEntry(value: string): boolean {
    const index = this.#accessList.findIndex((entry) => isEntry(entry, value));
    if (index < 0) return false;
    this.#accessList.splice(index, 1);
    return true;
  }

  /** Returns whether the project allows this address to connect to its clusters. */
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

  /** Adds a cluster. The lab's MongoDB server belongs to the first one. */
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

  /** @returns false when there is none with this name */
  updateCluster(name: string, changes: Partial<Omit<AtlasCluster, 'id' | 'name'>>): boolean {
    const known = this.#clusters.get(name);
    if (known === undefined) return false;
    this.#clusters.set(name, { ...known, ...changes });
    return true;
  }

  /** @returns false when there is none with this name */
  setClusterState(name: string, stateName: ClusterState, paused = false): boolean {
    return this.updateCluster(name, { stateName, paused });
  }

  /** @returns false when there is none with this name */
  removeCluster(name: string): boolean {
    return this.#clusters.delete(name);
  }

  /** Newest first, as Atlas shows them. */
  get accessHistory(): readonly AccessHistoryEntry[] {
    return this.#accessHistory;
  }

  /** Records a login to the lab's MongoDB server. */
  recordLogin(attempt: LoginAttempt): void {
    const { username, ipAddress, accepted, failureReason, mechanism } = attempt;
    const cluster = this.#playedCluster();
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
   * Returns the identity providers whose tokens the cluster accepts: only those connected to the
   * organization.
   */
  trustedIdentityProviders(): readonly IdentityProvider[] {
    return this.identityProviders.filter(({ id }) => this.#connected.has(id));
  }

  /**
   * Returns all users, including expired ones: the cluster checks scopes and expirations itself, so that its
   * log can name the reason.
   */
  clusterUsers(): readonly DatabaseUser[] {
    return this.#databaseUsers;
  }

  #playedCluster(): AtlasCluster | undefined {
    return this.clusters[0];
  }

  #indexOfUser(username: string, database: string): number {
    return this.#databaseUsers.findIndex((user) => user.username === username && user.database === database);
  }

  #isOver(date: Date | null | undefined): boolean {
    return date !== null && date !== undefined && date <= this.#now();
  }
}

/** Returns a new id in the form of Atlas: 24 hex characters. */
export function objectId(): string {
  return randomBytes(12).toString('hex');
}

function isEntry(entry: AccessListEntry, value: string): boolean {
  return entry.awsSecurityGroup === value || (entry.cidrBlock !== null && entry.cidrBlock === blockOf(value));
}
