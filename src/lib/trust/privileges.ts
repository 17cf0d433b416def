import { isRecord, memberOf } from '../core/record.ts';
import type { Privilege, PrivilegeResource } from '../ports/mongo.ts';

/** What somebody wants to do. */
export interface WantedAction {
  /** `find`, `insert`, `listCollections` …; case counts. */
  readonly action: string;
  /** '' for the deployment as a whole, as `listDatabases` needs. */
  readonly database: string;
  /** '' for the database as a whole, as `listCollections` needs. */
  readonly collection: string;
}

/** No user comes near it (`root` has some fifty privileges of at most 150 actions each): a server that says more lies. */
const MOST_PRIVILEGES = 5000;
const MOST_ACTIONS = 1000;
/** A namespace has at most 255 bytes. */
const LONGEST_NAME = 255;

/** Databases of the server itself, which "any database" leaves out. */
const OWN_DATABASES: readonly string[] = ['local', 'config'];
const BUCKETS = 'system.buckets.';

/**
 * Whether one of the privileges covers an action (documentation of MongoDB, "Resource Document"): a database of ''
 * is any but the server's own, a collection of '' any but the `system.*` ones, which have to be named;
 * `system_buckets` is what time series are kept in; `anyResource` covers everything, and `anyAction` is every action.
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
  // A collection that is named is meant in any database, the server's own included.
  if (onCollection !== '') return onCollection === collection;
  if (collection.startsWith('system.')) return false;
  return onDatabase !== '' || !OWN_DATABASES.includes(database);
}

/**
 * The privileges of an answer to connectionStatus with `showPrivileges` (facts/mongodb.md 4.3). The answer is a
 * stranger's: what has another shape is left out, so that it allows nothing.
 *
 * @returns null where the answer has no list of privileges
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

/** The members that are texts or truth values, which are all that MongoDB has; null where there is another. */
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
