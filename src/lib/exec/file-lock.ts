import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FedctlError } from '../errors.ts';
import { identityOf, isGone, type ProcessIdentity } from './process-identity.ts';

/**
 * Claims a file for this process, so that no two write it in turns: a file beside it names the owner. What a process left
 * that was killed is taken over.
 *
 * @param path absolute
 * @param pid of this process
 * @returns gives it back
 * @throws FedctlError exec.output-in-use, usage.unwritable-output
 */
export async function lockFile(path: string, pid: number): Promise<() => Promise<void>> {
  const lock = join(dirname(path), `.${basename(path)}.lock`);
  const own = `${lock}.${randomUUID()}`;
  try {
    await writeFile(own, JSON.stringify(await identityOf(pid)), { flag: 'wx', mode: 0o600 });
    // A link is made whole and only where there is none: of two that try, one succeeds.
    while (!(await linked(own, lock))) await removeAbandoned(lock, path);
  } catch (cause) {
    throw cause instanceof FedctlError ? cause : unwritable(path, cause);
  } finally {
    await rm(own, { force: true });
  }
  return () => rm(lock, { force: true });
}

/** @throws FedctlError exec.output-in-use unless the owner is gone */
async function removeAbandoned(lock: string, path: string): Promise<void> {
  const text = await readFile(lock, 'utf8').catch(() => null);
  if (text === null) return;
  const owner = readOwner(text);
  if (owner !== null && !(await isGone(owner))) throw inUse(path, owner.pid);
  // Moved away first: what another process put there in the meantime must not be removed.
  const moved = `${lock}.${randomUUID()}`;
  try {
    await rename(lock, moved);
  } catch {
    return;
  }
  try {
    const found = await readFile(moved, 'utf8');
    if (found !== text) await linked(moved, lock);
  } finally {
    await rm(moved, { force: true });
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function readOwner(text: string): ProcessIdentity | null {
  try {
    const read = JSON.parse(text) as ProcessIdentity | null;
    return typeof read?.pid === 'number' && typeof read.startedAt === 'number' ? read : null;
  } catch {
    return null;
  }
}

function inUse(path: string, pid: number): FedctlError {
  return new FedctlError('exec.output-in-use', {
    message: `Another fedctl agent, process ${pid}, writes "${path}".`,
    details: { path, pid },
  });
}

function unwritable(path: string, cause: unknown): FedctlError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no more';
  return new FedctlError('usage.unwritable-output', {
    message: `Cannot write "${path}": the system says ${code}.`,
    details: { path },
    cause,
  });
}
