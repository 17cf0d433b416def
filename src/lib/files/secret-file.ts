import { writeWholeFile } from './whole-file.ts';

/**
 * Writes a file that holds a secret: whole, by rename, mode 0600, with no newline added.
 *
 * @param path absolute, or relative to the working directory of the process; a regular file if it exists
 * @throws FedctlError usage.unwritable-output; the signal's own reason when it fires before the rename
 */
export function writeSecretFile(path: string, content: string, signal?: AbortSignal): Promise<void> {
  return writeWholeFile(path, content, { mode: 0o600, holds: 'a secret', signal });
}
