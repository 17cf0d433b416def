import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * Identifies a process uniquely. A PID alone is not unique: PIDs are reused, and containers that share a
 * directory can have processes with the same PID.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** The start time in clock ticks. No two processes have both the same PID and the same start time. */
  readonly startedAt: number;
  /** The PID namespace; 0 if the system has only one namespace. */
  readonly namespace: number;
}

/** Indices of the fields in /proc/PID/stat after the process name. Index 0 is field 3 of proc_pid_stat(5). */
const STATE = 0;
const GROUP = 2;
const TERMINAL = 4;
const FOREGROUND_GROUP = 5;
const START = 19;

/** Returns the identity of a process; null if the process has ended. */
export async function identityOf(pid: number): Promise<ProcessIdentity | null> {
  const namespace = await namespaceNumber();
  const startedAt = namespace === null ? await startByPs(pid) : await startByProc(pid);
  return startedAt === null ? null : { pid, startedAt, namespace: namespace ?? 0 };
}

/**
 * Returns whether the process has ended. Returns false if the state of the process is unknown, for example
 * for a process in another container.
 */
export async function isGone(identity: ProcessIdentity): Promise<boolean> {
  if (((await namespaceNumber()) ?? 0) !== identity.namespace) return false;
  return (await identityOf(identity.pid))?.startedAt !== identity.startedAt;
}

/**
 * Returns whether this process is in the foreground of a terminal; null if the system does not report this.
 * If this process is in the foreground, the terminal sends Ctrl-C to the process and its children.
 */
export function inForeground(): boolean | null {
  let fields: readonly string[];
  try {
    fields = statFields(readFileSync('/proc/self/stat', 'utf8'));
  } catch {
    return null;
  }
  return fields[TERMINAL] !== '0' && fields[GROUP] === fields[FOREGROUND_GROUP];
}

/** Returns the PID namespace of this process; null on systems such as macOS, which have no /proc. */
async function namespaceNumber(): Promise<number | null> {
  const link = await readlink('/proc/self/ns/pid').catch(() => null);
  return link === null ? null : Number(/\d+/.exec(link)?.[0] ?? 0);
}

async function startByProc(pid: number): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  const fields = stat === null ? [] : statFields(stat);
  // A process in state Z (zombie) has ended, but the parent process has not read the exit status yet.
  return stat === null || fields[STATE] === 'Z' ? null : Number(fields[START]);
}

async function startByPs(pid: number): Promise<number | null> {
  const found = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => null);
  const startedAt = Date.parse(found?.stdout.trim() ?? '');
  return Number.isNaN(startedAt) ? null : startedAt;
}

/**
 * Returns the fields after the process name. The name is in parentheses and can contain spaces and
 * parentheses.
 */
function statFields(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
