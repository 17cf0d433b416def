import { refuseUnwritable, writeWholeFile } from './whole-file.ts';

const WORDS = { holds: 'a report', remedy: 'Choose another file with --output <format>=<file>.' };

/**
 * Writes a file that other users may read, such as a report. Writes atomically by rename, with the mode that
 * the umask allows. The content must not contain a secret.
 *
 * @param path absolute path of the file
 * @throws FedctlError usage.unwritable-output; the abort reason, if the signal is aborted before the
 * rename
 */
export function writeReportFile(path: string, content: string, signal: AbortSignal): Promise<void> {
  return writeWholeFile(path, content, { mode: 0o666, ...WORDS, signal });
}

/**
 * Checks in advance whether `writeReportFile` can write the file.
 *
 * @param path absolute
 * @throws FedctlError usage.unwritable-output
 */
export function refuseReportFile(path: string): Promise<void> {
  return refuseUnwritable(path, WORDS);
}
