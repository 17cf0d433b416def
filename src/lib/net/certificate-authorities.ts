import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { FedctlError, isFedctlError } from '../core/errors.ts';
import { readBoundedFile } from '../files/bounded-file.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** A file with CA certificates, and the setting that contains its path. */
export interface CaBundle {
  readonly path: string;
  /** The setting that contains the path, such as `AWS_CA_BUNDLE` or `ca_bundle of the profile "x"`. */
  readonly source: string;
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** The maximum size of a bundle, in bytes. System bundles are about 200 KB. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * A signal that never fires. Several callers share the result of reading a file, so the signal of one caller
 * must not stop the reading. Only a timeout can stop it.
 */
const NEVER = new AbortController().signal;

const known = new WeakMap<Env, Map<string, Promise<string[]>>>();

/**
 * Returns the CA bundle to use, in the order of precedence of the AWS CLI: AWS_CA_BUNDLE, `ca_bundle` of the
 * profile, REQUESTS_CA_BUNDLE. Users behind a proxy that inspects TLS often set REQUESTS_CA_BUNDLE for
 * Python. A leading `~` is replaced with the home directory.
 */
export function caBundleOf(env: Env, ofProfile: CaBundle | null = null): CaBundle | null {
  const inEnvironment = (source: string): CaBundle | null => {
    const path = env[source];
    return path === undefined || path === '' ? null : { path, source };
  };
  const bundle = inEnvironment('AWS_CA_BUNDLE') ?? ofProfile ?? inEnvironment('REQUESTS_CA_BUNDLE');
  if (bundle === null) return null;
  return { ...bundle, path: bundle.path.replace(/^~(?=\/|$)/, env['HOME'] ?? '~') };
}

/**
 * Returns the CA certificates to trust, as PEM for the `ca` option of node:tls. Returns undefined if no
 * bundle is configured. Node.js then uses its default certificates.
 *
 * The certificates in the bundle are trusted in addition to the default certificates. The `ca` option
 * replaces the default certificates and the certificates in NODE_EXTRA_CA_CERTS, so the result contains these
 * certificates too (facts/dependencies.md 4). The result is cached per environment, because every client
 * needs it and a system bundle contains more than a hundred certificates.
 *
 * @throws FedctlError net.ca-bundle-invalid
 */
export async function certificateAuthorities(
  env: Env,
  bundle: CaBundle | null = caBundleOf(env),
): Promise<string[] | undefined> {
  if (bundle === null) return undefined;
  const bundles = known.get(env) ?? new Map<string, Promise<string[]>>();
  known.set(env, bundles);
  const found = bundles.get(bundle.path) ?? read(env, bundle);
  bundles.set(bundle.path, found);
  return await found;
}

async function read(env: Env, bundle: CaBundle): Promise<string[]> {
  return [...rootCertificates, await readBundle(bundle), ...(await extraCertificates(env))];
}

async function readBundle(bundle: CaBundle): Promise<string> {
  let pem: string;
  try {
    pem = await readBoundedFile(bundle.path, MAX_BYTES, NEVER);
  } catch (cause) {
    throw bundleInvalid(bundle, 'cannot be read', isFedctlError(cause) ? (cause.cause ?? cause) : cause);
  }
  const certificates = pem.match(PEM_CERTIFICATE) ?? [];
  if (certificates.length === 0) throw bundleInvalid(bundle, 'has no PEM certificate');
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch (cause) {
      // Without this check, node:tls would ignore a damaged certificate.
      throw bundleInvalid(bundle, `has a damaged certificate (number ${index + 1})`, cause);
    }
  }
  return pem;
}

/**
 * Returns the content of the file that NODE_EXTRA_CA_CERTS specifies. If the file cannot be read, returns an
 * empty list, because Node.js also continues without the file.
 */
async function extraCertificates(env: Env): Promise<readonly string[]> {
  const path = env['NODE_EXTRA_CA_CERTS'];
  if (path === undefined || path === '') return [];
  try {
    return [await readBoundedFile(path, MAX_BYTES, NEVER)];
  } catch {
    return [];
  }
}

function bundleInvalid({ path, source }: CaBundle, why: string, cause?: unknown): FedctlError {
  const isVariable = /^[A-Z_]+$/.test(source);
  return new FedctlError('net.ca-bundle-invalid', {
    message: `${isVariable ? source : `The ${source}`} specifies ${path}, which ${why}.`,
    likelyCause: `${isVariable ? source : `The ${source}`} must specify a readable file with PEM certificates.`,
    remedy: isVariable
      ? `Set ${source} to a readable file with PEM certificates, or unset it.`
      : `Correct or remove ${source}.`,
    details: { file: path, source },
    cause,
  });
}
