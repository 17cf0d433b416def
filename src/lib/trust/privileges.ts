import type { Privilege } from '../connection.ts';

/** An action of MongoDB on a database, or on one of its collections. */
export interface Action {
  readonly action: string;
  readonly database: string;
  /** '' for the database as a whole. */
  readonly collection: string;
}

/**
 * Whether privileges allow an action, by the rules of resource documents (MongoDB manual, "Resource Document"): an empty
 * database is any, and an empty collection is all of a database's own collections, the system's excepted.
 */
export function isAllowed(privileges: readonly Privilege[], asked: Action): boolean {
  return privileges.some(
    ({ resource, actions }) =>
      covers(resource, asked) && (actions.includes(asked.action) || actions.includes('anyAction')),
  );
}

function covers(resource: Privilege['resource'], { database, collection }: Action): boolean {
  if ('anyResource' in resource) return true;
  if ('cluster' in resource) return false;
  const { db, collection: named } = resource;
  if (db !== '' && db !== database) return false;
  if (named === '') return !collection.startsWith('system.');
  return named === collection;
}
