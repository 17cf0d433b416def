/**
 * Writes a file that holds a secret: whole, by rename, mode 0600, with no newline added.
 *
 * @throws FedctlError usage.unwritable-output, also when the target exists and is no regular file
 */
export async function writeSecretFile(_path: string, _content: string): Promise<void> {
  throw new Error('not built yet');
}
