import type { Context } from '../../src/lib/core/context.ts';

export interface FakeClock extends Pick<Context, 'now' | 'sleep'> {
  /** Moves the clock forward. */
  pass(ms: number): void;
  /** The durations of all requested sleeps, in milliseconds. */
  readonly slept: number[];
}

/** A clock that moves only when code sleeps. A sleep takes no real time. */
export function fakeClock(start = new Date('2026-11-22T12:00:00Z')): FakeClock {
  let time = start.getTime();
  const slept: number[] = [];
  return {
    now: () => new Date(time),
    async sleep(ms, signal) {
      slept.push(ms);
      if (signal.aborted) throw signal.reason;
      time += ms;
    },
    pass(ms) {
      time += ms;
    },
    slept,
  };
}
