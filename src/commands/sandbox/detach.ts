import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { FedctlError } from '../../lib/core/errors.ts';
import { EXIT } from '../../lib/core/exit-codes.ts';
import { FAILURES, type FailureCode } from '../../lib/failures/failures.ts';
import { createLabClient } from '../../sandbox/control/client.ts';
import type { Ended, Invocation } from '../command.ts';
import { longFlag, type OptionTable } from '../options/option.ts';
import { announce } from './announce.ts';

/** Options that only the starting process uses. */
const OWN = new Set(['detach', 'envFile']);

/**
 * Starts the lab as a separate process, which outlives this one, and prints its output when it is ready.
 *
 * @param table the options of `fedctl sandbox`, to pass on the given ones
 * @throws FedctlError usage.invalid-command-line with a command to run, and whatever prevents the lab from
 * starting
 */
export async function detach(
  invocation: Invocation<OptionTable>,
  table: OptionTable,
  envFile: string | null,
): Promise<Ended> {
  const { context, common, args } = invocation;
  if (args.length > 0) {
    throw new FedctlError('usage.invalid-command-line', {
      message: 'With --detach the lab runs in the background, so a command cannot run in it.',
    });
  }
  const [node = '', ...script] = context.self;
  const child = context.spawn(node, [...script, 'sandbox', '--json', ...typedAgain(invocation, table)], {
    cwd: context.cwd,
    env: { ...context.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { env, pid } = await invocation.progress.during('Starting the lab', () =>
    ready(child, context.signal),
  );
  // Without the pipes, the lab does not keep this process alive. Its further output is in its log.
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
  const lab = createLabClient({ ...context, env: { ...context.env, ...env } }, common.timeoutMs);
  const end = '"fedctl sandbox stop" stops the lab';
  await announce(invocation, { env, pid, status: await lab.status(), end }, envFile);
  return { exitCode: EXIT.done };
}

/** Returns the typed options in the form in which they are typed. */
function typedAgain({ options, typed }: Invocation<OptionTable>, table: OptionTable): readonly string[] {
  return Object.entries(table).flatMap(([key, spec]) => {
    // The other process reads the variables itself.
    if (OWN.has(key) || !typed.has(key)) return [];
    const value = options[key];
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return value === true ? [longFlag(spec)] : values.map((each) => `${longFlag(spec)}=${String(each)}`);
  });
}

interface Ready {
  readonly env: Readonly<Record<string, string>>;
  readonly pid: number;
}

/** Waits for the line that a lab prints when it is ready. */
async function ready(child: ChildProcess, signal: AbortSignal): Promise<Ready> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise<Ready>((resolve, reject) => {
      if (child.stdout !== null) {
        // Printed by fedctl's own lab.
        createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line) as Ready));
      }
      child.once('error', (cause) => reject(notStarted('', cause)));
      child.once('close', () => reject(signal.aborted ? signal.reason : notStarted(said)));
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Creates the failure from the output of the other process. */
function notStarted(said: string, cause?: unknown): FedctlError {
  const { code, message, ...told } = errorIn(said);
  if (code !== undefined && Object.hasOwn(FAILURES, code)) {
    const likelyCause = told.cause === undefined ? {} : { likelyCause: told.cause };
    return new FedctlError(code as FailureCode, { ...told, ...likelyCause, message: message ?? '', cause });
  }
  return new FedctlError('lab.start-failed', {
    message: 'The lab stopped before it was ready.',
    details: { said },
    cause,
  });
}

interface ToldError {
  readonly code?: string;
  readonly message?: string;
  readonly cause?: string;
  readonly remedy?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

function errorIn(said: string): ToldError {
  try {
    return (JSON.parse(said) as { error?: ToldError }).error ?? {};
  } catch {
    return {};
  }
}
