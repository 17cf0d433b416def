import { randomUUID } from 'node:crypto';
import { access, constants, lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { program } from '../core/command-line.ts';
import { FedctlError } from '../core/errors.ts';
import { systemCode } from '../core/system-error.ts';

export interface WholeFileOptions {
  /** Permission bits of the file, before the umask. */
  readonly mode: number;
  /** Apply the mode whatever the umask is. */
  readonly exactly?: boolean;
  /** What is written, for messages: `a secret`. */
  readonly holds: string;
  /** The remedy when the file cannot be written, if it is not another `--out`. */
  readonly remedy?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes a complete file by rename, without a final newline. A reader sees the old content or the new, never
 * a part. Nothing is left behind when it fails or is stopped.
 *
 * An existing target must be a regular file. Directories, FIFOs and devices are rejected, and so is every
 * symbolic link (including `/dev/stdout`), whatever its target: the rename would replace the link instead of
 * writing through it, and writing through a link that an attacker created would be worse.
 *
 * @param path absolute, or relative to the working directory of the process
 * @throws FedctlError usage.unwritable-output; the signal's own reason when it fires before the rename
 */
export async function writeWholeFile(
  path: string,
  content: string,
  options: WholeFileOptions,
): Promise<void> {
  const { signal } = options;
  try {
    await refuseUnlessRegular(path, options);
    await replace(path, content, options);
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw cause instanceof FedctlError ? cause : unwritable(path, reasonOf(cause), options, cause);
  }
}

type Words = Pick<WholeFileOptions, 'holds' | 'remedy'>;

/**
 * Checks in advance whether `writeWholeFile` will fail, as far as this can be known, before long work that
 * produces the content. Writes nothing.
 *
 * @throws FedctlError usage.unwritable-output
 */
export async function refuseUnwritable(path: string, words: Words): Promise<void> {
  try {
    await refuseUnlessRegular(path, words);
    // The trailing dot makes the check fail when the directory is a file.
    await access(`${dirname(path)}/.`, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw cause instanceof FedctlError ? cause : unwritable(path, reasonOf(cause), words, cause);
  }
}

async function refuseUnlessRegular(path: string, words: Words): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (found === null || found.isFile()) return;
  const kind = found.isSymbolicLink() ? 'a symbolic link' : found.isDirectory() ? 'a directory' : null;
  throw unwritable(
    path,
    `it is ${kind ?? 'a device, a pipe or a socket'}, but ${words.holds} requires a regular file`,
    words,
  );
}

async function replace(
  path: string,
  content: string,
  { mode, exactly = false, signal }: WholeFileOptions,
): Promise<void> {
  const directory = dirname(path);
  // In the same directory, because a rename is atomic only within one file system.
  const temporary = join(directory, `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      if (exactly) await file.chmod(mode);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    signal?.throwIfAborted();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(directory);
}

/**
 * Makes the rename survive a power failure. Not every file system supports this; the file is written in any
 * case.
 */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r').catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

function reasonOf(error: unknown): string {
  switch (systemCode(error)) {
    case 'ENOENT':
      return 'its directory does not exist';
    case 'ENOTDIR':
      return 'its directory is a file';
    case 'EACCES':
    case 'EPERM':
      return 'its directory is not writable';
    case 'EROFS':
      return 'its file system is read-only';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full';
    case 'ENAMETOOLONG':
      return 'its name is too long';
    default:
      return `system error ${systemCode(error) || 'without a code'}`;
  }
}

function unwritable(path: string, reason: string, { remedy }: Words, cause?: unknown): FedctlError {
  return new FedctlError('usage.unwritable-output', {
    message: `Cannot write "${path}": ${reason}.`,
    ...(remedy === undefined ? {} : { remedy }),
    ...(systemCode(cause) === 'ENOENT' ? { command: program('mkdir', '-p', dirname(path)) } : {}),
    details: { path },
    cause,
  });
}
