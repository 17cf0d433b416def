import { isRecord, memberOf } from '../core/record.ts';
import type { Privilege, PrivilegeResource } from '../ports/mongo.ts';

/** The action to be allowed. */
export interface WantedAction {
  /** `find`, `insert`, `listCollections` …; case-sensitive. */
  readonly action: string;
  /** '' for the whole deployment, as `listDatabases` requires. */
  readonly database: string;
  /** '' for the whole database, as `listCollections` requires. */
  readonly collection: string;
}

/**
 * No real user has that many (`root` has some fifty privileges of at most 150 actions each), so a server that
 * returns more is not trusted.
 */
const MOST_PRIVILEGES = 5000;
const MOST_ACTIONS = 1000;
/** A namespace has at most 255 bytes. */
const LONGEST_NAME = 255;

/** Databases of the server itself, which "any database" does not include. */
const OWN_DATABASES: readonly string[] = ['local', 'config'];
const BUCKETS = 'system.buckets.';

/**
 * Returns whether one of the privileges covers an action (documentation of MongoDB, "Resource Document"). A
 * database of '' is any but the server's own. A collection of '' is any but the `system.*` ones, which must
 * be named. `system_buckets` is the storage of time series. `anyResource` covers everything, and `anyAction`
 * is every action.
 *
 * @param privileges as `readPrivileges` returns them
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
  // A named collection applies to any database, including the server's own.
  if (onCollection !== '') return onCollection === collection;
  if (collection.startsWith('system.')) return false;
  return onDatabase !== '' || !OWN_DATABASES.includes(database);
}

/**
 * Reads the privileges in a response to connectionStatus with `showPrivileges` (facts/mongodb.md 4.3). The
 * response is untrusted: privileges of another shape are left out, so that they allow nothing.
 *
 * @returns null when the response has no list of privileges
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

/** Reads the members, which in MongoDB are only texts and booleans; null when there is another type. */
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
