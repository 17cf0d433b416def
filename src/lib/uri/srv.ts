import { isIP } from 'node:net';
import { program, type SuggestedCommand } from '../core/command-line.ts';
import type { ConnectionString, SrvName } from '../core/connection-string.ts';
import { FedctlError } from '../core/errors.ts';
import { bareHost } from '../core/hosts.ts';
import { refusePlaintext } from './plaintext.ts';

/** The DNS records of a `mongodb+srv://` name. */
export interface SrvRecords {
  readonly srv: readonly { readonly name: string; readonly port: number }[];
  /** The text of each TXT record. */
  readonly txt: readonly string[];
}

/**
 * The options that a TXT record may set (Initial DNS Seedlist Discovery specification; facts/mongodb.md 9,
 * row 8).
 */
const TXT_OPTIONS: ReadonlySet<string> = new Set(['authSource', 'replicaSet', 'loadBalanced']);

/**
 * Converts a `mongodb+srv://` connection string to a `mongodb://` connection string with the hosts from the
 * SRV records. Adds the options from the TXT record, unless the connection string sets them.
 *
 * @throws FedctlError mongo.srv-failed if there are no SRV records, if a host is outside the domain of the
 * name, or if the TXT record is invalid. A host outside the domain is rejected, because a DNS server must not
 * determine who receives the token.
 */
export function withSrvRecords(uri: ConnectionString, { srv, txt }: SrvRecords): ConnectionString {
  const name = uri.srv;
  if (name === null) return uri;
  if (srv.length === 0) throw srvFailed(name, `${name.record} has no SRV records.`);
  const hosts = srv.map(({ name: target, port }) => ({ host: bareHost(target.replace(/\.$/, '')), port }));
  const stranger = hosts.find(({ host }) => !isInDomainOf(host, name.host));
  if (stranger !== undefined) {
    throw srvFailed(
      name,
      `The SRV records of ${name.host} contain a host outside the requested domain: ${stranger.host}.`,
      undefined,
      'Either the record is wrong, or it does not come from the owner of the domain. fedctl does not connect to this host.',
    );
  }
  const options = new Map(txtOptions(name, txt));
  const loadBalanced = options.get('loadBalanced');
  const isSet = uri.driverOptions.some(([option]) => option === 'loadBalanced');
  const plain: ConnectionString = {
    ...uri,
    srv: null,
    hosts: hosts.slice(0, name.maxHosts === 0 ? hosts.length : name.maxHosts),
    // authSource from DNS is ignored, because both mechanisms authenticate against $external.
    replicaSet: uri.replicaSet ?? options.get('replicaSet') ?? null,
    driverOptions:
      loadBalanced === undefined || isSet
        ? uri.driverOptions
        : [...uri.driverOptions, ['loadBalanced', loadBalanced]],
  };
  refusePlaintext(plain);
  return plain;
}

/**
 * Returns whether a host is in the domain of the SRV name. The domain is the name without its first label. If
 * the name has only two labels, the domain is the name itself.
 */
function isInDomainOf(host: string, name: string): boolean {
  if (isIP(host) !== 0 || !/^[\w.-]+$/.test(host)) return false;
  // Removes the final dot, which only marks a name as absolute (RFC 1034, 3.1).
  const relative = name.replace(/\.$/, '');
  const labels = relative.split('.');
  const domain = labels.length < 3 ? relative : labels.slice(1).join('.');
  return host.endsWith(`.${domain}`) && host.split('.').length > (labels.length < 3 ? labels.length : 0);
}

function txtOptions(name: SrvName, txt: readonly string[]): [string, string][] {
  if (txt.length > 1)
    throw txtFailed(name, `${name.host} has ${txt.length} TXT records, but only one is allowed.`);
  const options = [...new URLSearchParams(txt[0] ?? '')];
  const alien = options.find(([option]) => !TXT_OPTIONS.has(option));
  if (alien !== undefined) {
    throw txtFailed(
      name,
      `The TXT record of ${name.host} sets "${alien[0]}", an option that MongoDB does not allow in DNS.`,
      'Either the record is wrong, or it does not come from the owner of the domain.',
    );
  }
  const empty = options.find(([, value]) => value === '');
  if (empty !== undefined) {
    throw txtFailed(
      name,
      `The TXT record of ${name.host} sets "${empty[0]}" without a value.`,
      'The record is incomplete.',
    );
  }
  return options;
}

function txtFailed(name: SrvName, message: string, likelyCause?: string): FedctlError {
  return srvFailed(name, message, undefined, likelyCause).with({
    remedy: 'Ask the administrator of the domain to correct the TXT record.',
    command: lookup('TXT', name.host),
  });
}

/** Returns the command for a manual lookup of a DNS record. */
export function lookup(type: 'SRV' | 'TXT' | null, name: string): SuggestedCommand {
  return program('nslookup', ...(type === null ? [] : [`-type=${type}`]), name);
}

/** Returns the failure for invalid or missing SRV or TXT records, or for a failed DNS query. */
export function srvFailed(
  name: SrvName,
  message: string,
  cause?: unknown,
  likelyCause?: string,
): FedctlError {
  return new FedctlError('mongo.srv-failed', {
    message,
    ...(likelyCause === undefined ? {} : { likelyCause }),
    command: lookup('SRV', name.record),
    details: { record: name.record },
    cause,
  });
}
