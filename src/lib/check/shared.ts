import type { MintAttempt } from './mint-attempt.ts';
import type { Outcome, Timing } from './outcome.ts';

/** An outcome with when it was found out. */
export interface TimedOutcome extends Timing {
  readonly outcome: Outcome<unknown>;
}

/**
 * Outcomes that several targets share, for the length of one round: one mint for all that want the same token, one
 * look at an issuer or a project. Whoever comes second waits for the first.
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

  /** The one attempt to mint for a caller and a request, whichever check asks first. */
  mint(key: string, attempt: () => Promise<MintAttempt>): Promise<MintAttempt> {
    const made = this.#mints.get(key) ?? attempt();
    this.#mints.set(key, made);
    return made;
  }
}
