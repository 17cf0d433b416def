import { lstat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Context } from '../core/context.ts';
import { systemCode } from '../core/system-error.ts';
import { readBoundedFile } from './bounded-file.ts';

/**
 * Names of the configuration file. Only the working directory is searched, because a user who cloned a
 * repository may not expect that a file in a parent directory has an effect.
 */
export const CONFIG_NAMES = ['fedctl.yaml', 'fedctl.yml'] as const;

/**
 * The maximum size of a configuration file, in bytes. A file of this size can contain several thousand
 * targets, and fedctl parses it in one second.
 */
const LARGEST_CONFIG = 256 * 1024;

export interface ConfigFile {
  /** The file name for messages: the name that the user gave, or the name that was found. */
  readonly file: string;
  /** The absolute path of the directory that contains the file. */
  readonly directory: string;
  readonly text: string;
  /**
   * True if the user specified the file. If false, the file must not determine to which hosts tokens are sent
   * (`refuseStrangeHosts`).
   */
  readonly named: boolean;
}

/**
 * Reads the configuration file that `--config` specifies. Without `--config`, reads `fedctl.yaml` in the
 * working directory or, if that file does not exist, `fedctl.yml`. Returns null if neither file exists. Fails
 * if a file exists but cannot be read.
 *
 * @param named the value of `--config`, relative to the working directory; null without `--config`
 * @param timeoutMs timeout for reading the file, in milliseconds
 * @throws FedctlError usage.unreadable-input, also if the file is larger than 256 KiB; the abort reason, if the
 * signal is aborted
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
  return { file, directory: dirname(path), text, named: named !== null };
}

async function firstThere(cwd: string): Promise<(typeof CONFIG_NAMES)[number] | null> {
  for (const name of CONFIG_NAMES) {
    // `lstat` also finds a symbolic link whose target does not exist. Reading such a configuration file must
    // fail.
    const there = await lstat(join(cwd, name)).then(
      () => true,
      (error: unknown) => systemCode(error) !== 'ENOENT',
    );
    if (there) return name;
  }
  return null;
}
