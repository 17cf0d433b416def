import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { systemCode } from '../core/system-error.ts';
import { type CertificateSeen, certificateOnceShown, nameOf } from './certificate-seen.ts';
import { type DialBounds, type DialFault, type Dialled, type Endpoint, opened, step } from './dial.ts';

/**
 * The TLS settings of a connection. If `ca` is not set, Node.js uses its default certificates and the
 * certificates in NODE_EXTRA_CA_CERTS.
 */
export interface TlsSettings {
  readonly ca?: string;
  readonly crl?: string;
  /** The client certificate and its key, as PEM. */
  readonly certificateKey?: string;
  readonly passphrase?: string;
  /** Whether to verify the certificate. False only if the user disabled the verification. */
  readonly verify: boolean;
  readonly verifyName: boolean;
}

/** The facts about a completed handshake. */
export interface TlsFacts {
  /** The protocol version, for example `TLSv1.3`. */
  readonly protocol: string;
  readonly subject: string;
  readonly issuer: string;
  readonly expiresAt: Date;
}

/** The OpenSSL error codes for a certificate that is not trusted. */
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

/**
 * Performs a TLS handshake over an open connection. The caller must destroy the TLS socket. The TLS socket
 * takes over the plain socket, so the caller must not use the plain socket any longer.
 */
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
    const seen = certificateOnceShown(socket);
    try {
      await opened(socket, 'secureConnect', bounded);
    } catch (error) {
      plain.destroy();
      throw faultyCertificate(error, seen());
    }
    return { socket, facts: factsOf(socket) };
  });
}

/**
 * Converts a TLS error to a fault. Uses only the error code, because OpenSSL error messages differ between
 * versions.
 */
export function faultOfTls(error: unknown): DialFault {
  const code = systemCode(error);
  if (UNTRUSTED.has(code)) return 'untrusted';
  if (OUT_OF_DATE.has(code)) return 'out-of-date';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'wrong-name';
  if (/^ERR_SSL_.*(ALERT|UNRECOGNIZED_NAME)/.test(code)) return 'alert';
  return code.startsWith('ERR_SSL_') ? 'no-tls' : 'cut';
}

/**
 * The error that is thrown if certificate verification fails in a handshake. Contains the rejected
 * certificate.
 */
export class CertificateRefused extends Error {
  readonly code: string;
  readonly certificate: CertificateSeen;

  constructor(cause: Error, certificate: CertificateSeen) {
    super(cause.message, { cause });
    this.name = 'CertificateRefused';
    this.code = systemCode(cause);
    this.certificate = certificate;
  }
}

function faultyCertificate(error: unknown, certificate: CertificateSeen | null): unknown {
  const isAbout = ['untrusted', 'out-of-date', 'wrong-name'].includes(faultOfTls(error));
  return isAbout && error instanceof Error && certificate !== null
    ? new CertificateRefused(error, certificate)
    : error;
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
