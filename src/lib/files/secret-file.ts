import { writeWholeFile } from './whole-file.ts';

/**
 * Writes a file that contains a secret. Writes atomically by rename, without a final newline.
 *
 * @param path absolute, or relative to the working directory of the process; an existing file must be regular
 * @param mode permission bits of the file, regardless of the umask
 * @throws FedctlError usage.unwritable-output; the abort reason, if the signal is aborted before the
 * rename
 */
export function writeSecretFile(
  path: string,
  content: string,
  signal?: AbortSignal,
  mode = 0o600,
): Promise<void> {
  return writeWholeFile(path, content, { mode, exactly: true, holds: 'a secret', signal });
}
