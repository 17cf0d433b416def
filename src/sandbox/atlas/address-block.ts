import { isIP } from 'node:net';

/**
 * Converts an IP address to the CIDR block that Atlas stores, for example `192.0.2.1/32`. Returns blocks and
 * invalid addresses unchanged.
 */
export function blockOf(value: string): string {
  const family = isIP(value);
  if (family === 0) return value;
  return `${value}/${family === 4 ? 32 : 128}`;
}

/**
 * Returns the IP address of a CIDR block that contains one address, for example `192.0.2.1`. Returns null for
 * a larger block.
 */
export function addressOf(block: string): string | null {
  const [address = '', size] = block.split('/');
  return size === (isIP(address) === 4 ? '32' : '128') ? address : null;
}
