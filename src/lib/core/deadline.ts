import { EXIT, type ExitCode } from './exit-codes.ts';

/** The longest timer of Node.js, in milliseconds (about 24 days). A longer timer would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Returns a signal that fires after `ms` milliseconds, or earlier if `signal` fires. `timedOut` distinguishes
 * a timeout from an interruption.
 */
export function deadline(signal: AbortSignal, ms: number): AbortSignal {
  return startBound(signal, ms).signal;
}

/**
 * Runs `work` with a time limit. Releases the timer when `work` ends, so this function is suitable for work
 * that runs thousands of times.
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

/**
 * Runs `work` with a signal that combines two signals. The combined signal fires as soon as one of the two
 * signals fires, and has the same reason as that signal.
 */
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
 * Creates a signal with a time limit. AbortSignal.any is not suitable: on Node.js 20, garbage collection
 * removes the timeout, and the signal never fires. AbortSignal.any also leaks memory if `signal` exists as
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
 * Calls `callback` when the signal fires. A run has many concurrent steps, and Node.js warns if a signal has
 * many listeners. Therefore, all callbacks for a signal share one listener.
 *
 * @returns a function that removes the callback
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

/** Returns true if the signal fired because of a timeout. */
export function timedOut(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
}

/**
 * Waits for `work` until the signal fires. Later failures of `work` are ignored.
 *
 * @throws the abort reason, if the signal is aborted first
 */
export function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    const unfollow = onAbort(signal, stop);
    work.then(resolve, reject).finally(unfollow);
  });
}

/** The reason of `Context.signal`: why the user or the system stopped the run. */
export class Interruption extends Error {
  readonly kind: InterruptionKind;
  /** The exit code of fedctl. Not used if fedctl returns the exit code of a child process. */
  readonly exitCode: ExitCode;

  constructor(kind: InterruptionKind) {
    super(kind);
    this.name = 'Interruption';
    this.kind = kind;
    this.exitCode = EXIT_CODE[kind];
  }
}

/** The event that stopped the run: Ctrl-C, SIGTERM, or SIGHUP (the terminal was closed). */
export type InterruptionKind = 'interrupted' | 'terminated' | 'hung-up';

const EXIT_CODE = {
  interrupted: EXIT.interrupted,
  terminated: EXIT.terminated,
  'hung-up': EXIT.hungUp,
} as const;
