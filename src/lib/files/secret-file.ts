import { writeWholeFile } from './whole-file.ts';

/**
 * Writes a file that holds a secret: whole, by rename, mode 0600, with no newline added. Symbolic links are refused,
 * whatever they point to.
 *
 * @param path absolute, or relative to the working directory of the process
 * @throws FedctlError usage.unwritable-output; the signal's own reason when it fires before the rename
 */
export async function writeSecretFile(path: string, content: string, signal?: AbortSignal): Promise<void> {
  await writeWholeFile(path, content, { what: 'a secret', mode: 0o600 }, signal);
}
