import type { Context } from '../core/context.ts';
import { isFedctlError } from '../core/errors.ts';
import { type Life, spanOf } from './token-source.ts';

/** Something that expires, and that programs read while it is replaced. */
export interface Output {
  /** For people: the path of a file, the address of an endpoint. */
  readonly name: string;
  /**
   * Makes a new one and puts it in its place.
   *
   * @returns from when to when it is valid
   */
  renew(signal: AbortSignal): Promise<Life>;
  /** Takes away what has expired. */
  withdraw(): Promise<void>;
}

/** What happens to an output, for the log. */
export type OutputEvent =
  | { readonly kind: 'renewed'; readonly expiresAt: Date /** After failures. */; readonly recovered: boolean }
  | {
      readonly kind: 'failed';
      readonly error: unknown /** What is there serves until then. */;
      readonly until: Date | null;
    }
  | { readonly kind: 'expired' };

export interface Keeping extends Pick<Context, 'now' | 'sleep'> {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** From 0 to 1, as Math.random. */
  readonly random: () => number;
  readonly tell: (event: OutputEvent) => void;
}

/** Sleeps are no longer: a timer stands still while the machine is suspended, and the clock may be set. Milliseconds. */
const LONGEST_SLEEP = 10_000;

/** Many agents that were started together do not ask at the same moment: up to a tenth of the life earlier. */
const JITTER = 0.1;

/** In milliseconds; after each failure twice as long as before. */
const BACK_OFF = { first: 1000, longest: 60_000 } as const;

/** Not more often, whatever the clocks say. Milliseconds. */
const SHORTEST_PAUSE = 1000;

/** Taken away this long before it expires: who reads it in the last moment cannot use it any more. Milliseconds. */
const TOO_LATE = 1000;

/**
 * Renews an output at half of its life, until the signal fires. When that fails, what is there stays until it expires,
 * then it is taken away: a reader finds something valid or nothing. It tries again after longer and longer pauses, and
 * tells each kind of failure once until it succeeds.
 *
 * @param first what is there already; null for nothing
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
