import { fedctl } from '../../lib/core/command-line.ts';
import { FedctlError } from '../../lib/core/errors.ts';
import { nearest } from '../../lib/core/nearest.ts';
import type { LabEnvironment } from '../environment.ts';
import type { Lab } from '../running-lab.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { Stage } from './stage.ts';

/** Maximum length for the search of a similar name, in characters. */
const LONGEST_NAME = 100;

/** A running scenario. */
export interface Scene {
  /** The variables for a command. They replace those of the lab. */
  readonly env: LabEnvironment;
  /** Stops the servers of the scenario. Other changes to the lab remain. */
  close(): Promise<void>;
}

/** Sets the initial state of every scenario: federation is enabled, and STS has received the change. */
export function enableLab(lab: Lab): void {
  new Stage(lab).account.federation.set(true, 0);
}

/** @throws FedctlError usage.invalid-value for a name that no scenario has */
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
    likelyCause: 'Scenarios have fixed names.',
    remedy: 'List the scenarios.',
    command: fedctl(['sandbox', '--list-scenarios']),
    details: { name, nearest: near },
  });
}

/**
 * Enables federation in a new built-in lab of an operator, and introduces one fault.
 *
 * @throws FedctlError lab.start-failed; RangeError for a lab without the part that the scenario needs
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
