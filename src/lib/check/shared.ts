import type { MintAttempt } from './mint-attempt.ts';
import type { Outcome, Timing } from './outcome.ts';

/** A result with its start time and duration. */
export interface TimedOutcome extends Timing {
  readonly outcome: Outcome<unknown>;
}

/**
 * Results that several targets share during one round, such as a minted token, an issuer or a project. If two
 * targets request the same result, the second target waits until the first target has the result.
 */
export class SharedOutcomes {
  readonly #kept = new Map<object, Map<string, Promise<TimedOutcome>>>();
  readonly #mints = new Map<string, Promise<MintAttempt>>();

  once(check: object, key: string, find: () => Promise<TimedOutcome>): Promise<TimedOutcome> {
    const known = this.#kept.get(check) ?? new Map<string, Promise<TimedOutcome>>();
    this.#kept.set(check, known);
    const found = known.get(key) ?? find();
    known.set(key, found);
    return found;
  }

  /** Returns the mint attempt for this caller and this request. The first call starts the attempt. */
  mint(key: string, attempt: () => Promise<MintAttempt>): Promise<MintAttempt> {
    const made = this.#mints.get(key) ?? attempt();
    this.#mints.set(key, made);
    return made;
  }
}
