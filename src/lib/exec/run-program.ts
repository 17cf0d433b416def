import type { ChildProcess } from 'node:child_process';
import type { Context } from '../core/context.ts';
import { EXIT } from '../core/exit-codes.ts';
import { inForeground } from './process-identity.ts';
import { type Child, type ChildEnd, endOf, onTerminal } from './run-child.ts';

/**
 * The signals that key combinations such as Ctrl-C cause. The terminal sends these signals to every process
 * in the foreground.
 */
const OF_THE_KEYBOARD: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT']);

/**
 * Runs a program as a child process, and waits until the program ends. Passes signals on to the program, except
 * keyboard signals that the terminal already sends to the program. Ctrl-C never ends fedctl,
 * because programs such as shells do not exit on Ctrl-C. To end a program that ignores signals, send SIGKILL
 * to the program.
 *
 * @returns the same result as `runChild`
 */
export async function runProgram(context: Context, program: Child): Promise<ChildEnd> {
  context.signal.throwIfAborted();
  const early: NodeJS.Signals[] = [];
  let pass = (name: NodeJS.Signals): unknown => early.push(name);
  const release = context.passSignals((name) => pass(name));
  try {
    const child = started(context, program);
    if ('code' in child) return child;
    program.started?.(child);
    pass = (name) => {
      const sent = OF_THE_KEYBOARD.has(name) && (inForeground() ?? onTerminal(context));
      if (!sent) child.kill(name);
    };
    for (const name of early) pass(name);
    return await endOf(child);
  } finally {
    release();
  }
}

/**
 * Starts the program. Node.js throws some system errors, such as E2BIG. Node.js reports all other system
 * errors as an event of the child process.
 */
function started(context: Context, { command, args, env, stdio, cwd }: Child): ChildProcess | ChildEnd {
  try {
    return context.spawn(command, args, { env: { ...env }, stdio, cwd: cwd ?? context.cwd });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { code: EXIT.ownFailure, failure: error };
  }
}
