import { resolve } from 'node:path';
import type { InputStream } from '../core/context.ts';
import { readBoundedFile, readBoundedStream } from './bounded-file.ts';

/** Far above the size of a token, which has a few kilobytes. */
const MAX_INPUT_BYTES = 64 * 1024;

/** Satisfied by a Context, whose stdin is opened on first use. */
export interface InputWorld {
  readonly stdin: InputStream;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/**
 * Reads a token or another small text from a file, or from stdin for `-`, unchanged. More than 64 KiB is
 * rejected.
 *
 * @param timeoutMs bounds the reading of a file, in milliseconds; reading from stdin is not bounded, because
 * a person may be typing
 * @throws FedctlError usage.unreadable-input; the signal's own reason
 */
export function readInput(name: string, world: InputWorld, timeoutMs?: number): Promise<string> {
  return name === '-'
    ? readBoundedStream(world.stdin, 'stdin', MAX_INPUT_BYTES, world.signal)
    : readBoundedFile(resolve(world.cwd, name), MAX_INPUT_BYTES, world.signal, timeoutMs);
}
