import { stat } from 'node:fs/promises';
import { platform } from 'node:os';

/**
 * Returns whether all users of this machine may read a regular file, by its mode. False for pipes and
 * devices, for a missing file, and on Windows, where modes are not used.
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
