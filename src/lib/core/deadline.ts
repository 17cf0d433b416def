import { EXIT, type ExitCode } from './exit-codes.ts';

/** The longest timer of Node.js, in milliseconds (about 24 days). A longer one fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Returns a signal that fires when `signal` does, or after `ms` milliseconds. It bounds one network step.
 * `timedOut` tells a timeout from an interruption.
 */
export function deadline(signal: AbortSignal, ms: number): AbortSignal {
  return startBound(signal, ms).signal;
}

/**
 * Runs `work` under a deadline and releases the deadline afterwards. For work that runs thousands of times.
 */
export async function bounded<T>(
  signal: AbortSignal,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const bound = startBound(signal, ms);
  try {
    return await work(bound.signal);
  } finally {
    bound.release();
  }
}

/** Runs `work` under a signal that fires when either of two signals does, with the reason of the first. */
export async function underEither<T>(
  one: AbortSignal,
  other: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const unfollow = [one, other].map((signal) => {
    if (signal.aborted) stop.abort(signal.reason);
    return onAbort(signal, () => stop.abort(signal.reason));
  });
  try {
    return await work(stop.signal);
  } finally {
    for (const end of unfollow) end();
  }
}

/**
 * Bounds a signal by time. AbortSignal.any cannot do this: it holds its sources weakly, so on Node.js 20 a
 * garbage collection removes the timeout and it never fires. It also leaks memory in a signal that lives as
 * long as the process.
 */
function startBound(signal: AbortSignal, ms: number): { signal: AbortSignal; release: () => void } {
  const bound = new AbortController();
  const expire = () => end(new DOMException(`timed out after ${ms} ms`, 'TimeoutError'));
  const follow = () => end(signal.reason);
  const timer = setTimeout(expire, Math.min(ms, LONGEST_TIMER));
  // The timer alone must not keep the process alive.
  timer.unref();
  let unfollow = () => {};
  const release = () => {
    clearTimeout(timer);
    unfollow();
  };
  const end = (reason: unknown) => {
    release();
    bound.abort(reason);
  };
  if (signal.aborted) follow();
  else unfollow = onAbort(signal, follow);
  return { signal: bound.signal, release };
}

interface Followers {
  readonly told: Set<() => void>;
  readonly tell: () => void;
}

const FOLLOWERS = new WeakMap<AbortSignal, Followers>();

/**
 * Calls back when the signal fires. All followers of a signal share one listener, because Node.js warns about
 * an EventTarget with many listeners and a run has many concurrent steps.
 *
 * @returns a function that stops following
 */
function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const followers = FOLLOWERS.get(signal) ?? startFollowing(signal);
  followers.told.add(callback);
  return () => {
    followers.told.delete(callback);
    if (followers.told.size > 0 || FOLLOWERS.get(signal) !== followers) return;
    signal.removeEventListener('abort', followers.tell);
    FOLLOWERS.delete(signal);
  };
}

function startFollowing(signal: AbortSignal): Followers {
  const told = new Set<() => void>();
  const followers = {
    told,
    tell: () => {
      for (const callback of [...told]) callback();
    },
  };
  FOLLOWERS.set(signal, followers);
  signal.addEventListener('abort', followers.tell, { once: true });
  return followers;
}

/** Returns true when the signal fired because of a timeout. */
export function timedOut(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
}

/**
 * Waits for `work`, but no longer than the signal allows. Work that cannot be stopped is abandoned, and its
 * later failure is ignored.
 *
 * @throws the signal's own reason when it fires first
 */
export function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    const unfollow = onAbort(signal, stop);
    work.then(resolve, reject).finally(unfollow);
  });
}

/** Why a run was stopped from outside: the reason of `Context.signal`. */
export class Interruption extends Error {
  readonly kind: InterruptionKind;
  /** The exit code of the run, unless a child process decides it. */
  readonly exitCode: ExitCode;

  constructor(kind: InterruptionKind) {
    super(kind);
    this.name = 'Interruption';
    this.kind = kind;
    this.exitCode = EXIT_CODE[kind];
  }
}

/** Ctrl-C, SIGTERM, and SIGHUP: a terminal that was closed. */
export type InterruptionKind = 'interrupted' | 'terminated' | 'hung-up';

const EXIT_CODE = {
  interrupted: EXIT.interrupted,
  terminated: EXIT.terminated,
  'hung-up': EXIT.hungUp,
} as const;
