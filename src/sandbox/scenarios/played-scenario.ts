import type { ChangedVariables } from '../environment.ts';

/** The scenario that the lab is playing. */
export interface PlayedScenario {
  readonly name: string;
  /** Describes the fault in one sentence. */
  readonly title: string;
  /** The changes to the lab's variables. A command shows the fault only with these changes. */
  readonly env: ChangedVariables;
}
