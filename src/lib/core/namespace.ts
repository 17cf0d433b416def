/** A collection of a database. */
export interface Namespace {
  readonly database: string;
  readonly collection: string;
}

/** Where a write probe goes unless it is told: every user that may write at all can be allowed this one. */
export const PROBE_NAMESPACE: Namespace = { database: 'fedctl', collection: 'probe' };

/** `db.collection`; a collection's name may have dots itself. Null for anything else, and for the server's own collections. */
export function readNamespace(text: string): Namespace | null {
  const match = /^([^./\\ "$*<>:|?]{1,63})\.([^$]{1,120})$/.exec(text);
  const [, database, collection] = match ?? [];
  if (database === undefined || collection === undefined || collection.startsWith('system.')) return null;
  return { database, collection };
}
