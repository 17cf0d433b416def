import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
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

// Separate from src/sandbox/certificates.ts, because tests need invalid certificates that are independent of the lab.

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const MINUTE = 60_000;

/** The private key and the certificate of a TLS server, both PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface TestCa {
  /** The CA's certificate, PEM. */
  readonly pem: string;
  /**
   * Issues a certificate for these host names and addresses.
   *
   * @param validity defaults to an hour from a minute ago; give past dates for an expired certificate
   */
  issue(
    names: readonly string[],
    validity?: { readonly notBefore: Date; readonly notAfter: Date },
  ): Promise<ServerCertificate>;
}

/** A CA for test servers that no client trusts by default. */
export async function createTestCa(name = 'fedctl test CA'): Promise<TestCa> {
  const keys = await generateKeys();
  const ca = await X509CertificateGenerator.createSelfSigned({
    ...hour(),
    serialNumber: serial(),
    name: `CN=${name}`,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    pem: ca.toString('pem'),
    async issue(names, validity = hour()) {
      const server = await generateKeys();
      const certificate = await X509CertificateGenerator.create({
        ...validity,
        serialNumber: serial(),
        subject: `CN=${names[0] ?? 'server'}`,
        issuer: ca.subject,
        publicKey: server.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: ALGORITHM,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
          new SubjectAlternativeNameExtension(
            names.map((each) => ({ type: isIP(each) === 0 ? 'dns' : 'ip', value: each })),
          ),
          await SubjectKeyIdentifierExtension.create(server.publicKey),
          await AuthorityKeyIdentifierExtension.create(keys.publicKey),
        ],
      });
      const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', server.privateKey));
      return {
        cert: certificate.toString('pem'),
        key: `-----BEGIN PRIVATE KEY-----\n${der.toString('base64').replaceAll(/(.{64})/g, '$1\n')}\n-----END PRIVATE KEY-----\n`,
      };
    },
  };
}

function hour() {
  const now = Date.now();
  return { notBefore: new Date(now - MINUTE), notAfter: new Date(now + 60 * MINUTE) };
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

/** A serial number, which must be positive and at most 20 bytes long (RFC 5280, 4.1.2.2). */
function serial(): string {
  const bytes = Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)));
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0);
  return bytes.toString('hex');
}
