import { FedctlError } from '../errors.ts';
import { isLoopbackHost } from '../hosts.ts';
import { type HostPort, hostPort, type Target } from './target.ts';

/**
 * No token and no session credential goes to a host other than this machine unless TLS proves who it is. A proxy
 * that is elsewhere counts as elsewhere: it reads what passes. So does the name of an SRV record, whatever it leads to.
 *
 * @throws FedctlError mongo.plaintext-refused
 */
export function refusePlaintext(target: Target): void {
  if (target.tls === 'verified') return;
  const foreign = [...target.hosts, ...(target.proxy === null ? [] : [target.proxy])].find(
    ({ host }) => !isLoopbackHost(host),
  );
  if (foreign !== undefined) throw plaintextRefused(target, hostPort(foreign));
  if (target.srv !== null && !isLoopbackHost(target.srv.host))
    throw plaintextRefused(target, target.srv.host);
}

/**
 * The same for what a name turned out to be: `localhost` is what the resolver says it is.
 *
 * @throws FedctlError mongo.plaintext-refused
 */
export function refusePlaintextAddress(target: Target, asked: HostPort, addresses: readonly string[]): void {
  if (target.tls === 'verified') return;
  const foreign = addresses.find((address) => !isLoopbackHost(address));
  if (foreign !== undefined) throw plaintextRefused(target, `${hostPort(asked)} (${foreign})`);
}

function plaintextRefused(target: Target, where: string): FedctlError {
  const how = target.tls === 'off' ? 'without TLS' : `over TLS that ${target.unverifiedBy} leaves unverified`;
  return new FedctlError('mongo.plaintext-refused', {
    message: `Refused to log in to ${where} ${how}.`,
    ...(target.unverifiedBy === null
      ? {}
      : { remedy: `leave out ${target.unverifiedBy}, and name a private CA with tlsCAFile=<file>` }),
    details: { host: where, tls: target.tls },
  });
}
