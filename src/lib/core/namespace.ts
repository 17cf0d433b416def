/** A collection of a database. */
export interface Namespace {
  readonly database: string;
  readonly collection: string;
}

/**
 * The default namespace of a write probe. A role can grant write access to this namespace and no access to
 * application data.
 */
export const PROBE_NAMESPACE = 'fedctl.probe';

/**
 * Parses `db.collection`. A collection name may contain dots. Returns null for invalid text and for internal
 * collections of the server.
 */
export function readNamespace(text: string): Namespace | null {
  const match = /^([^./\\ "$*<>:|?]{1,63})\.([^$]{1,120})$/.exec(text);
  const [, database, collection] = match ?? [];
  if (database === undefined || collection === undefined || collection.startsWith('system.')) return null;
  return { database, collection };
}

/** Parses a privilege such as `insert@app.visits`. Returns null for invalid text. */
export function readPrivilege(text: string) {
  const [, action, place = ''] = /^([A-Za-z]+)@(.+)$/.exec(text) ?? [];
  if (action === undefined) return null;
  if (!place.includes('.')) {
    return /^[^./\\ "$*<>:|?@]{1,63}$/.test(place) ? { action, database: place, collection: '' } : null;
  }
  const namespace = readNamespace(place);
  return namespace === null ? null : { action, ...namespace };
}
