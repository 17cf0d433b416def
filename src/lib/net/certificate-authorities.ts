import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { FedctlError } from '../errors.ts';

type Env = Readonly<Record<string, string | undefined>>;

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

const known = new WeakMap<Env, Promise<string[] | undefined>>();

/**
 * The certificate authorities to trust, as the `ca` option of node:tls takes them (PEM), or undefined for Node's own.
 *
 * AWS_CA_BUNDLE adds to what is trusted. `ca` replaces Node's roots and with them NODE_EXTRA_CA_CERTS, so both are
 * listed again (facts/dependencies.md 4). Found out once for an environment: every client asks, and the
 * bundle of a whole system has more than a hundred certificates to parse.
 *
 * @throws FedctlError net.ca-bundle-invalid
 */
export function certificateAuthorities(env: Env): Promise<string[] | undefined> {
  const found = known.get(env) ?? read(env);
  known.set(env, found);
  return found;
}

async function read(env: Env): Promise<string[] | undefined> {
  const path = env['AWS_CA_BUNDLE'];
  if (path === undefined || path === '') return undefined;
  return [...rootCertificates, await readBundle(path), ...(await extraCertificates(env))];
}

async function readBundle(path: string): Promise<string> {
  let pem: string;
  try {
    pem = await readFile(path, 'utf8');
  } catch (cause) {
    throw bundleInvalid(path, 'it cannot be read', cause);
  }
  const certificates = pem.match(PEM_CERTIFICATE) ?? [];
  if (certificates.length === 0) throw bundleInvalid(path, 'it holds no PEM certificate');
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch (cause) {
      // node:tls would leave it out without a word.
      throw bundleInvalid(path, `certificate ${index + 1} in it is damaged`, cause);
    }
  }
  return pem;
}

/** Node ignores this file, with a warning, when it cannot be read: so it is no reason to stop here either. */
async function extraCertificates(env: Env): Promise<readonly string[]> {
  const path = env['NODE_EXTRA_CA_CERTS'];
  if (path === undefined || path === '') return [];
  try {
    return [await readFile(path, 'utf8')];
  } catch {
    return [];
  }
}

function bundleInvalid(path: string, why: string, cause?: unknown): FedctlError {
  return new FedctlError('net.ca-bundle-invalid', {
    message: `AWS_CA_BUNDLE names ${path}, and ${why}.`,
    details: { file: path },
    cause,
  });
}
