import { createContext, Script } from 'node:vm';
import { CommandError } from './command-error.ts';

/** The time limit of a computation, in milliseconds: generous for the small data of a lab, even on a busy machine. */
const LIMIT_MS = 1000;

const WORK = new Script('work()');
const CALLER = createContext({ work: null });

let since: number | null = null;

/**
 * Runs synchronous work for a client and stops the work when it takes too long. Otherwise a backtracking regular
 * expression or a pipeline that grows without limit would block every server of the lab. Each piece of synchronous work,
 * such as the statements of one command, has one limit. mongod limits a match by the steps that PCRE2 counts. RegExp has
 * no such count, but node:vm can stop any code, even during a match.
 *
 * @param work a computation without side effects, because it can be stopped at any point
 * @throws CommandError MaxTimeMSExpired, and any error that the work throws
 */
export function withTimeLimit<Value>(work: () => Value): Value {
  const now = performance.now();
  if (since === null) {
    since = now;
    queueMicrotask(() => {
      since = null;
    });
  }
  const left = Math.floor(since + LIMIT_MS - now);
  if (left <= 0) throw expired();
  CALLER['work'] = work;
  try {
    const value: unknown = WORK.runInContext(CALLER, { timeout: left });
    return value as Value;
  } catch (error) {
    throw isTimeout(error) ? expired() : error;
  } finally {
    CALLER['work'] = null;
  }
}

/** Checks the code and not the class, because the error belongs to the other context. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}

function expired(): CommandError {
  return new CommandError(
    'MaxTimeMSExpired',
    `operation exceeded time limit: the lab computes for ${LIMIT_MS} ms at most`,
  );
}
