import type { FailureCode } from '../../lib/failures/failures.ts';
import type { Stage } from './stage.ts';

/** One failure of the real world, as a record. */
export interface Scenario {
  /** Lower case with hyphens; never renamed. */
  readonly name: string;
  /** What happened, in one plain sentence. */
  readonly title: string;
  /** The code that a diagnosis must reach with access to the Atlas API. */
  readonly expects: FailureCode;
  /** The code that it must reach without: where the wire says only 18, that of the refusal. */
  readonly expectsBlind: FailureCode;
  /** Breaks one thing in a lab that is enabled and healthy. */
  readonly play: (stage: Stage) => void | Promise<void>;
  /** The lab's database has to be behind `mongodb+srv` (the option `srv` of the lab). */
  readonly srv: boolean;
}

/** @param expects one code for both, where the cause can be seen without Atlas, or the one with and the one without */
export function scenario(
  name: string,
  title: string,
  expects: FailureCode | readonly [expects: FailureCode, expectsBlind: FailureCode],
  play: Scenario['play'],
): Scenario {
  const [withAtlas, blind] = typeof expects === 'string' ? [expects, expects] : expects;
  return { name, title, expects: withAtlas, expectsBlind: blind, play, srv: false };
}
