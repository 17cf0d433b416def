import { lstat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Context } from '../core/context.ts';
import { systemCode } from '../core/system-error.ts';
import { readBoundedFile } from './bounded-file.ts';

/** Looked for in the working directory and nowhere else: a file further up would surprise whoever cloned something there. */
export const CONFIG_NAMES = ['fedctl.yaml', 'fedctl.yml'] as const;

/** Some thousands of targets, and a second of reading them. */
const LARGEST_CONFIG = 256 * 1024;

export interface ConfigFile {
  /** As it was named, or `fedctl.yaml`: for messages. */
  readonly file: string;
  /** Absolute. */
  readonly folder: string;
  readonly text: string;
  /** Whether somebody named it: a file that was found may not say where tokens go (`refuseStrangeHosts`). */
  readonly named: boolean;
}

/**
 * The configuration file that counts: the one that `--config` names, else `fedctl.yaml` or `fedctl.yml` in the working
 * directory, in this order; null where there is none. What is there and cannot be read is a failure, not an absence.
 *
 * @param named what `--config` says, relative to the working directory; null without it
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
    // The link itself: one that leads nowhere was meant to be a configuration.
    const there = await lstat(join(cwd, name)).then(
      () => true,
      (error: unknown) => systemCode(error) !== 'ENOENT',
    );
    if (there) return name;
  }
  return null;
}
