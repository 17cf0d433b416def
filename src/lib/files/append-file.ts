import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { program } from '../core/command-line.ts';
import { FedctlError } from '../core/errors.ts';

/**
 * Appends to an existing regular file, such as the file that GITHUB_ENV specifies. Does not create the file,
 * because no program would read a new file.
 *
 * @throws FedctlError usage.unwritable-output
 */
export async function appendToFile(path: string, text: string): Promise<void> {
  let file: FileHandle | null = null;
  try {
    // Without O_NONBLOCK, `open()` would wait for a reader if the file is a named pipe.
    file = await open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK);
    if (!(await file.stat()).isFile()) throw unwritable(path, null);
    await file.writeFile(text);
  } catch (cause) {
    throw cause instanceof FedctlError ? cause : unwritable(path, cause);
  } finally {
    await file?.close();
  }
}

function unwritable(path: string, cause: unknown): FedctlError {
  return new FedctlError('usage.unwritable-output', {
    message: `Cannot append to "${path}".`,
    likelyCause: 'The file does not exist, is not a regular file, or is not writable by this user.',
    remedy: 'Correct the path, or give this user write permission for the file.',
    command: program('ls', '-l', path),
    details: { path },
    cause: cause ?? undefined,
  });
}
