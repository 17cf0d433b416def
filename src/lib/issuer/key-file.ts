import type { JWK } from 'jose';
import { FedctlError } from '../core/errors.ts';
import { isTooDeep, MAX_NESTING } from '../core/nesting.ts';
import { isRecord } from '../core/record.ts';
import { readBoundedFile } from '../files/bounded-file.ts';
import { withoutByteOrderMark } from './byte-order-mark.ts';
import { keySet } from './key-set.ts';

/** The maximum size of the file, in bytes. The same limit applies to a response from an issuer. */
const MAX_BYTES = 512 * 1024;

/**
 * Reads a key set from a file, so that tokens can be verified without a network.
 *
 * @param path the absolute path of the file
 * @param timeoutMs the time limit for reading the file, in milliseconds
 * @throws FedctlError usage.unreadable-input; the abort reason, if the signal is aborted
 */
export async function readKeySet(
  path: string,
  signal: AbortSignal,
  timeoutMs?: number,
): Promise<readonly JWK[]> {
  const text = await readBoundedFile(path, MAX_BYTES, signal, timeoutMs);
  const refuse = (fault: string) =>
    new FedctlError('usage.unreadable-input', {
      message: `The key set in "${path}" ${fault}.`,
      likelyCause: 'A key set is the document at the jwks_uri of an issuer: {"keys": […]}.',
      remedy: 'Download the key set with "curl -o <file> <issuer>/.well-known/jwks.json".',
      details: { file: path },
    });
  if (text.includes('\0')) throw refuse('is UTF-16 or binary instead of UTF-8');
  let document: unknown;
  try {
    document = JSON.parse(withoutByteOrderMark(text));
  } catch {
    throw refuse('is not JSON');
  }
  if (!isRecord(document)) {
    throw refuse('is not a JSON object');
  }
  if (isTooDeep(document)) throw refuse(`is nested more than ${MAX_NESTING} levels deep`);
  return keySet(document as Record<string, unknown>, refuse);
}
