import { BlockList, isIP } from 'node:net';

/** An address as the block of one that Atlas keeps it as: `192.0.2.1/32`. A block, or what is no address, stays as it is. */
export function blockOf(value: string): string {
  const family = isIP(value);
  if (family === 0) return value;
  return `${value}/${family === 4 ? 32 : 128}`;
}

/** The address of a block of one: `192.0.2.1`; null for a larger block. */
export function addressOf(block: string): string | null {
  const [address = '', size] = block.split('/');
  return size === (isIP(address) === 4 ? '32' : '128') ? address : null;
}

/** Whether a block in CIDR notation holds an address; false where one of them is none. */
export function contains(block: string, address: string): boolean {
  const [network = '', size = ''] = block.split('/');
  const family = isIP(network);
  const bits = Number(size);
  if (family === 0 || isIP(address) !== family || !/^\d{1,3}$/.test(size)) return false;
  if (bits > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, bits, type);
  return list.check(address, type);
}
