/** A collection of a database. */
export interface Namespace {
  readonly database: string;
  readonly collection: string;
}

/**
 * The default namespace of a write probe. Write access to this namespace can be granted without access to
 * other data.
 */
export const PROBE_NAMESPACE = 'fedctl.probe';

/**
 * Parses `db.collection`. A collection name may contain dots. Returns null for invalid text and for the
 * collections of the server itself.
 */
export function readNamespace(text: string): Namespace | null {
  const match = /^([^./\\ "$*<>:|?]{1,63})\.([^$]{1,120})$/.exec(text);
  const [, database, collection] = match ?? [];
  if (database === undefined || collection === undefined || collection.startsWith('system.')) return null;
  return { database, collection };
}

/** Parses `insert@app.visits`. Returns null for anything else. */
export function readPrivilege(text: string) {
  const [, action, place = ''] = /^([A-Za-z]+)@(.+)$/.exec(text) ?? [];
  if (action === undefined) return null;
  if (!place.includes('.')) {
    return /^[^./\\ "$*<>:|?@]{1,63}$/.test(place) ? { action, database: place, collection: '' } : null;
  }
  const namespace = readNamespace(place);
  return namespace === null ? null : { action, ...namespace };
}
