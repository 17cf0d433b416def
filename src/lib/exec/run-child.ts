import type { ChildProcess, StdioOptions } from 'node:child_process';
import { constants } from 'node:os';
import type { Context } from '../core/context.ts';
import { Interruption } from '../core/deadline.ts';
import { EXIT } from '../core/exit-codes.ts';

/** The signal that a child process receives. */
const SIGNAL = { interrupted: 'SIGINT', terminated: 'SIGTERM', 'hung-up': 'SIGHUP' } as const;

/** How long a child process may take to exit after the signal, in milliseconds. */
const GRACE = 5000;

export interface Child {
  readonly command: string;
  readonly args: readonly string[];
  /** The complete environment of the child process; nothing is added. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working directory; by default that of this process. */
  readonly cwd?: string;
  readonly stdio: StdioOptions;
  /** Called with the running child process, to read its pipes. */
  readonly started?: (child: ChildProcess) => void;
}

/**
 * The end of a child process: its exit code by the convention of the shell, env(1) and timeout(1), and the
 * error if it could not be started.
 */
export interface ChildEnd {
  readonly code: number;
  readonly failure: NodeJS.ErrnoException | null;
}

/**
 * Runs a child process to its end. The code is that of the child, 128 + n when a signal ended it, 127 not
 * found, 126 not executable, 125 for any other failure to start it.
 *
 * When the run is interrupted, the child receives the same signal and has five seconds to exit. A terminal
 * sends Ctrl-C to the child itself, so it is passed on only without a terminal.
 */
export async function runChild(context: Context, plan: Child): Promise<ChildEnd> {
  const child = context.spawn(plan.command, plan.args, {
    env: { ...plan.env },
    stdio: plan.stdio,
    cwd: plan.cwd ?? context.cwd,
  });
  plan.started?.(child);
  const grace = new AbortController();
  const pass = () => {
    const reason: unknown = context.signal.reason;
    const kind = reason instanceof Interruption ? reason.kind : 'interrupted';
    if (kind !== 'interrupted' || !onTerminal(context)) child.kill(SIGNAL[kind]);
    context.sleep(GRACE, grace.signal).then(
      () => child.kill('SIGKILL'),
      () => {},
    );
  };
  if (context.signal.aborted) pass();
  else context.signal.addEventListener('abort', pass, { once: true });
  try {
    return await endOf(child);
  } finally {
    grace.abort();
    context.signal.removeEventListener('abort', pass);
  }
}

/** Waits for the end of a child process that was started. */
export function endOf(child: ChildProcess): Promise<ChildEnd> {
  return new Promise((resolve) => {
    child.once('error', (failure: NodeJS.ErrnoException) => {
      // A signal that could not be sent causes an error event too.
      if (child.pid === undefined) resolve({ code: startFailure(failure), failure });
    });
    child.once('close', (code, signal) => resolve({ code: code ?? signalCode(signal), failure: null }));
  });
}

/** One stream is enough, because the others may be redirected to files. */
export function onTerminal({ stdin, stdout, stderr }: Pick<Context, 'stdin' | 'stdout' | 'stderr'>): boolean {
  return [stdin, stdout, stderr].some((stream) => stream.isTTY === true);
}

function startFailure(failure: NodeJS.ErrnoException): number {
  if (failure.code === 'ENOENT') return EXIT.notFound;
  return failure.code === 'EACCES' ? EXIT.notExecutable : EXIT.ownFailure;
}

function signalCode(signal: NodeJS.Signals | null): number {
  return signal === null ? EXIT.ownFailure : 128 + constants.signals[signal];
}
