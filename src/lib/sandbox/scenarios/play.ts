import { FedctlError } from '../../errors.ts';
import type { LabEnvironment } from '../environment.ts';
import type { Lab } from '../lab.ts';
import { SCENARIOS } from './scenarios.ts';
import { Stage } from './stage.ts';

/** A scenario that is being played. */
export interface Scene {
  /** What to hand to a command instead of the lab's own variables. */
  readonly env: LabEnvironment;
  /** Ends the servers that stand in the place of the lab's own. What was changed in the lab stays changed. */
  close(): Promise<void>;
}

/** Makes the lab enabled and healthy: what every scenario starts from. */
export function enableLab(lab: Lab): void {
  lab.world.setFederation(new Stage(lab).account.id, true);
}

/**
 * Enables a new lab and breaks one thing in it.
 *
 * @throws FedctlError usage.invalid-value for a name that no scenario has; lab.start-failed
 */
export async function playScenario(lab: Lab, name: string): Promise<Scene> {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found === undefined) throw unknownScenario(name);
  enableLab(lab);
  const stage = new Stage(lab);
  try {
    await found.play(stage);
  } catch (error) {
    await stage.close();
    throw error;
  }
  return { env: stage.env, close: () => stage.close() };
}

function unknownScenario(name: string): FedctlError {
  return new FedctlError('usage.invalid-value', {
    message: `There is no scenario "${name}".`,
    likelyCause: 'Scenarios have fixed names.',
    remedy: 'fedctl sandbox --list-scenarios',
    details: { option: '--scenario' },
  });
}
