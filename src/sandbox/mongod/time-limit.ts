import { createContext, Script } from 'node:vm';
import { CommandError } from './command-error.ts';

/**
 * The time limit of a computation, in milliseconds. The limit is generous for the small data sets of a lab, even on a
 * busy machine.
 */
const LIMIT_MS = 1000;

const WORK = new Script('work()');
const CALLER = createContext({ work: null });

let since: number | null = null;

/**
 * Runs a synchronous computation, and stops the computation at the time limit. Without the limit, a backtracking
 * regular expression or an endlessly growing pipeline would block every server of the lab. The limit applies to
 * consecutive synchronous work together, for example to all statements of a command. mongod limits the number of
 * steps of a match in PCRE2. RegExp has no such limit, but node:vm can stop any code, even during a match.
 *
 * @param work a computation without side effects, because the limit can stop the computation at any point
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

/** Checks the code, because the error class of another vm context fails `instanceof`. */
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
    `operation exceeded time limit: the lab computes for at most ${LIMIT_MS} ms`,
  );
}
