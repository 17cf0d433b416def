import { isIP, type Socket } from 'node:net';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import {
  codeOf,
  type DialBounds,
  type DialFault,
  type Dialled,
  type Endpoint,
  opened,
  step,
} from './dial.ts';

/** What TLS is to be done with. Without `ca`, Node's own list and NODE_EXTRA_CA_CERTS count. */
export interface TlsSettings {
  readonly ca?: string;
  readonly crl?: string;
  /** Certificate and key of this side, PEM. */
  readonly certificateKey?: string;
  readonly passphrase?: string;
  /** False only where somebody asked for it. */
  readonly verify: boolean;
  readonly verifyName: boolean;
}

/** What a handshake showed. */
export interface TlsFacts {
  /** `TLSv1.3` */
  readonly protocol: string;
  readonly subject: string;
  readonly issuer: string;
  readonly expiresAt: Date;
}

/** Verification results of OpenSSL that mean: nobody here vouches for this certificate. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_CRL',
  'CERT_SIGNATURE_FAILURE',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
]);
const OUT_OF_DATE: ReadonlySet<string> = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/** Does a TLS handshake over an open connection. The caller owns the resulting socket, and the plain one no longer. */
export async function dialTls(
  plain: Socket,
  { host }: Endpoint,
  settings: TlsSettings,
  bounds: DialBounds,
): Promise<Dialled<{ readonly socket: TLSSocket; readonly facts: TlsFacts }>> {
  return step(bounds, faultOfTls, async (bounded) => {
    const socket = connect({
      socket: plain,
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      rejectUnauthorized: settings.verify,
      ...(settings.verifyName ? {} : { checkServerIdentity: () => undefined }),
      ...(settings.ca === undefined ? {} : { ca: settings.ca }),
      ...(settings.crl === undefined ? {} : { crl: settings.crl }),
      ...(settings.certificateKey === undefined
        ? {}
        : { cert: settings.certificateKey, key: settings.certificateKey }),
      ...(settings.passphrase === undefined ? {} : { passphrase: settings.passphrase }),
    });
    try {
      await opened(socket, 'secureConnect', bounded);
    } catch (error) {
      plain.destroy();
      throw error;
    }
    return { socket, facts: factsOf(socket) };
  });
}

/** The fault behind an error of TLS. By its code: texts of OpenSSL change. */
export function faultOfTls(error: unknown): DialFault {
  const code = codeOf(error);
  if (UNTRUSTED.has(code)) return 'untrusted';
  if (OUT_OF_DATE.has(code)) return 'out-of-date';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'wrong-name';
  if (/^ERR_SSL_.*(ALERT|UNRECOGNIZED_NAME)/.test(code)) return 'alert';
  return code.startsWith('ERR_SSL_') ? 'no-tls' : 'cut';
}

function factsOf(socket: TLSSocket): TlsFacts {
  const certificate = socket.getPeerCertificate();
  return {
    protocol: socket.getProtocol() ?? 'TLS',
    subject: nameOf(certificate.subject, certificate.subjectaltname),
    issuer: nameOf(certificate.issuer),
    expiresAt: new Date(certificate.valid_to),
  };
}

/** The name that tells most: CN, else the first alternative name, else the organization. */
function nameOf(name: PeerCertificate['subject'] | undefined, alternatives?: string): string {
  return (
    one(name?.CN) ??
    alternatives?.split(', ')[0]?.replace(/^DNS:|^IP Address:/, '') ??
    one(name?.O) ??
    '(no name)'
  );
}

/** A certificate may hold several of each. */
function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}
