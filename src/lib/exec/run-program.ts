import type { Context } from '../context.ts';
import { inForeground } from './process-identity.ts';
import { type Child, type ChildEnd, endOf, onTerminal } from './run-child.ts';

/** What a keyboard sends, and then to every program in the foreground. */
const OF_THE_KEYBOARD: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT']);

/**
 * Runs a program in the place of fedctl, to its end. Signals are the program's from now on, as often as they come: what
 * this process gets is passed on, but for the keys of a terminal, which sends them to the program by itself. A shell in
 * it may get Ctrl-C for hours. Whoever wants an end by force sends SIGKILL to the program.
 *
 * @returns as `runChild` does
 */
export async function runProgram(context: Context, program: Child): Promise<ChildEnd> {
  context.signal.throwIfAborted();
  const early: NodeJS.Signals[] = [];
  let pass = (name: NodeJS.Signals): unknown => early.push(name);
  const release = context.passSignals((name) => pass(name));
  try {
    const child = context.spawn(program.command, program.args, {
      env: { ...program.env },
      stdio: program.stdio,
      cwd: program.cwd ?? context.cwd,
    });
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
