import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Context } from '../core/context.ts';
import { FedctlError } from '../core/errors.ts';
import { identityOf, isGone } from './process-identity.ts';

/** A private directory for the files of one run. */
export interface RuntimeDirectory {
  /** The absolute path of the directory. */
  readonly path: string;
  remove(): Promise<void>;
}

/** The directory name identifies the process that created the directory: PID, start time and namespace. */
const NAME = /^fedctl-exec-(\d+)-(\d+)-(\d+)-\w{6}$/;

/**
 * Creates a private directory (mode 0700) in XDG_RUNTIME_DIR, or in the directory for temporary files. First
 * removes the directories of earlier runs that were killed.
 *
 * @throws FedctlError usage.unwritable-output
 */
export async function makeRuntimeDirectory({
  env,
  pid,
}: Pick<Context, 'env' | 'pid'>): Promise<RuntimeDirectory> {
  const owner = await identityOf(pid);
  const prefix = `fedctl-exec-${pid}-${owner?.startedAt ?? 0}-${owner?.namespace ?? 0}-`;
  const runtime = env['XDG_RUNTIME_DIR'] ?? '';
  const temporary = env['TMPDIR'] || tmpdir();
  let cause: unknown;
  for (const base of [...(isAbsolute(runtime) ? [runtime] : []), temporary]) {
    await removeAbandoned(base);
    try {
      const path = await mkdtemp(join(base, prefix));
      return { path, remove: () => rm(path, { recursive: true, force: true }) };
    } catch (error) {
      // If no directory can be created in XDG_RUNTIME_DIR, the directory for temporary files is used.
      // XDG_RUNTIME_DIR can belong to another user, for example after `su`.
      cause = error;
    }
  }
  throw new FedctlError('usage.unwritable-output', {
    message: `Cannot create a directory for the token in "${temporary}".`,
    remedy: 'Set TMPDIR to a directory that this user can write to.',
    details: { path: temporary },
    cause,
  });
}

/**
 * Removes the directories of earlier runs that were killed. Ignores failures, because the next run tries again.
 */
async function removeAbandoned(base: string): Promise<void> {
  const { uid } = userInfo();
  const names = await readdir(base).catch(() => []);
  for (const name of names) {
    const [, pid, startedAt, namespace] = NAME.exec(name) ?? [];
    if (pid === undefined) continue;
    const path = join(base, name);
    const found = await lstat(path).catch(() => null);
    // Never follows a link, and never removes a directory that belongs to another user.
    if (found === null || !found.isDirectory() || found.uid !== uid) continue;
    const owner = { pid: Number(pid), startedAt: Number(startedAt), namespace: Number(namespace) };
    if (await isGone(owner)) await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}
