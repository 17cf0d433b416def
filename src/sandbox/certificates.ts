import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

// test/support/certificates.ts does not use this file, because tests must not use the code that they test.

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * The CA certificate of a lab with TLS, and the certificate and the private key that all of its servers
 * share. All values are PEM.
 */
export interface LabCertificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Faults that cause clients to reject a certificate. */
export interface CertificateFaults {
  /** Whether the certificate omits `localhost` and the loopback addresses. */
  readonly elsewhere?: boolean;
  /** The expiration of the server certificate (default: in a week). */
  readonly notAfter?: Date;
}

const LOOPBACK = [
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '::1' },
] as const;

/**
 * Creates a CA, and one server certificate for loopback and the given names. By default, both certificates are
 * valid for a week. Does not store the private key of the CA, so nobody can create more certificates. Sets key
 * identifiers, because Python 3.13 and `openssl verify -x509_strict` reject certificates without key
 * identifiers (facts/dependencies.md, trap 13).
 */
export async function createCertificates(
  now: Date,
  names: readonly string[] = [],
  { elsewhere = false, notAfter }: CertificateFaults = {},
): Promise<LabCertificates> {
  const [ca, server] = await Promise.all([generateKeys(), generateKeys()]);
  const dates = { notBefore: new Date(now.getTime() - MINUTE), notAfter: new Date(now.getTime() + 7 * DAY) };
  const caCertificate = await X509CertificateGenerator.createSelfSigned({
    ...dates,
    serialNumber: serial(),
    name: 'CN=fedctl lab CA',
    keys: ca,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(ca.publicKey),
    ],
  });
  const certificate = await X509CertificateGenerator.create({
    ...(notAfter === undefined ? dates : { notBefore: new Date(notAfter.getTime() - 7 * DAY), notAfter }),
    serialNumber: serial(),
    subject: `CN=${elsewhere ? names[0] : 'localhost'}`,
    issuer: caCertificate.subject,
    publicKey: server.publicKey,
    signingKey: ca.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        ...(elsewhere ? [] : LOOPBACK),
        ...names.map((value) => ({ type: 'dns', value }) as const),
      ]),
      await SubjectKeyIdentifierExtension.create(server.publicKey),
      await AuthorityKeyIdentifierExtension.create(ca.publicKey),
    ],
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', server.privateKey));
  return {
    ca: caCertificate.toString('pem'),
    cert: certificate.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${key.toString('base64').replaceAll(/(.{64})/g, '$1\n')}\n-----END PRIVATE KEY-----\n`,
  };
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

/** Returns a positive serial number of at most 20 bytes (RFC 5280, 4.1.2.2). */
function serial(): string {
  const bytes = Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)));
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0);
  return bytes.toString('hex');
}
