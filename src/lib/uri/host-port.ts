import { domainToASCII } from 'node:url';
import type { HostPort } from '../core/connection-string.ts';
import { bareHost } from '../core/hosts.ts';
import { invalidUri } from './invalid-uri.ts';

const DEFAULT_PORT = 27017;

/**
 * Parses `host`, `host:port` or `[address]:port`. Converts IPv6 addresses and international names to the
 * format that drivers and certificates use (RFC 5952, RFC 5891). All other hosts stay unchanged. For example,
 * `2130706433` is a name, not an IPv4 address.
 *
 * @throws FedctlError mongo.uri-invalid
 */
export function readHost(text: string): HostPort {
  const [, address, name = '', digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = address === undefined ? canonicalName(name) : canonicalAddress(address);
  const port = Number(digits ?? DEFAULT_PORT);
  if (host === null || port < 1 || port > 65535) {
    throw invalidUri({
      message:
        'Invalid connection string: each host must be a name or an IP address, and each port must be from 1 to 65535.',
    });
  }
  return { host, port };
}

/** Formats a host as `host:port`. */
export function hostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function canonicalAddress(address: string): string | null {
  const url = `http://[${address}]/`;
  return URL.canParse(url) ? bareHost(new URL(url).hostname) : null;
}

function canonicalName(name: string): string | null {
  const isAscii = /^[\x21-\x7e]*$/.test(name);
  const ascii = isAscii ? name : domainToASCII(name);
  return /^[\w.-]+$/.test(ascii) ? ascii.toLowerCase() : null;
}
