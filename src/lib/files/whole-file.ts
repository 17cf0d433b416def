import { randomUUID } from 'node:crypto';
import { access, constants, lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { program } from '../core/command-line.ts';
import { FedctlError } from '../core/errors.ts';
import { systemCode } from '../core/system-error.ts';

export interface WholeFileOptions {
  /** Permission bits of the file, before the umask is applied. */
  readonly mode: number;
  /** Whether to set the mode regardless of the umask. */
  readonly exactly?: boolean;
  /** What the file contains, for messages. Example: `a secret`. */
  readonly holds: string;
  /** The remedy if the file cannot be written (default: choose another `--out`). */
  readonly remedy?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes the content to a temporary file, then renames this file to the target path. Adds no final newline. A
 * reader sees either the old or the new content, never only a part of the content. If the write fails or is
 * interrupted, removes the temporary file.
 *
 * An existing target must be a regular file. Directories, FIFOs and devices are rejected. Symbolic links
 * (including `/dev/stdout`) are rejected: the rename would replace the link, and if fedctl followed the link, an
 * attacker who created the link could choose the file that is written.
 *
 * @param path absolute, or relative to the working directory of the process
 * @throws FedctlError usage.unwritable-output; the abort reason, if the signal is aborted before the
 * rename
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
 * Throws if `writeWholeFile` would probably fail. Writes nothing. If producing the content takes long, call
 * this function first.
 *
 * @throws FedctlError usage.unwritable-output
 */
export async function refuseUnwritable(path: string, words: Words): Promise<void> {
  try {
    await refuseUnlessRegular(path, words);
    // With the trailing dot, the check fails if the parent path is a file.
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
  // The temporary file is in the same directory, because a rename is atomic only within one file system.
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
 * Synchronizes the directory, so that the rename survives a power failure. Some file systems do not support
 * this. Errors are ignored, because the file is already written.
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
      return 'part of the path is a file, not a directory';
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
