import type { Privilege } from '../connection.ts';

/** More than any set of roles comes to; a server that sends more is not believed further. */
const MOST = 10_000;

/** Reads `authenticatedUserPrivileges` of connectionStatus; what is no privilege document is left out. Null for no list. */
export function readPrivileges(value: unknown): readonly Privilege[] | null {
  if (!Array.isArray(value)) return null;
  return value.slice(0, MOST).flatMap((each: unknown) => {
    const { resource, actions } = members(each);
    const read = readResource(members(resource));
    if (read === null || !Array.isArray(actions)) return [];
    return [{ resource: read, actions: actions.filter((action) => typeof action === 'string') }];
  });
}

function readResource({ db, collection, cluster, anyResource }: Members): Privilege['resource'] | null {
  if (anyResource === true) return { anyResource };
  if (cluster === true) return { cluster };
  return typeof db === 'string' && typeof collection === 'string' ? { db, collection } : null;
}

type Members = Readonly<Record<string, unknown>>;

function members(value: unknown): Members {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
