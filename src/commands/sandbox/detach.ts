import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { FedctlError } from '../../lib/core/errors.ts';
import { EXIT } from '../../lib/core/exit-codes.ts';
import { FAILURES, type FailureCode } from '../../lib/failures/failures.ts';
import { createLabClient } from '../../sandbox/control/client.ts';
import type { Ended, Invocation } from '../command.ts';
import { longFlag, type OptionTable } from '../options/option.ts';
import { announce } from './announce.ts';

/** Options that are not passed to the background process. */
const OWN = new Set(['detach', 'envFile']);

/**
 * Starts the lab as a background process, and prints the variables of the lab when it is ready.
 *
 * @param table the options of `fedctl sandbox`
 * @throws FedctlError usage.invalid-command-line if a command is given; the failure of the background process
 * if the lab does not start
 */
export async function detach(
  invocation: Invocation<OptionTable>,
  table: OptionTable,
  envFile: string | null,
): Promise<Ended> {
  const { context, common, args } = invocation;
  if (args.length > 0) {
    throw new FedctlError('usage.invalid-command-line', {
      message: 'With --detach, the lab runs in the background and cannot run a command.',
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
  // Open pipes would keep this process alive. They are not needed: `fedctl sandbox log` shows later events.
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
  const lab = createLabClient({ ...context, env: { ...context.env, ...env } }, common.timeoutMs);
  const end = '"fedctl sandbox stop" stops the lab';
  await announce(invocation, { env, pid, status: await lab.status(), end }, envFile);
  return { exitCode: EXIT.done };
}

/** Returns the command-line options as arguments for the background process. */
function typedAgain({ options, typed }: Invocation<OptionTable>, table: OptionTable): readonly string[] {
  return Object.entries(table).flatMap(([key, spec]) => {
    // Only command-line options are passed on. The background process reads the environment variables itself.
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

/** Waits for the line that the background process prints when the lab is ready. */
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
        // fedctl itself printed the line, so the JSON has this type.
        createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line) as Ready));
      }
      child.once('error', (cause) => reject(notStarted('', cause)));
      child.once('close', () => reject(signal.aborted ? signal.reason : notStarted(said)));
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Creates a failure from the error output of the background process. */
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
