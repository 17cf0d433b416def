import type { ChangedVariables } from '../environment.ts';

/** A scenario that the lab plays now. */
export interface PlayedScenario {
  readonly name: string;
  /** What happened, in one plain sentence. */
  readonly title: string;
  /** What a command needs to meet it, beyond the variables that it has. */
  readonly env: ChangedVariables;
}
