import { isIP } from 'node:net';

/**
 * Converts an IP address to the CIDR block that Atlas stores: `192.0.2.1/32`. Returns all other values
 * unchanged: blocks and invalid addresses.
 */
export function blockOf(value: string): string {
  const family = isIP(value);
  if (family === 0) return value;
  return `${value}/${family === 4 ? 32 : 128}`;
}

/** Returns the IP address of a CIDR block with one address: `192.0.2.1`. Returns null for a larger block. */
export function addressOf(block: string): string | null {
  const [address = '', size] = block.split('/');
  return size === (isIP(address) === 4 ? '32' : '128') ? address : null;
}
