import { FedctlError } from '../lib/core/errors.ts';
import { readNameServer } from '../lib/core/hosts.ts';
import { type OptionValues, text } from './options.ts';

/** For every command that resolves names of a cluster. */
export const DNS_OPTIONS = {
  dnsServer: text('--dns-server <host:port>', 'ask this DNS server for the names of the cluster'),
} as const;

/** @throws FedctlError usage.invalid-value */
export function dnsServer({ dnsServer: given }: OptionValues<typeof DNS_OPTIONS>): string | null {
  const server = given === null ? null : readNameServer(given);
  if (given !== null && server === null) {
    throw new FedctlError('usage.invalid-value', {
      message: `--dns-server cannot be "${given}": expected an IP address with a port, such as 127.0.0.1:5353.`,
      details: { option: '--dns-server', expected: 'an IP address with a port' },
    });
  }
  return server;
}
