import type { ChangedVariables } from '../environment.ts';

/** The scenario that the lab is playing. */
export interface PlayedScenario {
  readonly name: string;
  /** What happened, in one plain sentence. */
  readonly title: string;
  /** The variables that a command needs to see the fault, in addition to those that it has. */
  readonly env: ChangedVariables;
}
