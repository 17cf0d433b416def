import type { FailureCode } from '../../lib/failures/failures.ts';
import type { Stage } from './stage.ts';

/** Describes a fault that also occurs in real systems. */
export interface Scenario {
  /** The name, in lowercase with hyphens. A name never changes in later versions. */
  readonly name: string;
  /** Describes the fault in one sentence. */
  readonly title: string;
  /** The failure code that a diagnosis must find if it has access to the Atlas API. */
  readonly expects: FailureCode;
  /**
   * The failure code that a diagnosis must find if it has no access to the Atlas API. A server that rejects a
   * login returns no reason, so this is often the general code of a rejected login.
   */
  readonly expectsBlind: FailureCode;
  /** Introduces the fault. Before the call, federation is enabled and the lab has no fault. */
  readonly play: (stage: Stage) => void | Promise<void>;
  /** Whether the scenario requires a `mongodb+srv` connection string (the lab option `srv`). */
  readonly srv: boolean;
}

/**
 * Creates a scenario.
 *
 * @param expects the failure code of the diagnosis, or a pair of codes if the diagnosis depends on the Atlas API:
 * first the code with access to the API, then the code without access
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
