import { resolve } from 'node:path';
import type { InputStream } from '../core/context.ts';
import { readBoundedFile, readBoundedStream } from './bounded-file.ts';

/** Far above any token, which AWS keeps to a few kilobytes. */
const MAX_INPUT_BYTES = 64 * 1024;

/** A Context is one: its stdin is opened when it is read. */
export interface InputWorld {
  readonly stdin: InputStream;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/**
 * Reads a token or another small text from a file, or from stdin for `-`, as it is; more than 64 KiB is refused.
 *
 * @param timeoutMs bounds the reading of a file, in milliseconds; a person may take any time to type into stdin
 * @throws FedctlError usage.unreadable-input; the signal's own reason
 */
export function readInput(name: string, world: InputWorld, timeoutMs?: number): Promise<string> {
  return name === '-'
    ? readBoundedStream(world.stdin, 'stdin', MAX_INPUT_BYTES, world.signal)
    : readBoundedFile(resolve(world.cwd, name), MAX_INPUT_BYTES, world.signal, timeoutMs);
}
