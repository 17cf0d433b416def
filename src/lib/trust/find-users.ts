import type { Refusal } from './refusal.ts';
import { type DatabaseUser, EXTERNAL, type Place } from './relying-party.ts';

/** The maximum number of similar user names in a message. */
const SIMILAR_SHOWN = 3;

/**
 * Finds the users that have one of the names. Returns all these users in `$external`, but only the first one
 * in other databases.
 */
export function findUsers(
  names: readonly string[],
  users: readonly DatabaseUser[],
): { readonly external: readonly DatabaseUser[]; readonly elsewhere: DatabaseUser | undefined } {
  const named = users.filter((user) => names.includes(user.username));
  return {
    external: named.filter((user) => user.database === EXTERNAL),
    elsewhere: named.find((user) => user.database !== EXTERNAL),
  };
}

/**
 * Returns existing user names that are similar to the required name. A similar name may differ in case, in
 * the identity provider ID or in the role path. It may also be a session ARN of the same role
 * (facts/mongodb.md, section 9, rows 21, 22 and 46).
 */
export function similarNames(username: string, users: readonly DatabaseUser[]): readonly string[] {
  const wanted = essence(username);
  return users
    .map((user) => user.username)
    .filter((name) => name !== username && essence(name) === wanted)
    .slice(0, SIMILAR_SHOWN);
}

/**
 * Normalizes a user name to the account and the last part of the name. Names that differ only in case,
 * identity provider, path or session become equal.
 */
function essence(username: string): string {
  const arn = /arn:[^:]*:(?:iam|sts)::(\d*):(.+)$/.exec(username.toLowerCase());
  if (arn === null) return username.toLowerCase().replace(/^[^/]*\//, '');
  const [, account = '', resource = ''] = arn;
  const [type = '', ...path] = resource.split('/');
  const name = type === 'assumed-role' ? path[0] : path.at(-1);
  return `${account}:${type === 'assumed-role' ? 'role' : type}/${name ?? ''}`;
}

/**
 * Returns the first user that can log in to the cluster, or the first user if none can. Several users can
 * have the same name, because a temporary user may have expired and been created again.
 */
export function currentUser(users: readonly DatabaseUser[], place: Place | null): DatabaseUser | undefined {
  return users.find((user) => place === null || absence(user, place) === null) ?? users[0];
}

/** Returns why a user with the right name cannot log in to this cluster; null if the user can log in. */
export function absence(user: DatabaseUser, { cluster, now }: Place): Refusal | null {
  const { username, scopes = [], deleteAfterDate } = user;
  if (deleteAfterDate !== undefined && deleteAfterDate <= now) {
    return { kind: 'user-expired', username, since: deleteAfterDate };
  }
  const clusters = scopes.filter(({ type }) => type === 'CLUSTER').map(({ name }) => name);
  const reaches = scopes.length === 0 || clusters.includes(cluster);
  return reaches ? null : { kind: 'user-scope', username, expected: cluster, seen: clusters };
}
