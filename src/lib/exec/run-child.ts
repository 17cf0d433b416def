import type { ChildProcess, StdioOptions } from 'node:child_process';
import { constants } from 'node:os';
import type { Context } from '../core/context.ts';
import { Interruption } from '../core/deadline.ts';
import { EXIT } from '../core/exit-codes.ts';

/** What a child is told. */
const SIGNAL = { interrupted: 'SIGINT', terminated: 'SIGTERM', 'hung-up': 'SIGHUP' } as const;

/** How long a child may take to end after it was asked to, in milliseconds. */
const GRACE = 5000;

export interface Child {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the child; nothing is added. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where it runs; here by default. */
  readonly cwd?: string;
  readonly stdio: StdioOptions;
  /** Called with the running child, to read its pipes. */
  readonly started?: (child: ChildProcess) => void;
}

/** How a child ended: its exit code as the shell, env(1) and timeout(1) tell it, and why it could not be started if it was not. */
export interface ChildEnd {
  readonly code: number;
  readonly failure: NodeJS.ErrnoException | null;
}

/**
 * Runs a child to its end. The code is the child's own, 128 + n when a signal ended it, 127 not found, 126 not
 * executable, 125 for any other failure to start it.
 *
 * When the run is interrupted the child gets the same signal and is waited for, five seconds at most. A terminal sends
 * Ctrl-C to the child by itself, so it is passed on only where there is none.
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

/** Waits for a child that was just started. */
export function endOf(child: ChildProcess): Promise<ChildEnd> {
  return new Promise((resolve) => {
    child.once('error', (failure: NodeJS.ErrnoException) => {
      // A signal that could not be sent is an error event, too.
      if (child.pid === undefined) resolve({ code: startFailure(failure), failure });
    });
    child.once('close', (code, signal) => resolve({ code: code ?? signalCode(signal), failure: null }));
  });
}

/** One stream is enough: the others may go to files. */
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
