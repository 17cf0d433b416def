import { inNetwork } from '../core/network.ts';
import type { AtlasAccessListEntry } from '../ports/atlas.ts';

/**
 * Returns the IP access list entry that includes an address; null if no entry does. Entries with a security
 * group never match, because the members of the group are unknown.
 */
export function admittedBy(
  address: string,
  entries: readonly AtlasAccessListEntry[],
): AtlasAccessListEntry | null {
  return entries.find(({ cidrBlock }) => cidrBlock !== null && inNetwork(address, cidrBlock)) ?? null;
}
