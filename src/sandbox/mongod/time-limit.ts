import { createContext, Script } from 'node:vm';
import { CommandError } from './command-error.ts';

/**
 * The time limit for a computation in milliseconds. Computations on the small data sets of a lab take much less time,
 * even on a busy machine.
 */
const LIMIT_MS = 1000;

const WORK = new Script('work()');
const CALLER = createContext({ work: null });

let since: number | null = null;

/**
 * Runs a synchronous computation and stops it at the time limit. Without a limit, a slow regular expression or a
 * pipeline with very large results would block all servers of the lab. All computations that run before the next
 * microtask share one limit, for example all statements of a command. mongod limits the number of steps that PCRE2
 * takes for a match. A JavaScript RegExp has no such limit, but node:vm can stop code even during a match.
 *
 * @param work a computation without side effects, because it can be stopped at any point
 * @throws CommandError MaxTimeMSExpired; any error that `work` throws
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

/** Checks the error code. `instanceof` is unreliable here, because another vm context has its own error classes. */
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
    `operation exceeded time limit: the limit of the lab is ${LIMIT_MS} ms`,
  );
}
