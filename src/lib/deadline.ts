/** Node.js fires a timer at once when it is set to more than this, in milliseconds: about 24 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * A signal that fires when `signal` does, or after `ms` milliseconds: the bound of one network step.
 * Whether time ran out or somebody interrupted is told by `timedOut`.
 *
 * Not AbortSignal.timeout: AbortSignal.any holds its sources weakly, and on Node.js 20 a garbage collection takes that
 * signal away, so that the bound never fires. The timer here holds the controller until it has fired.
 */
export function deadline(signal: AbortSignal, ms: number): AbortSignal {
  const bound = new AbortController();
  const expire = () => bound.abort(new DOMException(`not done within ${ms} ms`, 'TimeoutError'));
  // A bound alone is no reason for the process to stay.
  setTimeout(expire, Math.min(ms, LONGEST_TIMER)).unref();
  return AbortSignal.any([signal, bound.signal]);
}

/** True when the signal fired because its time was over. */
export function timedOut(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
}

/**
 * Waits for `work`, but no longer than the signal lets it: work that cannot be stopped is left behind, and its later
 * failure is nobody's.
 *
 * @throws the signal's own reason when it fires first
 */
export function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Why a run was stopped from outside: the reason of `Context.signal`. */
export class Interruption extends Error {
  readonly kind: 'interrupted' | 'terminated';

  constructor(kind: 'interrupted' | 'terminated') {
    super(kind);
    this.name = 'Interruption';
    this.kind = kind;
  }
}
