import { BlockList, isIP } from 'node:net';

/** A range of addresses: `192.0.2.0/24`, `2001:db8::/32`, or a single address. */
interface Network {
  readonly list: BlockList;
  readonly family: 4 | 6;
}

/** Returns true for an IP address and for a range in CIDR notation (RFC 4632, section 3.1). */
export function isNetwork(text: string): boolean {
  return read(text) !== null;
}

/**
 * Returns whether an address is in a range. False for invalid input and for an IPv4 address in an IPv6 range.
 * An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) is compared as IPv4.
 */
export function inNetwork(address: string, network: string): boolean {
  const range = read(network);
  const seen = familyOf(address);
  if (range === null || seen === null || seen < range.family) return false;
  return range.list.check(address, typeOf(seen));
}

/**
 * Returns the IP version; null for invalid text. Rejects addresses with a zone, such as `fe80::1%eth0`,
 * because a zone is valid on one machine only.
 */
function familyOf(address: string): 4 | 6 | null {
  const family = isIP(address);
  return (family === 4 || family === 6) && !address.includes('%') ? family : null;
}

function read(text: string): Network | null {
  const [address = '', size, ...more] = text.split('/');
  const family = familyOf(address);
  if (family === null || more.length > 0) return null;
  const longest = family === 4 ? 32 : 128;
  const prefix = size === undefined ? longest : /^\d{1,3}$/.test(size) ? Number(size) : Number.NaN;
  if (!(prefix <= longest)) return null;
  const list = new BlockList();
  list.addSubnet(address, prefix, typeOf(family));
  return { list, family };
}

function typeOf(family: 4 | 6): 'ipv4' | 'ipv6' {
  return family === 4 ? 'ipv4' : 'ipv6';
}
