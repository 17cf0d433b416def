/**
 * A signal that fires when `signal` does, or after `ms` milliseconds: the bound of one network step.
 * Whether time ran out or somebody interrupted is told by `timedOut`.
 */
export function deadline(signal: AbortSignal, ms: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(ms)]);
}

/** True when the signal fired because its time was over. */
export function timedOut(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
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
