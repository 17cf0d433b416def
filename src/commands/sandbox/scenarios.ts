import { FedctlError } from '../../lib/core/errors.ts';
import { readingOption } from '../../lib/core/invalid-value.ts';
import { scenariosDocument, scenariosLines } from '../../lib/render/scenarios.ts';
import type { Lab, LabOptions } from '../../sandbox/running-lab.ts';
import type { Answer } from '../command.ts';

/** Lists the scenarios (`--list-scenarios`). */
export async function listScenarios(): Promise<Answer> {
  const { SCENARIOS } = await import('../../sandbox/scenarios/scenarios.ts');
  return { document: scenariosDocument(SCENARIOS), lines: scenariosLines(SCENARIOS) };
}

/**
 * Returns the function that starts the lab. With `--scenario`, the lab has the fault of the scenario.
 *
 * @throws FedctlError usage.invalid-value, usage.invalid-command-line
 */
export async function labStarter({
  scenario,
  as: platform,
  config,
}: {
  readonly scenario: string | null;
  readonly as: string | null;
  readonly config: string | null;
}): Promise<(options: LabOptions) => Promise<Lab>> {
  if (scenario === null) return (await import('../../sandbox/lab.ts')).startLab;
  if (platform !== null || config !== null) {
    const other = platform === null ? '--config' : '--as';
    throw new FedctlError('usage.invalid-command-line', {
      message: `--scenario and ${other} are mutually exclusive: scenarios require the default configuration and profiles.`,
    });
  }
  const { scenarioNamed } = await import('../../sandbox/scenarios/play.ts');
  const { startScenario } = await import('../../sandbox/scenarios/start-scenario.ts');
  const named = readingOption('--scenario', () => scenarioNamed(scenario));
  return (options) => startScenario(named, options);
}
