import { within } from './deadline.ts';

/**
 * Shares one running call of `work` between concurrent callers. An aborted caller does not affect the other
 * callers. The work is aborted when its last caller is aborted.
 *
 * @returns a function that rejects with the error of `work`, or with the reason of the caller's signal if
 * that signal fires first
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
