import type { ChildProcess, StdioOptions } from 'node:child_process';
import { constants } from 'node:os';
import type { Context } from '../core/context.ts';
import { Interruption } from '../core/deadline.ts';
import { EXIT } from '../core/exit-codes.ts';

/** The signal that a child process receives for each kind of interruption. */
const SIGNAL = { interrupted: 'SIGINT', terminated: 'SIGTERM', 'hung-up': 'SIGHUP' } as const;

/** The time in which a child process must exit after the signal, in milliseconds. */
const GRACE = 5000;

export interface Child {
  readonly command: string;
  readonly args: readonly string[];
  /** The complete environment of the child process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working directory (default: the working directory of fedctl). */
  readonly cwd?: string;
  readonly stdio: StdioOptions;
  /** Called with the child process after it has started, for example to read its pipes. */
  readonly started?: (child: ChildProcess) => void;
}

/**
 * The result of a child process: the exit code, as in a shell, and the error if the child process could not
 * start.
 */
export interface ChildEnd {
  readonly code: number;
  readonly failure: NodeJS.ErrnoException | null;
}

/**
 * Runs a child process until it ends. The result contains the exit code of the child process. The exit code
 * is 128 + n if signal n ended the child process, 127 if the program was not found, 126 if the program is not
 * executable, and 125 if the program could not start for another reason.
 *
 * When a signal interrupts the run, the child process receives this signal and has five seconds to exit.
 * fedctl does not pass on Ctrl-C if the terminal has already sent Ctrl-C to the child process.
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

/** Waits until a started child process ends. */
export function endOf(child: ChildProcess): Promise<ChildEnd> {
  return new Promise((resolve) => {
    child.once('error', (failure: NodeJS.ErrnoException) => {
      // An error event also occurs if a signal cannot be sent to a running child process.
      if (child.pid === undefined) resolve({ code: startFailure(failure), failure });
    });
    child.once('close', (code, signal) => resolve({ code: code ?? signalCode(signal), failure: null }));
  });
}

/**
 * Returns whether at least one standard stream is a terminal. The user may have redirected the other streams.
 */
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
