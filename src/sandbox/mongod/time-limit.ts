import { createContext, Script } from 'node:vm';
import { CommandError } from './command-error.ts';

/** What one command may take to compute, in milliseconds. The lab holds toys; a machine under load is slow with them, too. */
const LIMIT_MS = 1000;

const WORK = new Script('work()');
const CALLER = createContext({ work: null });

let since: number | null = null;

/**
 * Does synchronous work that a client has asked for, and breaks it off when it takes too long: a regular expression that
 * backtracks, or a pipeline that grows without end, would hold up every hop of the lab. What is one piece of synchronous
 * work, such as the statements of one command, has one limit. mongod limits a match by the steps that PCRE2 counts;
 * RegExp counts none, and node:vm can end whatever runs, in the middle of a match as well.
 *
 * @param work must leave nothing half done when it is broken off: it computes, and changes nothing that stays
 * @throws CommandError MaxTimeMSExpired, and what the work throws
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

/** Not by its class: the error is made by the other context. */
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
