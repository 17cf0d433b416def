import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * Identifies a process uniquely: pids are reused, and containers that share a folder count them separately.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** The start time in system units; equal only for the same process. */
  readonly startedAt: number;
  /** The pid namespace; 0 when there is only one. */
  readonly namespace: number;
}

/** Fields of /proc/PID/stat, counted from the one after the name (proc_pid_stat(5), from field 3 on). */
const STATE = 0;
const GROUP = 2;
const TERMINAL = 4;
const FOREGROUND_GROUP = 5;
const START = 19;

/** Returns the identity of a running process; null for one that has ended. */
export async function identityOf(pid: number): Promise<ProcessIdentity | null> {
  const namespace = await namespaceNumber();
  const startedAt = namespace === null ? await startByPs(pid) : await startByProc(pid);
  return startedAt === null ? null : { pid, startedAt, namespace: namespace ?? 0 };
}

/** Returns true only when it is certain: a process of another container never counts as gone. */
export async function isGone(identity: ProcessIdentity): Promise<boolean> {
  if (((await namespaceNumber()) ?? 0) !== identity.namespace) return false;
  return (await identityOf(identity.pid))?.startedAt !== identity.startedAt;
}

/**
 * Returns whether this process is in the foreground of a terminal, which then sends Ctrl-C to it and to its
 * children; null when the system does not say.
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

/** Null without /proc, as on macOS. */
async function namespaceNumber(): Promise<number | null> {
  const link = await readlink('/proc/self/ns/pid').catch(() => null);
  return link === null ? null : Number(/\d+/.exec(link)?.[0] ?? 0);
}

async function startByProc(pid: number): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  const fields = stat === null ? [] : statFields(stat);
  // A zombie has ended but its parent has not read its exit status yet.
  return stat === null || fields[STATE] === 'Z' ? null : Number(fields[START]);
}

async function startByPs(pid: number): Promise<number | null> {
  const found = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => null);
  const startedAt = Date.parse(found?.stdout.trim() ?? '');
  return Number.isNaN(startedAt) ? null : startedAt;
}

/** The name is in parentheses and may contain spaces and parentheses itself. */
function statFields(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
