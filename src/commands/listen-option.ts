import { isIP } from 'node:net';
import { FedctlError } from '../lib/core/errors.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads where to listen: a port on loopback, or an address with a port.
 *
 * @throws FedctlError usage.invalid-value
 */
export function readListenAddress(text: string, option: string): ListenAddress {
  const [, v6, v4, given = ''] = /^(?:(?:\[([0-9a-f:.]+)\]|([0-9.]+)):)?(\d{1,5})$/i.exec(text) ?? [];
  const host = v6 ?? v4 ?? '127.0.0.1';
  const port = Number(given);
  if (given !== '' && isIP(host) !== 0 && port > 0 && port < 65_536) return { host, port };
  throw new FedctlError('usage.invalid-value', {
    message: `${option} cannot be "${text}": expected a port, or an address with a port such as 127.0.0.1:8484.`,
    details: { option },
  });
}
