import { isIP } from 'node:net';

/**
 * Converts an address to the CIDR block that Atlas stores: `192.0.2.1/32`. Returns a block or an invalid
 * address unchanged.
 */
export function blockOf(value: string): string {
  const family = isIP(value);
  if (family === 0) return value;
  return `${value}/${family === 4 ? 32 : 128}`;
}

/** Returns the address of a block that contains one address: `192.0.2.1`. Returns null for a larger block. */
export function addressOf(block: string): string | null {
  const [address = '', size] = block.split('/');
  return size === (isIP(address) === 4 ? '32' : '128') ? address : null;
}
