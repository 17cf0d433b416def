/** What went wrong below HTTP. `tls` covers the handshake and the certificate. */
export interface TransportFault {
  readonly kind: 'unreachable' | 'tls' | 'timeout';
  /** Node's or OpenSSL's own code: `ENOTFOUND`, `DEPTH_ZERO_SELF_SIGNED_CERT` … */
  readonly code: string;
  /** Half a sentence for people: `its name does not resolve`. */
  readonly reason: string;
}

const TIMEOUTS: ReadonlySet<string> = new Set([
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/** How OpenSSL and Node name what is wrong with a certificate or a handshake. */
const TLS_CODE =
  /CERT|CRL|ERR_TLS|ERR_SSL|SELF_SIGNED|UNABLE_TO_|^EPROTO$|_CA$|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED|SIGNATURE_FAILURE/;

const UNREACHABLE: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name does not resolve',
  EAI_AGAIN: 'the name server does not answer',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_ABORTED: 'the proxy refused to connect to it',
  EHOSTUNREACH: 'there is no way to it from here',
  ENETUNREACH: 'there is no way to it from here',
  EADDRNOTAVAIL: 'there is no way to it from here',
  HTTPParserError: 'what answers there does not speak HTTP',
  HPE_INVALID_CONSTANT: 'what answers there does not speak HTTP',
};

/** The fault of the network that an error of node:http, node:tls or undici stands for; null for any other error. */
export function transportFault(error: unknown): TransportFault | null {
  const code = transportCode(error);
  if (code === null) return null;
  if (TIMEOUTS.has(code)) return { kind: 'timeout', code, reason: 'no answer came in time' };
  if (TLS_CODE.test(code)) return { kind: 'tls', code, reason: tlsReason(code) };
  const reason = UNREACHABLE[code] ?? (/^HPE_/.test(code) ? UNREACHABLE['HPE_INVALID_CONSTANT'] : undefined);
  return reason === undefined ? null : { kind: 'unreachable', code, reason };
}

/** fetch wraps what happened, sometimes twice, and several addresses into an AggregateError: the first code counts. */
function transportCode(error: unknown): string | null {
  for (let each = error, hops = 0; each instanceof Error && hops < 5; each = each.cause, hops += 1) {
    if ('code' in each && typeof each.code === 'string') return each.code;
    // undici's own copy does not name what it could not parse, as the one in Node.js does.
    if (each.name === 'HTTPParserError') return each.name;
    if (each instanceof AggregateError && each.errors.length > 0) return transportCode(each.errors[0]);
  }
  return null;
}

function tlsReason(code: string): string {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return 'its certificate has expired';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'its certificate is for another host';
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return 'what answers there does not speak TLS';
    default:
      return 'its certificate is not trusted here';
  }
}
