import type { ChangedVariables } from '../environment.ts';

/** The scenario that the lab is playing. */
export interface PlayedScenario {
  readonly name: string;
  /** What happened, in one sentence. */
  readonly title: string;
  /** The changes to the variables of a command that must see the fault. */
  readonly env: ChangedVariables;
}
