/** An address as a number, and how many bits it has. */
interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** What is wrong with an address or a network in CIDR notation; null when nothing is. */
export function networkFault(text: string): string | null {
  return parseNetwork(text) === null ? `"${text}" is no IP address and no network in CIDR notation` : null;
}

/** Whether an address lies in a network. False for what is no address, and for IPv4 against IPv6. */
export function inNetwork(address: string, network: string): boolean {
  const seen = parseAddress(address);
  const wanted = parseNetwork(network);
  if (seen === null || wanted === null || seen.bits !== wanted.bits) return false;
  const host = BigInt(wanted.bits - wanted.prefix);
  return seen.value >> host === wanted.value >> host;
}

function parseNetwork(text: string): (Address & { readonly prefix: number }) | null {
  const [head = '', tail, ...more] = text.split('/');
  const address = parseAddress(head);
  if (address === null || more.length > 0) return null;
  if (tail === undefined) return { ...address, prefix: address.bits };
  const prefix = /^\d{1,3}$/.test(tail) ? Number(tail) : Number.NaN;
  return prefix <= address.bits ? { ...address, prefix } : null;
}

function parseAddress(text: string): Address | null {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): Address | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return null;
  return { bits: 32, value: parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
}

/** `::` stands once, for as many zeros as are missing. */
function parseIpv6(text: string): Address | null {
  const [head = '', tail, ...more] = text.split('::');
  const before = groups(head);
  const after = groups(tail ?? '');
  const missing = 8 - before.length - after.length;
  if (more.length > 0 || (tail === undefined ? missing !== 0 : missing < 1)) return null;
  const all = [...before, ...Array.from({ length: missing }, () => '0'), ...after];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return { bits: 128, value: all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n) };
}

function groups(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}
