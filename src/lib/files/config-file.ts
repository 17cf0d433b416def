import { lstat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Context } from '../core/context.ts';
import { systemCode } from '../core/system-error.ts';
import { readBoundedFile } from './bounded-file.ts';

/**
 * Names of the configuration file. Only the working directory is searched, because a file in a parent
 * directory could surprise a user who cloned a repository there.
 */
export const CONFIG_NAMES = ['fedctl.yaml', 'fedctl.yml'] as const;

/** Maximum size in bytes: enough for several thousand targets, which fedctl parses in one second. */
const LARGEST_CONFIG = 256 * 1024;

export interface ConfigFile {
  /** The given name, or the name that was found, for messages. */
  readonly file: string;
  /** Absolute. */
  readonly folder: string;
  readonly text: string;
  /**
   * True if the user named the file. Otherwise, the file must not decide where tokens are sent
   * (`refuseStrangeHosts`).
   */
  readonly named: boolean;
}

/**
 * Reads the configuration file that `--config` names, otherwise `fedctl.yaml` or `fedctl.yml` in the working
 * directory, in this order. Returns null if none exists. Fails if a file exists but cannot be read.
 *
 * @param named the value of `--config`, relative to the working directory; null without `--config`
 * @param timeoutMs timeout for reading the file, in milliseconds
 * @throws FedctlError usage.unreadable-input, also for a file above 256 KiB; the signal's own reason
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
    // Tests the link itself, because a broken link is a configuration file that cannot be read.
    const there = await lstat(join(cwd, name)).then(
      () => true,
      (error: unknown) => systemCode(error) !== 'ENOENT',
    );
    if (there) return name;
  }
  return null;
}
