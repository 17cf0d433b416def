import { isIP } from 'node:net';

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
