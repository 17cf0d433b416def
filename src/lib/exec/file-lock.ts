import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { program } from '../core/command-line.ts';
import { FedctlError } from '../core/errors.ts';
import { systemCode } from '../core/system-error.ts';
import { identityOf, isGone, type ProcessIdentity } from './process-identity.ts';

/** The name of the empty file in the lock directory while the lock has no owner. */
const FREE = 'free';

/**
 * Locks a file to prevent writes by other processes. The lock is a directory next to the file. The directory
 * contains one empty file whose name identifies the owner. If the owner has ended, another process renames
 * this empty file to take the lock. If several processes try to rename the file, only one of them succeeds.
 *
 * @param path absolute path of the file
 * @param pid process ID of this process
 * @returns a function that releases the lock
 * @throws FedctlError exec.output-in-use, usage.unwritable-output
 */
export async function lockFile(path: string, pid: number): Promise<() => Promise<void>> {
  const lock = join(dirname(path), `.${basename(path)}.lock`);
  const identity = await identityOf(pid);
  const own = `${pid}-${identity?.startedAt ?? 0}-${identity?.namespace ?? 0}-${randomUUID()}`;
  try {
    for (;;) {
      const holder = await holderOf(lock);
      if (holder === null) await makeFree(lock);
      else if (await replaced(lock, holder, own, path)) break;
    }
  } catch (cause) {
    throw cause instanceof FedctlError ? cause : unwritable(path, cause);
  }
  return async () => {
    await rm(join(lock, own), { force: true });
    await rmdir(lock).catch(() => {});
  };
}

async function holderOf(lock: string): Promise<string | null> {
  const names = await readdir(lock).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  });
  return names[0] ?? null;
}

/**
 * Creates the lock directory atomically with a rename. The rename succeeds only if the target does not exist or
 * is an empty directory.
 */
async function makeFree(lock: string): Promise<void> {
  const made = `${lock}.${randomUUID()}`;
  await mkdir(made, { mode: 0o700 });
  try {
    await writeFile(join(made, FREE), '', { mode: 0o600 });
    await rename(made, lock);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(systemCode(error))) throw error;
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

/**
 * Takes over a lock that has no running owner.
 *
 * @returns false if another process took the lock first
 * @throws FedctlError exec.output-in-use
 */
async function replaced(lock: string, holder: string, own: string, path: string): Promise<boolean> {
  const owner = ownerOf(holder);
  if (owner !== null && !(await isGone(owner))) throw inUse(path, owner.pid);
  try {
    await rename(join(lock, holder), join(lock, own));
    return true;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    return false;
  }
}

function ownerOf(holder: string): ProcessIdentity | null {
  const [, pid, startedAt, namespace] = /^(\d+)-(\d+)-(\d+)-/.exec(holder) ?? [];
  return pid === undefined
    ? null
    : { pid: Number(pid), startedAt: Number(startedAt), namespace: Number(namespace) };
}

function inUse(path: string, pid: number): FedctlError {
  return new FedctlError('exec.output-in-use', {
    message: `Another fedctl agent (process ${pid}) writes "${path}".`,
    command: program('ps', '-p', String(pid), '-o', 'pid,lstart,args'),
    details: { path, pid },
  });
}

function unwritable(path: string, cause: unknown): FedctlError {
  return new FedctlError('usage.unwritable-output', {
    message: `Cannot write "${path}": system error ${systemCode(cause) || 'without a code'}.`,
    details: { path },
    cause,
  });
}
