import type { GrantedRole } from '../../lib/trust/relying-party.ts';

export type DatabaseAction =
  | 'find'
  | 'listCollections'
  | 'listIndexes'
  | 'collStats'
  | 'dbStats'
  | 'insert'
  | 'update'
  | 'remove'
  | 'createCollection'
  | 'dropCollection'
  | 'createIndex'
  | 'dropIndex'
  | 'dropDatabase';

export type ClusterAction =
  | 'listDatabases'
  | 'serverStatus'
  | 'hostInfo'
  | 'getParameter'
  | 'getCmdLineOpts'
  | 'getLog'
  | 'killAnySession';

/** A privilege that a command requires: an action on one database or on the whole cluster. */
export type Need =
  | { readonly action: DatabaseAction; readonly database: string }
  | { readonly action: ClusterAction };

/**
 * The privileges that a role grants. If `anyDatabase` is true, the actions in `onDatabase` are allowed on all databases
 * except `local` and `config`.
 */
interface Grant {
  readonly anyDatabase: boolean;
  readonly onDatabase: readonly DatabaseAction[];
  readonly onCluster: readonly ClusterAction[];
}

const READ: readonly DatabaseAction[] = ['find', 'listCollections', 'listIndexes', 'collStats', 'dbStats'];
const READ_WRITE: readonly DatabaseAction[] = [
  ...READ,
  'insert',
  'update',
  'remove',
  'createCollection',
  'dropCollection',
  'createIndex',
  'dropIndex',
];
const ADMINISTER: readonly DatabaseAction[] = [
  ...READ.filter((action) => action !== 'find'),
  'createCollection',
  'dropCollection',
  'createIndex',
  'dropIndex',
  'dropDatabase',
];
const EVERYTHING: readonly DatabaseAction[] = [...new Set([...READ_WRITE, ...ADMINISTER])];
const MONITOR: readonly ClusterAction[] = [
  'listDatabases',
  'serverStatus',
  'hostInfo',
  'getParameter',
  'getCmdLineOpts',
  'getLog',
];

const within = (onDatabase: readonly DatabaseAction[]): Grant => ({
  anyDatabase: false,
  onDatabase,
  onCluster: [],
});
const everywhere = (onDatabase: readonly DatabaseAction[], onCluster: readonly ClusterAction[]): Grant => ({
  anyDatabase: true,
  onDatabase,
  onCluster,
});

/**
 * The built-in roles of MongoDB and the additional roles of Atlas. Each role grants only the actions that the lab
 * supports.
 */
const ROLES: Readonly<Record<string, Grant>> = {
  read: within(READ),
  readWrite: within(READ_WRITE),
  dbAdmin: within(ADMINISTER),
  dbOwner: within(EVERYTHING),
  readAnyDatabase: everywhere(READ, ['listDatabases']),
  readWriteAnyDatabase: everywhere(READ_WRITE, ['listDatabases']),
  dbAdminAnyDatabase: everywhere(ADMINISTER, ['listDatabases']),
  clusterMonitor: everywhere(['collStats', 'dbStats', 'listCollections', 'listIndexes'], MONITOR),
  atlasAdmin: everywhere(EVERYTHING, [...MONITOR, 'killAnySession']),
  root: everywhere(EVERYTHING, [...MONITOR, 'killAnySession']),
};

/**
 * Returns true if at least one of the roles grants the privilege. Roles that the lab does not know grant no privileges.
 */
export function allows(roles: readonly GrantedRole[], need: Need): boolean {
  return roles.some((granted) => {
    const grant = grantOf(granted);
    if (grant === undefined) return false;
    if (!('database' in need)) return grant.onCluster.includes(need.action);
    const reached = grant.anyDatabase
      ? need.database !== 'local' && need.database !== 'config'
      : granted.db === need.database;
    return reached && grant.onDatabase.includes(need.action);
  });
}

/** Returns the privileges that the roles grant, in the format of the connectionStatus reply. */
export function privilegesOf(roles: readonly GrantedRole[]): readonly Record<string, unknown>[] {
  return roles.flatMap((granted) => {
    const grant = grantOf(granted);
    if (grant === undefined) return [];
    const database = grant.anyDatabase ? '' : granted.db;
    const onDatabase = { resource: { db: database, collection: '' }, actions: [...grant.onDatabase] };
    const onCluster = { resource: { cluster: true }, actions: [...grant.onCluster] };
    return grant.onCluster.length === 0 ? [onDatabase] : [onDatabase, onCluster];
  });
}

/**
 * Returns the privileges that a role grants. Returns undefined for an unknown role. Roles for all databases exist only
 * in the `admin` database.
 */
function grantOf({ role, db }: GrantedRole): Grant | undefined {
  const grant = Object.hasOwn(ROLES, role) ? ROLES[role] : undefined;
  return grant?.anyDatabase && db !== 'admin' ? undefined : grant;
}
