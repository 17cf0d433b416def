import type { PeerCertificate, TLSSocket } from 'node:tls';
import { rfc3339 } from '../core/time.ts';

/** The contents of a rejected certificate. */
export interface CertificateSeen {
  readonly subject: string;
  readonly issuer: string;
  /** The host names and IP addresses in the certificate, such as `cluster0.example.net` or `127.0.0.1`. */
  readonly names: readonly string[];
  readonly validFrom: Date;
  readonly expiresAt: Date;
}

/** The certificates from failed handshakes. The key is the error that ended the handshake. */
const SEEN = new WeakMap<object, CertificateSeen>();

/**
 * Stores the certificate that a socket receives. If the handshake fails, `certificateBehind` returns the
 * certificate.
 */
export function rememberCertificate(socket: TLSSocket): void {
  const seen = certificateOnceShown(socket);
  socket.prependOnceListener('error', (error) => {
    const certificate = seen();
    if (certificate !== null) SEEN.set(error, certificate);
  });
}

/**
 * Returns the certificate that was received in the handshake that ended with this error.
 *
 * @returns the certificate; null if no certificate was received before the error
 */
export function certificateBehind(error: object): CertificateSeen | null {
  return SEEN.get(error) ?? null;
}

/**
 * Returns a function. The function returns the certificate that the socket received, or null if the socket
 * received no certificate. The certificate is read at the event `secure`, which is internal to _tls_wrap. If
 * verification fails, Node.js destroys the socket and discards the certificate immediately after this event.
 * The event `secureConnect` would be too late.
 */
export function certificateOnceShown(socket: TLSSocket): () => CertificateSeen | null {
  let certificate: PeerCertificate | null = null;
  socket.prependOnceListener('secure', () => {
    certificate = socket.getPeerCertificate();
  });
  return () => (certificate?.valid_to === undefined ? null : seenOf(certificate));
}

function seenOf({ subject, subjectaltname, issuer, valid_from, valid_to }: PeerCertificate): CertificateSeen {
  return {
    subject: nameOf(subject, subjectaltname),
    issuer: nameOf(issuer),
    names: (subjectaltname ?? '')
      .split(', ')
      .flatMap((name) => /^(?:DNS|IP Address):(.+)$/.exec(name)?.[1] ?? []),
    validFrom: new Date(valid_from),
    expiresAt: new Date(valid_to),
  };
}

/**
 * Describes the fault of a certificate and includes the relevant contents of the certificate. The description
 * completes a sentence that begins with "it".
 */
export function certificateFault(
  fault: 'not yet valid' | 'expired' | 'wrong name' | 'untrusted',
  { subject, issuer, names, validFrom, expiresAt }: CertificateSeen,
): string {
  const dates = `valid from ${rfc3339(validFrom)} to ${rfc3339(expiresAt)}`;
  const named = names.length === 0 ? 'no names' : names.join(', ');
  switch (fault) {
    case 'not yet valid':
      return `has a certificate that is not valid before ${rfc3339(validFrom)}: ${subject}, issued by ${issuer}`;
    case 'expired':
      return `has a certificate that expired on ${rfc3339(expiresAt)}: ${subject}, issued by ${issuer}`;
    case 'wrong name':
      return `has a certificate for other names (${named}), issued by ${issuer}, ${dates}`;
    case 'untrusted':
      return `has a certificate that is not trusted on this machine: ${subject}, for ${named}, issued by ${issuer}, ${dates}`;
  }
}

/**
 * Returns the CN of a certificate. If the certificate has no CN, returns the first alternative name or the
 * organization.
 */
export function nameOf(name: PeerCertificate['subject'] | undefined, alternatives?: string): string {
  return (
    one(name?.CN) ??
    alternatives?.split(', ')[0]?.replace(/^DNS:|^IP Address:/, '') ??
    one(name?.O) ??
    '(no name)'
  );
}

/** Returns the first value, because a certificate may contain several CN and O values. */
function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}
