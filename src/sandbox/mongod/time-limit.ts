import { createContext, Script } from 'node:vm';
import { CommandError } from './command-error.ts';

/**
 * The time limit in milliseconds for one computation. Computations on the small data sets of a lab take much less time,
 * even on a busy machine.
 */
const LIMIT_MS = 1000;

const WORK = new Script('work()');
const CALLER = createContext({ work: null });

let since: number | null = null;

/**
 * Runs a synchronous computation and stops it at the time limit. Without a limit, a slow regular expression or a
 * pipeline with very large results would block all servers of the lab. All computations that run before the next
 * microtask share one time limit. For example, all statements of a command share one time limit. mongod limits the
 * number of matching steps in its regular expression library, PCRE2. A JavaScript RegExp has no such limit, but node:vm
 * can stop code even during a match.
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

/**
 * Returns true if node:vm stopped the computation. Uses the error code instead of `instanceof`, because each vm context
 * has its own error classes.
 */
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
