import { type OfferedCommand, program } from '../core/command-line.ts';
import type { FailureFacts } from '../core/errors.ts';
import { certificateBehind, certificateFault } from './certificate-seen.ts';
import { ProxyFault } from './proxy-fault.ts';

/** What went wrong below HTTP. `tls` covers the handshake and the certificate. */
export interface TransportFault {
  readonly kind: 'unreachable' | 'tls' | 'timeout';
  /** Node's or OpenSSL's own code: `ENOTFOUND`, `DEPTH_ZERO_SELF_SIGNED_CERT` … */
  readonly code: string;
  /** Half a sentence for people: `its name does not resolve`. */
  readonly reason: string;
  /** Where this fault has another cause than most of its kind. */
  readonly likelyCause?: string;
  /** What helps against this one, where most of its kind need something else. */
  readonly remedy?: string;
  /** What shows more of it. */
  readonly command?: (url: URL) => OfferedCommand;
}

const TIMEOUTS: ReadonlySet<string> = new Set(['ETIMEDOUT', 'ESOCKETTIMEDOUT']);

/** How OpenSSL and Node name what is wrong with a certificate or a handshake. */
const TLS_CODE =
  /CERT|CRL|ERR_TLS|ERR_SSL|SELF_SIGNED|UNABLE_TO_|^EPROTO$|_CA$|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED|SIGNATURE_FAILURE/;

type Meaning = Pick<TransportFault, 'reason' | 'likelyCause' | 'remedy' | 'command'>;

const CURL = {
  remedy: 'Compare the address with the one that is meant, and see what answers there.',
  // Without the query, which may hold what is nobody's business.
  command: ({ origin, pathname }: URL) =>
    program('curl', '-v', pathname === '/' ? origin : `${origin}${pathname}`),
};
const NSLOOKUP = {
  remedy: 'Compare the name with the one that is meant, and see what the resolver returns.',
  command: ({ hostname }: URL) => program('nslookup', hostname),
};
const OPENSSL = {
  remedy: 'Find out who answers there: a proxy that inspects TLS, or another server.',
  command: ({ hostname, port }: URL) =>
    program('openssl', 's_client', '-connect', `${hostname}:${port || '443'}`),
};

const CUT: Meaning = {
  reason: 'the connection was cut',
  likelyCause: 'The server, or something on the way, ended the connection before it had answered.',
  ...CURL,
};
const NO_WAY: Meaning = {
  reason: 'there is no way to it from here',
  likelyCause: 'No network, or a private address whose network this machine is not in.',
  ...CURL,
};
const NOT_HTTP: Meaning = {
  reason: 'what answers there does not speak HTTP',
  likelyCause: 'Another kind of server listens there: a wrong port.',
  ...CURL,
};
const LONG_HEADER: Meaning = {
  reason: 'what answers there sends a header that is too long',
  likelyCause: 'Another kind of server listens there, or something on the way answers in its place.',
  ...CURL,
};
const UNREADABLE: Meaning = {
  reason: 'the body of the answer cannot be unpacked',
  likelyCause: 'Something on the way changed the answer, or answers in its place.',
  ...CURL,
};

const UNREACHABLE: Readonly<Record<string, Meaning>> = {
  ENOTFOUND: {
    reason: 'its name does not resolve',
    likelyCause: 'A typo, or a resolver that does not know the name.',
    ...NSLOOKUP,
  },
  EAI_AGAIN: {
    reason: 'the name server does not answer',
    likelyCause: 'The name server of this machine is not reachable or has a fault of its own.',
    ...NSLOOKUP,
  },
  ECONNREFUSED: {
    reason: 'nothing listens there',
    likelyCause: 'The server is down, or its port is another one.',
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

/** The fault of the network that an error of node:http or node:tls stands for; null for any other error. */
export function transportFault(error: unknown): TransportFault | null {
  const coded = chainOf(error).find((each): each is Coded => typeof codeOf(each) === 'string');
  if (coded === undefined) return null;
  const { code } = coded;
  if (TIMEOUTS.has(code)) return { kind: 'timeout', code, reason: 'no answer came in time' };
  if (coded instanceof ProxyFault) return faultOfProxy(coded);
  if (TLS_CODE.test(code)) return { kind: 'tls', code, ...tlsMeaning(coded) };
  const meaning = UNREACHABLE[code] ?? (/^HPE_/.test(code) ? NOT_HTTP : undefined);
  return meaning === undefined ? null : { kind: 'unreachable', code, ...meaning };
}

/** The parts of a failure in which a fault differs from most of its kind; empty where it does not. */
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
      reason: `the proxy on the way cannot be reached, ${unreached.reason}`,
      likelyCause: 'HTTPS_PROXY names a proxy that is down, or that this machine has no way to.',
      remedy: 'Set HTTPS_PROXY to the address of the proxy, http://<host>:<port>, or unset it.',
    };
  }
  const code = status === null ? 'ERR_PROXY' : `HTTP ${status}`;
  if (status === null) {
    return {
      kind: 'unreachable',
      code,
      reason: 'the proxy on the way does not answer as a proxy does',
      likelyCause: 'HTTPS_PROXY names something that is no HTTP proxy.',
      remedy: 'Set HTTPS_PROXY to the address of the proxy, http://<host>:<port>, or unset it.',
    };
  }
  if (status === 407) {
    return {
      kind: 'unreachable',
      code,
      reason: 'the proxy asks for a user and a password',
      likelyCause: 'HTTPS_PROXY names no user, or one that the proxy does not accept.',
      remedy: 'Set HTTPS_PROXY with the user and the password: http://<user>:<password>@<host>:<port>.',
    };
  }
  return {
    kind: 'unreachable',
    code,
    reason: 'the proxy on the way opened no tunnel',
    likelyCause: 'The proxy lets nobody through to this host, or cannot reach it.',
    remedy:
      'Whoever runs the proxy must allow the host. If it is reached without the proxy, add it to NO_PROXY.',
  };
}

type Coded = Error & { readonly code: string };

function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : undefined;
}

/** The SDK wraps what happened, and Node the errors of several addresses into an AggregateError: the first code counts. */
function chainOf(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let each = error; each instanceof Error && chain.length < 5; each = each.cause) {
    chain.push(each);
    if (each instanceof AggregateError && typeof codeOf(each) !== 'string') {
      return [...chain, ...chainOf(each.errors[0])];
    }
  }
  return chain;
}

/** Node hides behind EPROTO what OpenSSL says; it stands in the text. */
function tlsMeaning(error: Coded): Meaning {
  const { code, message } = error;
  const certificate = certificateBehind(error);
  const refused = (fault: Parameters<typeof certificateFault>[0], otherwise: string) =>
    certificate === null ? otherwise : `it ${certificateFault(fault, certificate)}`;
  if (/ALERT|UNRECOGNIZED_NAME/.test(code) || (code === 'EPROTO' && /\balert\b/i.test(message))) {
    return {
      reason: 'the other side ended the handshake with an alert',
      likelyCause: 'The server does not accept this handshake, or not from here.',
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
        likelyCause: 'Nobody renewed the certificate, or the clock of this machine is wrong.',
        ...OPENSSL,
        remedy:
          'Whoever runs the server must renew its certificate. If its dates are right, set the clock of this machine.',
      };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        reason: refused('wrong name', 'its certificate is for another host'),
        likelyCause: 'The address leads to another server, or something on the way answers in its place.',
        ...OPENSSL,
      };
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return {
        reason: 'what answers there does not speak TLS',
        likelyCause: 'The port is one for plain text, or another kind of server listens there.',
        ...OPENSSL,
      };
    default:
      return { reason: refused('untrusted', 'its certificate is not trusted here') };
  }
}
