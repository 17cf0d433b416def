import type { ConnectionString, HostPort } from '../core/connection-string.ts';
import { FedctlError } from '../core/errors.ts';
import { isLoopbackHost } from '../core/hosts.ts';
import { hostPort } from './host-port.ts';

type Hop = Pick<ConnectionString, 'hosts' | 'srv' | 'proxy' | 'tls' | 'unverifiedBy'>;

/**
 * Throws if fedctl would send a token or session credential to another machine over a connection without
 * verified TLS. A remote proxy counts as another machine, because it can read the traffic. A mongodb+srv name
 * always counts as another machine.
 *
 * @throws FedctlError mongo.plaintext-refused
 */
export function refusePlaintext(hop: Hop): void {
  if (hop.tls === 'verified') return;
  const foreign = [...hop.hosts, ...(hop.proxy === null ? [] : [hop.proxy])].find(
    ({ host }) => !isLoopbackHost(host),
  );
  if (foreign !== undefined) throw plaintextRefused(hop, hostPort(foreign));
  if (hop.srv !== null && !isLoopbackHost(hop.srv.host)) throw plaintextRefused(hop, hop.srv.host);
}

/**
 * Applies the rule of `refusePlaintext` to the resolved addresses of a host name, because `localhost` may
 * resolve to another machine.
 *
 * @throws FedctlError mongo.plaintext-refused
 */
export function refusePlaintextAddress(hop: Hop, asked: HostPort, addresses: readonly string[]): void {
  if (hop.tls === 'verified') return;
  const foreign = addresses.find((address) => !isLoopbackHost(address));
  if (foreign !== undefined) throw plaintextRefused(hop, `${hostPort(asked)} (${foreign})`);
}

/**
 * Applies the rule of `refusePlaintext` to a replica set member that a server reports, because a server can
 * report any host.
 *
 * @returns why the member must not receive a token; null if the member may receive a token
 */
export function plaintextMember(hop: Hop, member: HostPort): FedctlError | null {
  if (hop.tls === 'verified' || isLoopbackHost(member.host)) return null;
  const where = hostPort(member);
  return new FedctlError('mongo.plaintext-refused', {
    message: `The server reports ${where} as a member of its replica set, but fedctl does not log in to this member ${howOf(hop)}.`,
    likelyCause:
      'The connection uses a tunnel or port forwarding, but the server reports the original addresses of the members.',
    remedy:
      'In the connection string, use the names of the members as the hosts and set tls=true. To log in only to the host in the connection string, add directConnection=true.',
    details: { host: where, tls: hop.tls },
  });
}

function plaintextRefused(hop: Hop, where: string): FedctlError {
  return new FedctlError('mongo.plaintext-refused', {
    message: `Refused to log in to ${where} ${howOf(hop)}.`,
    ...(hop.unverifiedBy === null
      ? {}
      : { remedy: `Remove ${hop.unverifiedBy}, and set tlsCAFile=<file> for a private CA.` }),
    details: { host: where, tls: hop.tls },
  });
}

function howOf({ tls, unverifiedBy }: Hop): string {
  return tls === 'off' ? 'without TLS' : `over unverified TLS (${unverifiedBy})`;
}
