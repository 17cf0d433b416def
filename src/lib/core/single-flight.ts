import { within } from './deadline.ts';

/**
 * Shares one running call of `work` between concurrent callers. If the signal of one caller fires, the other
 * callers continue to wait. The work is aborted when the signals of all callers have fired.
 *
 * @returns a function that rejects with the error of `work`, or with the abort reason of the caller's
 * signal, if this signal is aborted first
 */
export function singleFlight<T>(
  work: (signal: AbortSignal) => Promise<T>,
): (signal?: AbortSignal) => Promise<T> {
  let flight: Flight<T> | null = null;
  const takeOff = (): Flight<T> => {
    const stop = new AbortController();
    const landed = work(stop.signal).finally(() => {
      if (flight === own) flight = null;
    });
    const own: Flight<T> = { landed, stop, waiting: 0 };
    return own;
  };
  return async (signal) => {
    signal?.throwIfAborted();
    flight ??= takeOff();
    const joined = flight;
    joined.waiting += 1;
    try {
      return await (signal === undefined ? joined.landed : within(signal, joined.landed));
    } finally {
      joined.waiting -= 1;
      if (joined.waiting === 0 && flight === joined) {
        flight = null;
        joined.stop.abort(signal?.reason);
      }
    }
  };
}

interface Flight<T> {
  readonly landed: Promise<T>;
  readonly stop: AbortController;
  waiting: number;
}
