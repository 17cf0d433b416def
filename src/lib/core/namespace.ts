/** A collection of a database. */
export interface Namespace {
  readonly database: string;
  readonly collection: string;
}

/** Where a write probe goes unless it is told: every user that may write at all can be allowed this one. */
export const PROBE_NAMESPACE = 'fedctl.probe';

/** `db.collection`; a collection's name may have dots itself. Null for anything else, and for the server's own collections. */
export function readNamespace(text: string): Namespace | null {
  const match = /^([^./\\ "$*<>:|?]{1,63})\.([^$]{1,120})$/.exec(text);
  const [, database, collection] = match ?? [];
  if (database === undefined || collection === undefined || collection.startsWith('system.')) return null;
  return { database, collection };
}

/** `insert@app.visits` taken apart; null for anything else. */
export function readPrivilege(text: string) {
  const [, action, place = ''] = /^([A-Za-z]+)@(.+)$/.exec(text) ?? [];
  if (action === undefined) return null;
  if (!place.includes('.')) {
    return /^[^./\\ "$*<>:|?@]{1,63}$/.test(place) ? { action, database: place, collection: '' } : null;
  }
  const namespace = readNamespace(place);
  return namespace === null ? null : { action, ...namespace };
}
