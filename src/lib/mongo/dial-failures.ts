import { program, type SuggestedCommand } from '../core/command-line.ts';
import type { HostPort } from '../core/connection-string.ts';
import { FedctlError } from '../core/errors.ts';
import { systemCode } from '../core/system-error.ts';
import { rfc3339 } from '../core/time.ts';
import type { FailureCode } from '../failures/failures.ts';
import { type CertificateSeen, certificateFault } from '../net/certificate-seen.ts';
import type { DialFault } from '../net/dial.ts';
import { proxyFault } from '../net/dial-proxy.ts';
import { CertificateRefused } from '../net/dial-tls.ts';
import type { StageId } from '../ports/mongo.ts';
import { hostPort } from '../uri/host-port.ts';
import { lookup } from '../uri/srv.ts';

/** A host to which fedctl could not open a connection. */
export interface Unreached {
  readonly host: HostPort;
  readonly fault: DialFault;
  readonly cause: unknown;
}

interface Meaning {
  readonly code: FailureCode;
  /** The rest of a sentence that starts with the host. */
  readonly says: string;
  readonly likelyCause?: string;
  /** The command that shows more details. */
  readonly command?: (host: HostPort) => SuggestedCommand;
}

const OPENSSL = ({ host, port }: HostPort) =>
  program('openssl', 's_client', '-connect', hostPort({ host, port }));
const NETCAT = ({ host, port }: HostPort) => program('nc', '-vz', '-w', '5', host, String(port));
const NSLOOKUP = ({ host }: HostPort) => lookup(null, host);

const RESOLVE: Partial<Record<DialFault, Meaning>> = {
  'unknown-host': {
    code: 'mongo.dns-failed',
    says: 'does not resolve: the name does not exist',
    command: NSLOOKUP,
  },
  timeout: {
    code: 'mongo.dns-failed',
    says: 'does not resolve: the DNS resolver timed out',
    likelyCause: 'The DNS resolver is down, or a network device drops the packets.',
    command: NSLOOKUP,
  },
};

const TCP: Partial<Record<DialFault, Meaning>> = {
  refused: { code: 'mongo.port-closed', says: 'refused the connection', command: NETCAT },
  timeout: { code: 'mongo.connect-timeout', says: 'did not respond in time', command: NETCAT },
  cut: {
    code: 'mongo.port-closed',
    says: 'closed the connection immediately',
    likelyCause:
      'The server, or a firewall or proxy in front of it, does not accept connections from this machine.',
    command: NETCAT,
  },
  proxy: { code: 'mongo.proxy-failed', says: 'is unreachable through the SOCKS5 proxy' },
};

const TLS: Partial<Record<DialFault, Meaning>> = {
  untrusted: { code: 'mongo.tls-untrusted', says: 'has a certificate that is not trusted' },
  'wrong-name': { code: 'mongo.tls-name-mismatch', says: 'has a certificate for another host name' },
  'out-of-date': {
    code: 'mongo.tls-expired',
    says: 'has a certificate that has expired or is not valid yet',
  },
  alert: { code: 'mongo.tls-refused', says: 'aborted the TLS handshake with an alert', command: OPENSSL },
  timeout: {
    code: 'mongo.tls-timeout',
    says: 'did not respond to the TLS handshake in time',
    command: OPENSSL,
  },
  'no-tls': {
    code: 'mongo.tls-failed',
    says: 'does not use TLS',
    likelyCause: 'The server was started without TLS.',
    command: OPENSSL,
  },
};

const TABLES = { resolve: RESOLVE, tcp: TCP, tls: TLS };
const OTHERWISE: Readonly<Record<keyof typeof TABLES, Meaning>> = {
  resolve: {
    code: 'mongo.dns-failed',
    says: 'does not resolve: the DNS resolver failed',
    likelyCause: 'The DNS resolver is unreachable, refuses the query, or has an internal error.',
    command: NSLOOKUP,
  },
  tcp: {
    code: 'mongo.connect-timeout',
    says: 'is unreachable: no route to the host',
    likelyCause: 'This machine has no network connection, or cannot reach the private network of the host.',
    command: NETCAT,
  },
  tls: { code: 'mongo.tls-failed', says: 'closed the connection during the TLS handshake', command: OPENSSL },
};

/** Returns a description of the rejected certificate; null if the host sent no certificate. */
function refusedCertificate(fault: DialFault, cause: unknown): string | null {
  if (!(cause instanceof CertificateRefused)) return null;
  const { code, certificate } = cause;
  switch (fault) {
    case 'out-of-date':
      return certificateFault(code === 'CERT_NOT_YET_VALID' ? 'not yet valid' : 'expired', certificate);
    case 'wrong-name':
      return certificateFault('wrong name', certificate);
    case 'untrusted':
      return certificateFault('untrusted', certificate);
    default:
      return null;
  }
}

/**
 * The TLS alert that Atlas sends if it rejects a connection (facts/mongodb.md 9, row 1). All other alerts
 * report a problem with the TLS handshake.
 */
const INTERNAL_ERROR_ALERT = /ALERT_INTERNAL_ERROR$/;

/** Returns why a stage failed for a host, for use in a list of hosts, for example `refused the connection`. */
export function dialFaultText(
  stage: keyof typeof TABLES,
  { fault, cause }: Pick<Unreached, 'fault' | 'cause'>,
): string {
  const says = refusedCertificate(fault, cause) ?? meaningOf(stage, fault).says;
  return fault === 'proxy' ? `${says}: ${proxyFault(cause).says}` : says;
}

/**
 * Returns the failure for a stage that failed for all hosts. The failure code describes the fault of the
 * first host. The message contains all hosts.
 *
 * @param unreached at least one host
 */
export function dialFailure(
  stage: keyof typeof TABLES & StageId,
  unreached: readonly Unreached[],
): FedctlError {
  const [first] = unreached;
  if (first === undefined) throw new TypeError('no host was contacted');
  const meaning = meaningOf(stage, first.fault);
  const each = unreached.map((one) => `${hostPort(one.host)} ${dialFaultText(stage, one)}`);
  const likelyCause =
    first.fault === 'proxy'
      ? proxyFault(first.cause).likelyCause
      : (meaning.likelyCause ?? alertCause(first));
  return new FedctlError(meaning.code, {
    message: `${each.join('; ')}.`,
    ...(likelyCause === undefined ? {} : { likelyCause }),
    ...(meaning.command === undefined || alertOfAtlas(first) ? {} : { command: meaning.command(first.host) }),
    details: {
      hosts: unreached.map(({ host, fault, cause }) => ({
        host: hostPort(host),
        fault,
        error: systemCode(cause) || null,
        ...(cause instanceof CertificateRefused
          ? { certificate: certificateMembers(cause.certificate) }
          : {}),
      })),
    },
    cause: first.cause,
  });
}

function certificateMembers({ validFrom, expiresAt, ...names }: CertificateSeen) {
  return { ...names, validFrom: rfc3339(validFrom), expiresAt: rfc3339(expiresAt) };
}

function meaningOf(stage: keyof typeof TABLES, fault: DialFault): Meaning {
  return TABLES[stage][fault] ?? OTHERWISE[stage];
}

function alertOfAtlas({ fault, cause }: Unreached): boolean {
  return fault === 'alert' && INTERNAL_ERROR_ALERT.test(systemCode(cause));
}

function alertCause(unreached: Unreached): string | undefined {
  if (unreached.fault !== 'alert' || alertOfAtlas(unreached)) return undefined;
  return `The server rejected the TLS handshake (${systemCode(unreached.cause)}). It may require a client certificate (tlsCertificateKeyFile) or another TLS version.`;
}
