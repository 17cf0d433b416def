import { resolve } from 'node:path';
import type { ConnectionString } from '../core/connection-string.ts';
import { readBoundedFile } from '../files/bounded-file.ts';
import type { TlsSettings } from '../net/dial-tls.ts';

/** Maximum size of a PEM file, in bytes. A bundle of all public CAs is about 250 KiB. */
const MAX_PEM_BYTES = 4 * 1024 * 1024;

/**
 * Reads the TLS settings in a connection string, and the files whose paths these settings contain.
 *
 * @param bounds `timeoutMs` is the time limit for reading each file, in milliseconds; needed because a file
 * can be a named pipe without a writer
 * @throws FedctlError usage.unreadable-input
 */
export async function readTlsSettings(
  { tlsFiles, unverifiedBy }: ConnectionString,
  cwd: string,
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<TlsSettings> {
  const read = (path: string) => readBoundedFile(resolve(cwd, path), MAX_PEM_BYTES, signal, timeoutMs);
  return {
    ...(tlsFiles.ca === null ? {} : { ca: await read(tlsFiles.ca) }),
    ...(tlsFiles.crl === null ? {} : { crl: await read(tlsFiles.crl) }),
    ...(tlsFiles.certificateKey === null ? {} : { certificateKey: await read(tlsFiles.certificateKey) }),
    ...(tlsFiles.certificateKeyPassword === null
      ? {}
      : { passphrase: tlsFiles.certificateKeyPassword.reveal() }),
    verify: unverifiedBy === null || unverifiedBy === 'tlsAllowInvalidHostnames',
    verifyName: unverifiedBy === null,
  };
}
