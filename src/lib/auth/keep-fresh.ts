import type { Context } from '../core/context.ts';
import { isFedctlError } from '../core/errors.ts';
import { type Life, spanOf } from './token-source.ts';

/** Something that expires, and that programs read while it is being replaced. */
export interface Output {
  /** For people: the path of a file, or the address of an endpoint. */
  readonly name: string;
  /**
   * Creates a new value and replaces the old one.
   *
   * @returns from when to when it is valid
   */
  renew(signal: AbortSignal): Promise<Life>;
  /** Removes the expired value. */
  withdraw(): Promise<void>;
}

/** Events of an output, for the log. */
export type OutputEvent =
  | { readonly kind: 'renewed'; readonly expiresAt: Date /** After failures. */; readonly recovered: boolean }
  | {
      readonly kind: 'failed';
      readonly error: unknown /** The current value is used until then. */;
      readonly until: Date | null;
    }
  | { readonly kind: 'expired' };

export interface Keeping extends Pick<Context, 'now' | 'sleep'> {
  /** Stops the renewal. */
  readonly signal: AbortSignal;
  /** From 0 to 1, as Math.random. */
  readonly random: () => number;
  readonly tell: (event: OutputEvent) => void;
}

/**
 * The longest sleep, in milliseconds. A timer stops while the machine is suspended, and the clock may be
 * changed.
 */
const LONGEST_SLEEP = 10_000;

/**
 * The random share of the lifetime by which renewal starts earlier, so that many agents started together do
 * not send requests at the same moment.
 */
const JITTER = 0.1;

/** In milliseconds; doubled after each failure. */
const BACK_OFF = { first: 1000, longest: 60_000 } as const;

/** The shortest pause between renewals, whatever the clocks say. In milliseconds. */
const SHORTEST_PAUSE = 1000;

/**
 * How long before its expiration a value is removed, because a program that reads it later cannot use it. In
 * milliseconds.
 */
const TOO_LATE = 1000;

/**
 * Renews an output at half of its lifetime, until the signal fires. When a renewal fails, the current value
 * stays until it expires and is then removed: a reader finds a valid value or none. Renewal is retried with
 * increasing pauses, and each kind of failure is reported once until a renewal succeeds.
 *
 * @param first the current value; null when there is none
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

/** @returns false when the signal fired */
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
