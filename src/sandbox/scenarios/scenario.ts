import type { FailureCode } from '../../lib/failures/failures.ts';
import type { Stage } from './stage.ts';

/** A fault that occurs in real systems, as a record. */
export interface Scenario {
  /** The name, in lowercase with hyphens. It never changes. */
  readonly name: string;
  /** What happened, in one sentence. */
  readonly title: string;
  /** The failure code that a diagnosis with access to the Atlas API must find. */
  readonly expects: FailureCode;
  /**
   * The failure code that a diagnosis without access to the Atlas API must find. If the server returns only
   * code 18, this is the code for a rejected login.
   */
  readonly expectsBlind: FailureCode;
  /** Introduces the fault in a lab with federation enabled and no other fault. */
  readonly play: (stage: Stage) => void | Promise<void>;
  /** Whether the scenario requires a `mongodb+srv` connection string (the lab option `srv`). */
  readonly srv: boolean;
}

/**
 * Creates a scenario.
 *
 * @param expects one code if the cause is visible without the Atlas API; otherwise two codes, with and
 * without access to the API
 */
export function scenario(
  name: string,
  title: string,
  expects: FailureCode | readonly [expects: FailureCode, expectsBlind: FailureCode],
  play: Scenario['play'],
): Scenario {
  const [withAtlas, blind] = typeof expects === 'string' ? [expects, expects] : expects;
  return { name, title, expects: withAtlas, expectsBlind: blind, play, srv: false };
}
