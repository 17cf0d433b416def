import type { InputStream } from '../context.ts';

export interface InputOptions {
  readonly stdin: InputStream;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/**
 * Reads a token or another small text from a file, or from stdin for `-`. Surrounding white space is dropped;
 * more than 64 KiB is refused.
 *
 * @throws FedctlError usage.unreadable-input
 */
export async function readInput(_name: string, _options: InputOptions): Promise<string> {
  throw new Error('not built yet');
}
