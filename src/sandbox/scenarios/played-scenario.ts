import type { ChangedVariables } from '../environment.ts';

/** The active scenario of a lab. */
export interface PlayedScenario {
  readonly name: string;
  /** Describes the fault in one sentence. */
  readonly title: string;
  /** The changes to the lab's variables. The fault occurs only in commands that run with the changed variables. */
  readonly env: ChangedVariables;
}
