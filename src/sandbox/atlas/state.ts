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

/** Atlas keeps the logins of a week (its documentation); the lab the last thousand. */
const HISTORY = 1000;

/**
 * What Atlas knows: an organization with its federation, one project with its users, access list and clusters, the
 * credentials of its API, and the logins that its cluster saw. The lab's API shows it and the lab's MongoDB server
 * obeys it. Plain state: a change counts from the next request and the next login on.
 */
export class AtlasState {
  readonly organization: { readonly id: string; name: string };
  readonly project: { readonly id: string; name: string; readonly createdAt: Date };
  readonly credentials: ApiCredentials;
  /** null as long as nobody has set up federation in the console: there is no call that does (facts/mongodb.md 6). */
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

  /** Those of the federation, whether the organization is connected to them or not. */
  get identityProviders(): readonly AtlasIdentityProvider[] {
    return [...this.#identityProviders.values()];
  }

  /** Ids of those that the organization is connected to, in the order of connecting. */
  get connectedIdentityProviderIds(): readonly string[] {
    return [...this.#connected];
  }

  identityProvider(id: string): AtlasIdentityProvider | undefined {
    return this.#identityProviders.get(id);
  }

  /** Adds one without connecting the organization to it, as Atlas does: connecting is a step of its own. */
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

  /** @returns false when there is none of this id */
  updateIdentityProvider(id: string, changes: Partial<Omit<IdentityProviderFacts, 'id'>>): boolean {
    const known = this.#identityProviders.get(id);
    if (known === undefined) return false;
    this.#identityProviders.set(id, { ...known, ...changes, updatedAt: this.#now() });
    return true;
  }

  /** Removes and disconnects it. @returns false when there is none of this id */
  removeIdentityProvider(id: string): boolean {
    this.#connected.delete(id);
    return this.#identityProviders.delete(id);
  }

  /** @returns false when there is none of this id */
  connectIdentityProvider(id: string): boolean {
    if (!this.#identityProviders.has(id)) return false;
    this.#connected.add(id);
    return true;
  }

  /** @returns false when the organization was not connected to it */
  disconnectIdentityProvider(id: string): boolean {
    return this.#connected.delete(id);
  }

  /** Those of the project; one whose time is over is gone. */
  get databaseUsers(): readonly AtlasDatabaseUser[] {
    return this.#databaseUsers.filter((user) => !this.#isOver(user.deleteAfterDate));
  }

  databaseUser(username: string, database: string = EXTERNAL): AtlasDatabaseUser | undefined {
    return this.databaseUsers.find((user) => user.username === username && user.database === database);
  }

  /** Takes the place of one of the same name in the same database. */
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

  /** Changes one where it stands, its name and database included. @returns false when there is none of this name */
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

  /** @returns false when there is none of this name */
  removeDatabaseUser(username: string, database: string = EXTERNAL): boolean {
    const index = this.#indexOfUser(username, database);
    if (index < 0) return false;
    this.#databaseUsers.splice(index, 1);
    return true;
  }

  /** Entries whose time is over are gone. */
  get accessList(): readonly AccessListEntry[] {
    return this.#accessList.filter((entry) => !this.#isOver(entry.deleteAfterDate));
  }

  /** Finds by `203.0.113.9`, `203.0.113.9/32` or `sg-…`. */
  accessListEntry(value: string): AccessListEntry | undefined {
    return this.accessList.find((entry) => isEntry(entry, value));
  }

  /** Takes the place of one for the same addresses. ACTIVE unless given. */
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

  /** Whether the project lets this address reach its clusters. */
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

  /** The first one added is played by the lab's MongoDB server. */
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

  /** @returns false when there is none of this name */
  updateCluster(name: string, changes: Partial<Omit<AtlasCluster, 'id' | 'name'>>): boolean {
    const known = this.#clusters.get(name);
    if (known === undefined) return false;
    this.#clusters.set(name, { ...known, ...changes });
    return true;
  }

  /** @returns false when there is none of this name */
  setClusterState(name: string, stateName: ClusterState, paused = false): boolean {
    return this.updateCluster(name, { stateName, paused });
  }

  /** @returns false when there is none of this name */
  removeCluster(name: string): boolean {
    return this.#clusters.delete(name);
  }

  /** Newest first, as Atlas shows them. */
  get accessHistory(): readonly AccessHistoryEntry[] {
    return this.#accessHistory;
  }

  /** Keeps a login that the lab's MongoDB server saw. */
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

  /** Whose tokens the cluster accepts: an identity provider counts only once the organization is connected to it. */
  trustedIdentityProviders(): readonly IdentityProvider[] {
    return this.identityProviders.filter(({ id }) => this.#connected.has(id));
  }

  /** All that the cluster ever knew of: it looks at scopes and ends itself, so that its log can say what it saw. */
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

/** An id as Atlas gives them: 24 hex characters. */
export function objectId(): string {
  return randomBytes(12).toString('hex');
}

function isEntry(entry: AccessListEntry, value: string): boolean {
  return entry.awsSecurityGroup === value || (entry.cidrBlock !== null && entry.cidrBlock === blockOf(value));
}
