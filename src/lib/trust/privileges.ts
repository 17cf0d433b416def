import { isRecord, memberOf } from '../core/record.ts';
import type { Privilege, PrivilegeResource } from '../ports/mongo.ts';

/** An action that the database user must be allowed to perform. */
export interface WantedAction {
  /** `find`, `insert`, `listCollections` …; case-sensitive. */
  readonly action: string;
  /** An empty string means the whole deployment, for example for the action `listDatabases`. */
  readonly database: string;
  /** An empty string means the whole database, for example for the action `listCollections`. */
  readonly collection: string;
}

/**
 * The maximum number of privileges that are read from a response. Further privileges are ignored. The role
 * `root` has about fifty privileges with at most 150 actions each.
 */
const MOST_PRIVILEGES = 5000;
const MOST_ACTIONS = 1000;
/** The maximum length of a namespace in bytes. */
const LONGEST_NAME = 255;

/**
 * The internal databases of the server. A privilege with an empty database and an empty collection does not
 * include these databases.
 */
const OWN_DATABASES: readonly string[] = ['local', 'config'];
const BUCKETS = 'system.buckets.';

/**
 * Returns whether one of the privileges allows an action (MongoDB documentation, "Resource Document"). The
 * database '' means any database. If the collection is also '', the internal databases `local` and `config`
 * are excluded. The collection '' means any collection except `system.*` collections. A privilege on a
 * `system.*` collection must contain the name of the collection. `system_buckets` contains the data of time
 * series collections. `anyResource` includes everything, and `anyAction` includes every action.
 *
 * @param privileges the result of `readPrivileges`
 */
export function isAllowed(privileges: readonly Privilege[], wanted: WantedAction): boolean {
  return privileges.some(
    ({ resource, actions }) =>
      (actions.includes(wanted.action) || actions.includes('anyAction')) && covers(resource, wanted),
  );
}

function covers(resource: PrivilegeResource, { database, collection }: WantedAction): boolean {
  if (memberOf(resource, 'anyResource') === true) return true;
  if (database === '') return memberOf(resource, 'cluster') === true;
  const onDatabase = memberOf(resource, 'db');
  const onCollection = memberOf(resource, 'collection');
  const onBuckets = memberOf(resource, 'system_buckets');
  if (typeof onBuckets === 'string') {
    const reached = onDatabase === undefined || onDatabase === '' || onDatabase === database;
    const named = onBuckets === '' || collection === `${BUCKETS}${onBuckets}`;
    return reached && collection.startsWith(BUCKETS) && named;
  }
  if (typeof onDatabase !== 'string' || typeof onCollection !== 'string') return false;
  if (onDatabase !== '' && onDatabase !== database) return false;
  // A privilege that contains a collection name and the database '' also applies to the internal databases.
  if (onCollection !== '') return onCollection === collection;
  if (collection.startsWith('system.')) return false;
  return onDatabase !== '' || !OWN_DATABASES.includes(database);
}

/**
 * Reads the privileges in a response to connectionStatus with `showPrivileges` (facts/mongodb.md 4.3). The
 * response is untrusted, so privileges with an unexpected format are ignored.
 *
 * @returns null if the response has no list of privileges
 */
export function readPrivileges(answer: unknown): readonly Privilege[] | null {
  if (!Array.isArray(answer)) return null;
  return answer.slice(0, MOST_PRIVILEGES).flatMap((each: unknown) => {
    const resource = readResource(memberOf(each, 'resource'));
    const actions: unknown = memberOf(each, 'actions');
    if (resource === null || !Array.isArray(actions)) return [];
    return [{ resource, actions: actions.slice(0, MOST_ACTIONS).filter(isName) }];
  });
}

/** Reads the members of a resource. Returns null if there are no members or a member is invalid. */
function readResource(value: unknown): PrivilegeResource | null {
  if (!isRecord(value)) return null;
  const members: [string, string | boolean][] = [];
  for (const [name, member] of Object.entries(value).slice(0, 10)) {
    if (!isName(name) || !(isName(member) || typeof member === 'boolean')) return null;
    members.push([name, member]);
  }
  return members.length === 0 ? null : Object.fromEntries(members);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_NAME;
}
