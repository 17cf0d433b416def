import { program, type SuggestedCommand } from '../core/command-line.ts';
import type { FailureFacts } from '../core/errors.ts';
import { systemCode } from '../core/system-error.ts';
import { certificateBehind, certificateFault } from './certificate-seen.ts';
import { ProxyFault } from './proxy-fault.ts';

/** A network fault below HTTP. The kind `tls` includes faults in the handshake and in the certificate. */
export interface TransportFault {
  readonly kind: 'unreachable' | 'tls' | 'timeout';
  /** The code of Node.js or OpenSSL: `ENOTFOUND`, `DEPTH_ZERO_SELF_SIGNED_CERT` … */
  readonly code: string;
  /** The reason as part of a sentence, for example `the host name does not resolve`. */
  readonly reason: string;
  /** The likely cause, if it differs from the default for this kind of fault. */
  readonly likelyCause?: string;
  /** The remedy, if it differs from the default for this kind of fault. */
  readonly remedy?: string;
  /** The command that shows more details. */
  readonly command?: (url: URL) => SuggestedCommand;
}

const TIMEOUTS: ReadonlySet<string> = new Set(['ETIMEDOUT', 'ESOCKETTIMEDOUT']);

/** Matches the error codes of OpenSSL and Node.js for certificate and handshake faults. */
const TLS_CODE =
  /CERT|CRL|ERR_TLS|ERR_SSL|SELF_SIGNED|UNABLE_TO_|^EPROTO$|_CA$|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED|SIGNATURE_FAILURE/;

type Meaning = Pick<TransportFault, 'reason' | 'likelyCause' | 'remedy' | 'command'>;

const CURL = {
  remedy: 'Check that the address is correct, and see which server responds.',
  // The command does not contain the query of the URL, because the query may contain secrets.
  command: ({ origin, pathname }: URL) =>
    program('curl', '-v', pathname === '/' ? origin : `${origin}${pathname}`),
};
const NSLOOKUP = {
  remedy: 'Check that the name is correct, and see what the resolver returns.',
  command: ({ hostname }: URL) => program('nslookup', hostname),
};
const OPENSSL = {
  remedy: 'Find out which server responds: a proxy that inspects TLS, or another server.',
  command: ({ hostname, port }: URL) =>
    program('openssl', 's_client', '-connect', `${hostname}:${port || '443'}`),
};

const CUT: Meaning = {
  reason: 'the connection was closed',
  likelyCause: 'The server, or a device on the network path, closed the connection before it responded.',
  ...CURL,
};
const NO_WAY: Meaning = {
  reason: 'no route to the host',
  likelyCause: 'This machine has no network connection, or cannot reach the private network of the address.',
  ...CURL,
};
const NOT_HTTP: Meaning = {
  reason: 'the server does not use HTTP',
  likelyCause: 'Another kind of server listens on this port.',
  ...CURL,
};
const LONG_HEADER: Meaning = {
  reason: 'the response has a header that is too long',
  likelyCause:
    'Another kind of server listens on this port, or a device on the network path responds instead.',
  ...CURL,
};
const UNREADABLE: Meaning = {
  reason: 'the body of the response cannot be decompressed',
  likelyCause: 'A device on the network path changed the response, or responded instead of the server.',
  ...CURL,
};

const UNREACHABLE: Readonly<Record<string, Meaning>> = {
  ENOTFOUND: {
    reason: 'the host name does not resolve',
    likelyCause: 'The name is misspelled, or the DNS resolver cannot find it.',
    ...NSLOOKUP,
  },
  EAI_AGAIN: {
    reason: 'the DNS server does not respond',
    likelyCause: 'The DNS server of this machine is unreachable or has an internal error.',
    ...NSLOOKUP,
  },
  ECONNREFUSED: {
    reason: 'the connection was refused',
    likelyCause: 'The server is down, or the port is wrong.',
    ...CURL,
  },
  ECONNRESET: CUT,
  EPIPE: CUT,
  EHOSTUNREACH: NO_WAY,
  ENETUNREACH: NO_WAY,
  EADDRNOTAVAIL: NO_WAY,
  HPE_HEADER_OVERFLOW: LONG_HEADER,
  Z_DATA_ERROR: UNREADABLE,
  Z_BUF_ERROR: UNREADABLE,
};

/** Converts an error from node:http or node:tls to a network fault. Returns null for any other error. */
export function transportFault(error: unknown): TransportFault | null {
  const coded = chainOf(error).find((each): each is Coded => systemCode(each) !== '');
  if (coded === undefined) return null;
  const { code } = coded;
  if (TIMEOUTS.has(code)) return { kind: 'timeout', code, reason: 'it timed out' };
  if (coded instanceof ProxyFault) return faultOfProxy(coded);
  if (TLS_CODE.test(code)) return { kind: 'tls', code, ...tlsMeaning(coded) };
  const meaning = UNREACHABLE[code] ?? (/^HPE_/.test(code) ? NOT_HTTP : undefined);
  return meaning === undefined ? null : { kind: 'unreachable', code, ...meaning };
}

/**
 * Returns the cause, remedy and command that the fault specifies. If the fault omits a value, the caller uses
 * the default for the kind of fault.
 */
export function adviceOf(
  { likelyCause, remedy, command }: TransportFault,
  url: URL,
): Pick<FailureFacts, 'likelyCause' | 'remedy' | 'command'> {
  return {
    ...(likelyCause === undefined ? {} : { likelyCause }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(command === undefined ? {} : { command: command(url) }),
  };
}

function faultOfProxy({ status, cause }: ProxyFault): TransportFault {
  const unreached = status === null ? transportFault(cause) : null;
  if (unreached?.kind === 'unreachable' && !/^HPE_/.test(unreached.code)) {
    return {
      kind: 'unreachable',
      code: unreached.code,
      reason: `the proxy is unreachable: ${unreached.reason}`,
      likelyCause: 'HTTPS_PROXY specifies a proxy that is down or unreachable from this machine.',
      remedy: 'Set HTTPS_PROXY to the address of the proxy, http://<host>:<port>, or unset it.',
    };
  }
  const code = status === null ? 'ERR_PROXY' : `HTTP ${status}`;
  if (status === null) {
    return {
      kind: 'unreachable',
      code,
      reason: 'the proxy does not respond as an HTTP proxy',
      likelyCause: 'HTTPS_PROXY specifies a server that is not an HTTP proxy.',
      remedy: 'Set HTTPS_PROXY to the address of the proxy, http://<host>:<port>, or unset it.',
    };
  }
  if (status === 407) {
    return {
      kind: 'unreachable',
      code,
      reason: 'the proxy requires a user and a password',
      likelyCause: 'HTTPS_PROXY contains no user, or the proxy rejects the user or the password.',
      remedy: 'Set HTTPS_PROXY with the user and the password: http://<user>:<password>@<host>:<port>.',
    };
  }
  return {
    kind: 'unreachable',
    code,
    reason: 'the proxy did not open a tunnel',
    likelyCause: 'The proxy does not allow connections to this host, or cannot reach it.',
    remedy:
      'The operator of the proxy must allow the host. If the host is reachable without the proxy, add the host to NO_PROXY.',
  };
}

type Coded = Error & { readonly code: string };

/**
 * Returns an error and its causes. The SDK wraps errors. If the connections to several addresses fail,
 * Node.js combines the errors in an AggregateError. Only the first error in an AggregateError is used.
 */
function chainOf(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let each = error; each instanceof Error && chain.length < 5; each = each.cause) {
    chain.push(each);
    if (each instanceof AggregateError && systemCode(each) === '') {
      return [...chain, ...chainOf(each.errors[0])];
    }
  }
  return chain;
}

/**
 * Describes a TLS error. If the code is EPROTO, the description depends on the error message, because Node.js
 * uses EPROTO for all OpenSSL errors.
 */
function tlsMeaning(error: Coded): Meaning {
  const { code, message } = error;
  const certificate = certificateBehind(error);
  const refused = (fault: Parameters<typeof certificateFault>[0], otherwise: string) =>
    certificate === null ? otherwise : `it ${certificateFault(fault, certificate)}`;
  if (/ALERT|UNRECOGNIZED_NAME/.test(code) || (code === 'EPROTO' && /\balert\b/i.test(message))) {
    return {
      reason: 'the server aborted the handshake with an alert',
      likelyCause: 'The server does not accept this handshake, or accepts no connections from this machine.',
      ...OPENSSL,
    };
  }
  switch (code) {
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return {
        reason:
          code === 'CERT_HAS_EXPIRED'
            ? refused('expired', 'its certificate has expired')
            : refused('not yet valid', 'its certificate is not valid yet'),
        likelyCause: 'The certificate was not renewed, or the clock of this machine is wrong.',
        ...OPENSSL,
        remedy:
          'The operator of the server must renew its certificate. If the dates of the certificate are correct, set the clock of this machine.',
      };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        reason: refused('wrong name', 'its certificate is for another host'),
        likelyCause: 'The URL is for another server, or a device on the network path responds instead.',
        ...OPENSSL,
      };
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return {
        reason: 'the server does not use TLS',
        likelyCause:
          'The port accepts connections without TLS, or another kind of server listens on this port.',
        ...OPENSSL,
      };
    default:
      return { reason: refused('untrusted', 'its certificate is not trusted on this machine') };
  }
}
