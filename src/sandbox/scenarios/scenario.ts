import type { FailureCode } from '../../lib/failures/failures.ts';
import type { Stage } from './stage.ts';

/** One fault of the real world, as a record. */
export interface Scenario {
  /** Lower case with hyphens; never renamed. */
  readonly name: string;
  /** What happened, in one plain sentence. */
  readonly title: string;
  /** The code that a diagnosis must find with access to the Atlas API. */
  readonly expects: FailureCode;
  /**
   * The code that a diagnosis must find without it: when the server returns only 18, that of the rejection.
   */
  readonly expectsBlind: FailureCode;
  /** Introduces one fault in a lab that is enabled and healthy. */
  readonly play: (stage: Stage) => void | Promise<void>;
  /** Requires a database with a `mongodb+srv` connection string (the lab option `srv`). */
  readonly srv: boolean;
}

/**
 * @param expects one code when the cause is visible without Atlas, otherwise the one with and the one without
 * Atlas
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
