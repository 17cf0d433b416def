import { within } from './deadline.ts';

/**
 * Shares the work that is in progress between concurrent calls. A caller that is aborted does not affect the
 * others. The work itself stops when the last caller is aborted.
 *
 * @returns rejects as `work` does, or with the reason of the caller's own signal when that fires first
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
