import { inNetwork } from '../core/network.ts';
import type { AtlasAccessListEntry } from '../ports/atlas.ts';

/**
 * Returns the entry of an IP access list that allows an address; null when none does. The members of security
 * groups are unknown here.
 */
export function admittedBy(
  address: string,
  entries: readonly AtlasAccessListEntry[],
): AtlasAccessListEntry | null {
  return entries.find(({ cidrBlock }) => cidrBlock !== null && inNetwork(address, cidrBlock)) ?? null;
}
