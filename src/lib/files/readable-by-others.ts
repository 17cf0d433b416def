import { stat } from 'node:fs/promises';
import { platform } from 'node:os';

/**
 * Returns whether the mode of a regular file allows all users of this machine to read the file. Returns false
 * for pipes, devices and missing files. Always returns false on Windows, which does not use file modes.
 */
export async function isReadableByOthers(path: string): Promise<boolean> {
  if (platform() === 'win32') return false;
  try {
    const found = await stat(path);
    return found.isFile() && (found.mode & 0o004) !== 0;
  } catch {
    return false;
  }
}
