import { fedctl } from '../../lib/core/command-line.ts';
import { FedctlError } from '../../lib/core/errors.ts';
import { nearest } from '../../lib/core/nearest.ts';
import type { LabEnvironment } from '../environment.ts';
import type { Lab } from '../running-lab.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { Stage } from './stage.ts';

/** The maximum length of an unknown name in the search for a similar name. Longer names are truncated. */
const LONGEST_NAME = 100;

/** A running scenario. */
export interface Scene {
  /** The variables for a command. They replace the lab's variables. */
  readonly env: LabEnvironment;
  /** Stops the servers of the scenario. Does not undo the other changes to the lab. */
  close(): Promise<void>;
}

/**
 * Creates the state in which every scenario starts: federation is enabled, and the change has reached STS.
 */
export function enableLab(lab: Lab): void {
  new Stage(lab).account.federation.set(true, 0);
}

/**
 * Returns the scenario with this name.
 *
 * @throws FedctlError usage.invalid-value if no scenario has this name
 */
export function scenarioNamed(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const near = nearest(
    name.slice(0, LONGEST_NAME),
    SCENARIOS.map((one) => one.name),
  );
  const hint = near === null ? '.' : `; did you mean "${near}"?`;
  throw new FedctlError('usage.invalid-value', {
    message: `Unknown scenario "${name}"${hint}`,
    likelyCause: 'The name is misspelled, or this version of fedctl does not have the scenario.',
    remedy: 'List the scenarios.',
    command: fedctl(['sandbox', '--list-scenarios']),
    details: { name, nearest: near },
  });
}

/**
 * Enables federation in a new lab, and introduces one fault. The lab must have the built-in
 * configuration and must not emulate a platform.
 *
 * @throws FedctlError lab.start-failed; RangeError if the lab does not contain a part that the scenario
 * requires
 */
export async function playScenario(lab: Lab, { play }: Scenario): Promise<Scene> {
  enableLab(lab);
  const stage = new Stage(lab);
  try {
    await play(stage);
  } catch (error) {
    await stage.close();
    throw error;
  }
  return { env: stage.env, close: () => stage.close() };
}
