import type { Context } from '../../src/lib/core/context.ts';

export interface FakeClock extends Pick<Context, 'now' | 'sleep'> {
  /** Lets time pass by itself. */
  pass(ms: number): void;
  /** Every sleep that was asked for, in milliseconds. */
  readonly slept: number[];
}

/** A clock that stands still unless somebody sleeps, which takes no time at all. */
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
