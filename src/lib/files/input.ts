import { resolve } from 'node:path';
import type { InputStream } from '../core/context.ts';
import { readBoundedFile, readBoundedStream } from './bounded-file.ts';

/** Maximum size of the input. A token is only a few kilobytes. */
const MAX_INPUT_BYTES = 64 * 1024;

/** The parts of the Context that `readInput` uses. The Context opens stdin on first use. */
export interface InputWorld {
  readonly stdin: InputStream;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/**
 * Reads a token or another small text from a file, or from stdin if the name is `-`. Returns the text
 * unchanged. Rejects an input of more than 64 KiB.
 *
 * @param timeoutMs timeout for reading a file, in milliseconds; stdin has no timeout, because a person may be
 * typing
 * @throws FedctlError usage.unreadable-input; the abort reason, if the signal is aborted
 */
export function readInput(name: string, world: InputWorld, timeoutMs?: number): Promise<string> {
  return name === '-'
    ? readBoundedStream(world.stdin, 'stdin', MAX_INPUT_BYTES, world.signal)
    : readBoundedFile(resolve(world.cwd, name), MAX_INPUT_BYTES, world.signal, timeoutMs);
}
