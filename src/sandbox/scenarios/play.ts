import { fedctl } from '../../lib/core/command-line.ts';
import { FedctlError } from '../../lib/core/errors.ts';
import { nearest } from '../../lib/core/nearest.ts';
import type { LabEnvironment } from '../environment.ts';
import type { Lab } from '../running-lab.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { Stage } from './stage.ts';

/** Of a name that is compared with those of the scenarios. */
const LONGEST_NAME = 100;

/** A scenario that is being played. */
export interface Scene {
  /** What to hand to a command instead of the lab's own variables. */
  readonly env: LabEnvironment;
  /** Ends the servers that stand in the place of the lab's own. What was changed in the lab stays changed. */
  close(): Promise<void>;
}

/** Makes the lab enabled and healthy, as if it had been for long: what every scenario starts from. */
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
 * Enables a new lab, that of an operator with the built-in identities, and breaks one thing in it.
 *
 * @throws FedctlError lab.start-failed; RangeError for a lab without what the scenario breaks
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
