import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const BIN: string = fileURLToPath(new URL('../../bin/fedctl.js', import.meta.url));

export interface BinResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface BinOptions {
  /** The script to run instead of the one in the checkout. */
  readonly bin?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  readonly cwd?: string;
  /** Whether to start a new session, detached from the terminal of the tests. */
  readonly detached?: boolean;
  /** The user ID of the process (default: the user of the tests). */
  readonly uid?: number;
  readonly gid?: number;
  /** Called with the running process. */
  readonly started?: (child: ChildProcess) => void;
  /** Called with all output so far, so that a test can send a signal at the right time. */
  readonly watch?: (seen: { stdout: string; stderr: string }, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs the real binary with exactly this environment (PATH and a HOME that does not exist are added). */
export async function runBin(args: readonly string[], options: BinOptions = {}): Promise<BinResult> {
  const child = spawn(process.execPath, ['--', options.bin ?? BIN, ...args], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', ...options.env },
    cwd: options.cwd,
    detached: options.detached ?? false,
    uid: options.uid,
    gid: options.gid,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  options.started?.(child);
  const seen = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      seen[name] += chunk;
      options.watch?.(seen, (signal) => child.kill(signal));
    });
  }
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, ...seen };
}
