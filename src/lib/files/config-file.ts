import { lstat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Context } from '../core/context.ts';
import { systemCode } from '../core/system-error.ts';
import { readBoundedFile } from './bounded-file.ts';

/**
 * Only the working directory is searched: a file in a parent directory could surprise a user who cloned a
 * repository there.
 */
export const CONFIG_NAMES = ['fedctl.yaml', 'fedctl.yml'] as const;

/** Enough for some thousands of targets, which take a second to read. */
const LARGEST_CONFIG = 256 * 1024;

export interface ConfigFile {
  /** The given name, or `fedctl.yaml`; for messages. */
  readonly file: string;
  /** Absolute. */
  readonly folder: string;
  readonly text: string;
  /**
   * Whether the user named the file. A file that was found must not decide where tokens are sent
   * (`refuseStrangeHosts`).
   */
  readonly named: boolean;
}

/**
 * Reads the configuration file: the one that `--config` names, otherwise `fedctl.yaml` or `fedctl.yml` in the
 * working directory, in this order; null when there is none. A file that exists but cannot be read is a
 * failure.
 *
 * @param named the value of `--config`, relative to the working directory; null without it
 * @param timeoutMs bounds the reading, in milliseconds
 * @throws FedctlError usage.unreadable-input, also above 256 KiB; the signal's own reason
 */
export async function findConfig(
  { cwd, signal }: Pick<Context, 'cwd' | 'signal'>,
  named: string | null,
  timeoutMs?: number,
): Promise<ConfigFile | null> {
  const file = named ?? (await firstThere(cwd));
  if (file === null) return null;
  const path = resolve(cwd, file);
  const text = await readBoundedFile(path, LARGEST_CONFIG, signal, timeoutMs);
  return { file, folder: dirname(path), text, named: named !== null };
}

async function firstThere(cwd: string): Promise<(typeof CONFIG_NAMES)[number] | null> {
  for (const name of CONFIG_NAMES) {
    // The link itself: a broken link was meant to be a configuration.
    const there = await lstat(join(cwd, name)).then(
      () => true,
      (error: unknown) => systemCode(error) !== 'ENOENT',
    );
    if (there) return name;
  }
  return null;
}
