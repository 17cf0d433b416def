import { resolve } from 'node:path';
import type { InputStream } from '../core/context.ts';
import { readBoundedFile, readBoundedStream } from './bounded-file.ts';

/** Far above any token, which AWS keeps to a few kilobytes. */
const MAX_INPUT_BYTES = 64 * 1024;

export interface InputOptions {
  readonly stdin: InputStream;
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** Bounds the reading of a file, in milliseconds. A person may take any time to type into stdin. */
  readonly timeoutMs?: number;
}

/**
 * Reads a token or another small text from a file, or from stdin for `-`, as it is; more than 64 KiB is refused.
 *
 * @throws FedctlError usage.unreadable-input; the signal's own reason
 */
export function readInput(name: string, { stdin, cwd, signal, timeoutMs }: InputOptions): Promise<string> {
  return name === '-'
    ? readBoundedStream(stdin, 'stdin', MAX_INPUT_BYTES, signal)
    : readBoundedFile(resolve(cwd, name), MAX_INPUT_BYTES, signal, timeoutMs);
}
