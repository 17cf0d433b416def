import { isIP } from 'node:net';
import { inNetwork } from './network.ts';

const LOOPBACK = ['127.0.0.0/8', '::1'] as const;

/**
 * The addresses of the AWS credential endpoints, which use HTTP without TLS (EC2, ECS, EKS Pod Identity;
 * facts/aws.md 7.5).
 */
const METADATA_HOSTS: ReadonlySet<string> = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  'fd00:ec2::23',
  'fd00:ec2::254',
]);

/** Removes the brackets of an IPv6 address from a host, and converts the host to lower case. */
export function bareHost(host: string): string {
  return host.replace(/^\[|\]$/g, '').toLowerCase();
}

/**
 * Returns true for 127.0.0.0/8, ::1 and the name `localhost`. Returns false for all other names, because the
 * resolver is not trusted.
 */
export function isLoopbackHost(host: string): boolean {
  const bare = bareHost(host);
  if (isIP(bare) === 0) return bare === 'localhost';
  return LOOPBACK.some((network) => inNetwork(bare, network));
}

const LOCALHOST = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
] as const;

/**
 * Returns the addresses of `localhost`, in the order in which to try them; null for any other host. Does not
 * use the hosts file or a resolver (RFC 6761, section 6.3), because fedctl sends tokens to `localhost`
 * without TLS.
 */
export function localhostAddresses(host: string): typeof LOCALHOST | null {
  return bareHost(host) === 'localhost' ? LOCALHOST : null;
}

/** Returns true for the link-local addresses of the EC2, ECS and EKS credential endpoints. */
export function isMetadataHost(host: string): boolean {
  return METADATA_HOSTS.has(bareHost(host));
}

/**
 * Parses the address of a DNS server: `127.0.0.1:5353`, `[::1]:53`, or an IP address (port 53). Returns null
 * for a host name, because a DNS server must be given by its IP address.
 */
export function readNameServer(text: string): string | null {
  const [, v6, v4, given] = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = v6 ?? v4 ?? text;
  const port = Number(given ?? 53);
  if (isIP(host) !== (v4 === undefined ? 6 : 4) || port < 1 || port > 65535) return null;
  return v4 === undefined ? `[${host}]:${port}` : `${host}:${port}`;
}
