import { isIP } from 'node:net';
import { EXTERNAL, type GrantedRole } from '../../lib/trust/relying-party.ts';
import type { AtlasDatabaseUser, AtlasIdentityProvider } from '../atlas/records.ts';
import { type AtlasState, objectId } from '../atlas/state.ts';
import { invalid, unknown } from './refusals.ts';
import { USER_TYPES, type UserType } from './user-types.ts';

/** The new values of a database user. Omitted fields stay unchanged. */
export interface DatabaseUserChange {
  readonly username: string;
  /** Authentication database (default: `$external`). */
  readonly database?: string;
  /** Required for a new user. */
  readonly type?: UserType;
  /** Roles such as `readWrite@app`. By default, a new user has no roles. */
  readonly roles?: readonly string[];
  /** The clusters that the user can access. An empty list means all clusters. */
  readonly clusters?: readonly string[];
}

/** The new values of an identity provider. Omitted fields stay unchanged. */
export interface IdentityProviderChange {
  /** The ID or the display name of an existing identity provider, or the display name of a new one. */
  readonly name: string;
  /** Required for a new identity provider. */
  readonly issuer?: string;
  readonly audience?: string;
  readonly userClaim?: string;
}

const TYPES: Readonly<Record<UserType, Pick<AtlasDatabaseUser, 'oidcAuthType' | 'awsIAMType'>>> = {
  'oidc-user': { oidcAuthType: 'USER', awsIAMType: 'NONE' },
  'oidc-group': { oidcAuthType: 'IDP_GROUP', awsIAMType: 'NONE' },
  'iam-user': { oidcAuthType: 'NONE', awsIAMType: 'USER' },
  'iam-role': { oidcAuthType: 'NONE', awsIAMType: 'ROLE' },
};

/**
 * Creates a database user, or changes the existing user with the same name and database.
 *
 * @throws FedctlError usage.invalid-value for a role without a database, or for a new user without a type;
 * lab.unknown-name for a cluster that does not exist in the project
 * @internal
 */
export function changeDatabaseUser(atlas: AtlasState, change: DatabaseUserChange): 'created' | 'changed' {
  const { username, database = EXTERNAL, type, roles, clusters } = change;
  const known = atlas.databaseUser(username, database);
  const facts = {
    ...(type !== undefined && TYPES[type]),
    ...(roles !== undefined && { roles: roles.map(grantedRole) }),
    ...(clusters !== undefined && { scopes: clusters.map((name) => scope(atlas, name, known)) }),
  };
  if (known !== undefined) {
    atlas.updateDatabaseUser(username, facts, database);
    return 'changed';
  }
  if (type === undefined) throw invalid('type', `one of ${USER_TYPES.join(', ')} for a new database user`);
  atlas.addDatabaseUser({ roles: [], ...facts, username, database });
  return 'created';
}

function grantedRole(text: string): GrantedRole {
  const [, role, db] = /^([^@\s]+)@([^@\s]+)$/.exec(text) ?? [];
  if (role === undefined || db === undefined) throw invalid('roles', 'role@database, such as readWrite@app');
  return { role, db };
}

/**
 * Returns the scope that gives a database user access to a cluster. The cluster must exist, or the user must
 * already have this scope.
 */
function scope(atlas: AtlasState, name: string, user: AtlasDatabaseUser | undefined) {
  const isKept = user?.scopes.some((each) => each.name === name) === true;
  if (!isKept && atlas.cluster(name) === undefined) {
    const known = atlas.clusters.map((cluster) => cluster.name);
    throw unknown('cluster', name, known);
  }
  return { name, type: 'CLUSTER' } as const;
}

/**
 * Creates an identity provider, or changes an existing identity provider with this ID or display name. As in
 * Atlas, a new identity provider is not connected to the organization.
 *
 * @throws FedctlError usage.invalid-value for a new identity provider without an issuer or without an
 * audience
 * @internal
 */
export function changeIdentityProvider(
  atlas: AtlasState,
  { name, ...changes }: IdentityProviderChange,
): AtlasIdentityProvider {
  const known = findProvider(atlas, name);
  if (known !== undefined) {
    atlas.updateIdentityProvider(known.id, changes);
    return atlas.identityProvider(known.id) ?? known;
  }
  const { issuer, audience } = changes;
  if (issuer === undefined || audience === undefined) {
    throw invalid('issuer or audience', 'both values for a new identity provider');
  }
  atlas.federationSettingsId ??= objectId();
  return atlas.addIdentityProvider({ ...changes, displayName: name, issuer, audience });
}

/**
 * Connects the organization to an identity provider, or disconnects the organization from it.
 *
 * @param name ID or display name of the identity provider
 * @throws FedctlError lab.unknown-name
 * @internal
 */
export function linkOrganization(atlas: AtlasState, name: string, connected: boolean): AtlasIdentityProvider {
  const provider = findProvider(atlas, name);
  if (provider === undefined) {
    const known = atlas.identityProviders.flatMap(({ id, displayName }) => [displayName, id]);
    throw unknown('identity provider', name, known);
  }
  if (connected) atlas.connectIdentityProvider(provider.id);
  else atlas.disconnectIdentityProvider(provider.id);
  return provider;
}

function findProvider(atlas: AtlasState, name: string): AtlasIdentityProvider | undefined {
  return atlas.identityProvider(name) ?? atlas.identityProviders.find((each) => each.displayName === name);
}

/**
 * Adds an entry to the IP access list, or removes an entry.
 *
 * @param address an IP address or a CIDR block
 * @throws FedctlError usage.invalid-value; lab.unknown-name if the entry to remove does not exist
 * @internal
 */
export function changeAccessList(atlas: AtlasState, address: string, allowed: boolean): void {
  if (!allowed) {
    const known = atlas.accessList.map(
      ({ cidrBlock, awsSecurityGroup }) => cidrBlock ?? awsSecurityGroup ?? '',
    );
    if (!atlas.removeAccessListEntry(address)) throw unknown('access list entry', address, known);
    return;
  }
  const [network = '', bits, more] = address.split('/');
  const size = isIP(network) === 4 ? 32 : 128;
  const isBlock = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= size);
  if (isIP(network) === 0 || !isBlock || more !== undefined) {
    throw invalid('address', 'an IP address or a block such as 192.0.2.0/24');
  }
  atlas.addAccessListEntry(bits === undefined ? { ipAddress: address } : { cidrBlock: address });
}

/**
 * Pauses or resumes a cluster.
 *
 * @throws FedctlError lab.unknown-name
 * @internal
 */
export function pauseCluster(atlas: AtlasState, name: string, paused: boolean): void {
  if (!atlas.setClusterState(name, 'IDLE', paused)) {
    const known = atlas.clusters.map((cluster) => cluster.name);
    throw unknown('cluster', name, known);
  }
}
