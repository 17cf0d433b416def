import type { Context } from '../core/context.ts';
import { isFedctlError } from '../core/errors.ts';
import { type Life, spanOf } from './token-source.ts';

/**
 * A token file or a credentials endpoint that programs use. The token or the credentials are replaced before
 * they expire.
 */
export interface Output {
  /** The name of the output in messages: the path of a file, or the address of an endpoint. */
  readonly name: string;
  /**
   * Replaces the current value with a new value.
   *
   * @returns the validity period of the new value
   */
  renew(signal: AbortSignal): Promise<Life>;
  /** Removes the current value, which is about to expire. */
  withdraw(): Promise<void>;
}

/** Events of an output, such as a token file, for the log. */
export type OutputEvent =
  | {
      readonly kind: 'renewed';
      readonly expiresAt: Date;
      /** Whether earlier renewals failed. */
      readonly recovered: boolean;
    }
  | {
      readonly kind: 'failed';
      readonly error: unknown;
      /** The time until which the current value can be used; null if no current value exists. */
      readonly until: Date | null;
    }
  | { readonly kind: 'expired' };

export interface Keeping extends Pick<Context, 'now' | 'sleep'> {
  /** Stops the renewal. */
  readonly signal: AbortSignal;
  /** Returns a random number from 0 to 1, as Math.random does. */
  readonly random: () => number;
  readonly tell: (event: OutputEvent) => void;
}

/**
 * The longest sleep, in milliseconds. A longer sleep would end too late if the machine is suspended or the
 * clock is changed.
 */
const LONGEST_SLEEP = 10_000;

/**
 * The maximum jitter, as a fraction of the lifetime. Each renewal starts earlier by a random part of the
 * lifetime, up to this maximum. Without the jitter, processes that started together would send their requests
 * at the same time.
 */
const JITTER = 0.1;

/** The pauses after failed renewals, in milliseconds. The pause doubles after each failure. */
const BACK_OFF = { first: 1000, longest: 60_000 } as const;

/**
 * The minimum pause between renewals, in milliseconds. Without this minimum, a wrong clock could cause renewals
 * without a pause.
 */
const SHORTEST_PAUSE = 1000;

/**
 * The time between the removal of a value and its expiration, in milliseconds. Without this time, a program could
 * read a value that expires before the program uses it.
 */
const TOO_LATE = 1000;

/**
 * Renews an output each time half of its lifetime has passed. Stops when the signal fires. If a renewal
 * fails, the current value remains available. The value is removed shortly before it expires, so that a
 * program never reads an expired value. Failed renewals are retried with increasing pauses. Each failure code
 * is reported only once. After a successful renewal, it can be reported again.
 *
 * @param first the validity period of the current value; null if no value exists yet
 */
export async function keepFresh(output: Output, first: Life | null, keeping: Keeping): Promise<void> {
  const { signal, tell } = keeping;
  const now = () => keeping.now().getTime();
  let due = now();
  let end: number | null = null;
  let failures = 0;
  const told = new Set<string>();

  const accept = (life: Life) => {
    const span = spanOf(life, keeping.now());
    const length = (span.end - span.halfLife) * 2;
    end = span.end - TOO_LATE;
    due = Math.max(
      span.halfLife - keeping.random() * JITTER * length,
      now() + Math.max(SHORTEST_PAUSE, length / 10),
    );
  };
  const renew = async () => {
    try {
      const life = await output.renew(signal);
      accept(life);
      tell({ kind: 'renewed', expiresAt: life.expiresAt, recovered: failures > 0 });
      failures = 0;
      told.clear();
    } catch (error) {
      if (signal.aborted) return;
      const pause = Math.min(BACK_OFF.first * 2 ** failures, BACK_OFF.longest);
      due = now() + pause * (0.5 + keeping.random() / 2);
      failures += 1;
      const code = isFedctlError(error) ? error.code : String(error);
      if (told.has(code)) return;
      told.add(code);
      tell({ kind: 'failed', error, until: end === null ? null : new Date(end) });
    }
  };

  if (first !== null) accept(first);
  while (await sleptUntil(Math.min(due, end ?? due), keeping)) {
    if (now() >= due) await renew();
    if (end === null || now() < end || signal.aborted) continue;
    end = null;
    await output.withdraw();
    tell({ kind: 'expired' });
  }
}

/**
 * Sleeps until a time in milliseconds since 1970.
 *
 * @returns false if the signal fired
 */
async function sleptUntil(time: number, { now, sleep, signal }: Keeping): Promise<boolean> {
  try {
    for (let left = time - now().getTime(); left > 0; left = time - now().getTime()) {
      await sleep(Math.min(left, LONGEST_SLEEP), signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return !signal.aborted;
}
