import { within } from './deadline.ts';

/**
 * Lets calls that come while the work is under way wait for it instead of starting it again. A caller who gives up
 * leaves the others waiting; the work itself stops when the last one gave up.
 *
 * @returns rejects as `work` does, or with the caller's own signal's reason when that fires first
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
