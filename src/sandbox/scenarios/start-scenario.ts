import { changed } from '../environment.ts';
import { startLab } from '../lab.ts';
import type { Lab, LabOptions } from '../running-lab.ts';
import type { Scenario } from './scenario.ts';

/**
 * Starts a lab with the options that a scenario requires, and introduces the fault.
 *
 * @returns the lab; the fault occurs in commands that use the variables in `env`
 * @throws FedctlError lab.port-taken, lab.start-failed
 */
export async function startScenario(scenario: Scenario, options: LabOptions): Promise<Lab> {
  const lab = await startLab({ ...options, srv: options.srv === true || scenario.srv });
  try {
    const { env } = await lab.controls.playScenario(scenario.name);
    return { ...lab, env: changed(lab.env, env) };
  } catch (error) {
    await lab.close();
    throw error;
  }
}
