import { inNetwork } from '../core/network.ts';
import type { AtlasAccessListEntry } from '../ports/atlas.ts';

/** The entry of an IP access list that lets an address in; null when none does. Security groups cannot be looked into. */
export function admittedBy(
  address: string,
  entries: readonly AtlasAccessListEntry[],
): AtlasAccessListEntry | null {
  return entries.find(({ cidrBlock }) => cidrBlock !== null && inNetwork(address, cidrBlock)) ?? null;
}
