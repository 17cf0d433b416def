import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';

/** Whether this system allows the namespaces of `--isolate`. Elsewhere, tests that need them are skipped by name. */
export const ISOLATES: boolean =
  process.platform === 'linux' &&
  spawnSync('unshare', ['--user', '--map-root-user', '--net', '--mount', 'ip', 'link'], { stdio: 'ignore' })
    .status === 0;

/** Removes the right to create namespaces from the current user namespace, for the command that follows. */
export const FORBID = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"';

/** Whether this right can be removed: in some containers /proc/sys is read-only. */
export const FORBIDS: boolean =
  ISOLATES &&
  spawnSync('unshare', ['--user', '--map-root-user', 'sh', '-c', FORBID, 'sh', 'true'], { stdio: 'ignore' })
    .status === 0;

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** A user other than root, for tests that root runs; null when the tests do not run as root. */
export const SOMEBODY: User | null =
  process.getuid?.() === 0 ? { uid: Number(idOf('-u')), gid: Number(idOf('-g')) } : null;

function idOf(flag: string): string {
  return execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' });
}

/** The processes in a network namespace, as `readlink /proc/self/ns/net` names it. */
export function processesIn(namespace: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/ns/net`) === namespace;
    } catch {
      // The process has exited or belongs to another user.
      return false;
    }
  });
}
