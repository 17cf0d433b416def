import { inNetwork } from '../core/network.ts';
import type { AtlasAccessListEntry } from '../ports/atlas.ts';

/**
 * Returns the IP access list entry that includes an address; null if no entry includes the address. An entry
 * for a security group never matches, because fedctl does not know the addresses in the group.
 */
export function admittedBy(
  address: string,
  entries: readonly AtlasAccessListEntry[],
): AtlasAccessListEntry | null {
  return entries.find(({ cidrBlock }) => cidrBlock !== null && inNetwork(address, cidrBlock)) ?? null;
}
