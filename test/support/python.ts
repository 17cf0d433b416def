import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../architecture/imports.ts';

const run = promisify(execFile);

/** The timeout for the package index, in milliseconds. */
const INSTALL_MS = 240_000;

/**
 * Installs the packages of a requirements file into a virtual environment, which is reused until the file changes.
 *
 * @param file relative to the root of the repository
 * @returns the interpreter; null when Python is missing or the configured package index does not have the packages
 */
export async function pythonWith(file: string): Promise<string | null> {
  const requirements = join(ROOT, file);
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const directory = join(ROOT, 'node_modules/.cache/python', hash);
  const python = join(directory, 'bin/python');
  const installed = join(directory, 'installed');
  if (existsSync(installed)) return python;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  try {
    await run('python3', ['-m', 'venv', directory], { timeout: INSTALL_MS });
    const options = ['--quiet', '--retries', '1', '--timeout', '15'];
    await run(python, ['-m', 'pip', 'install', ...options, '-r', requirements], { timeout: INSTALL_MS });
  } catch (error) {
    process.stderr.write(
      `Python examples are skipped: cannot install ${file}: ${String(error).slice(0, 300)}\n`,
    );
    return null;
  }
  writeFileSync(installed, '');
  return python;
}
