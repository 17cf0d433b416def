import type { PlayedScenario } from '../../sandbox/scenarios/played-scenario.ts';
import type { Scenario } from '../../sandbox/scenarios/scenario.ts';

export function scenariosDocument(scenarios: readonly Scenario[]) {
  return {
    schema: 'fedctl.scenarios/v1',
    scenarios: scenarios.map(({ name, title, expects, expectsBlind }) => ({
      name,
      title,
      expects,
      expectsBlind,
    })),
  } as const;
}

/** Formats three lines for each scenario: the name, the fault, and the expected result of a diagnosis. */
export function scenariosLines(scenarios: readonly Scenario[]): readonly string[] {
  return scenarios.flatMap(({ name, title, expects, expectsBlind }) => {
    const blind = expects === expectsBlind ? '' : `, or ${expectsBlind} without access to Atlas`;
    return [name, `  ${title}`, `  ${expects}${blind}`];
  });
}

export function playedScenarioDocument(played: PlayedScenario) {
  return { schema: 'fedctl.sandbox-scenario/v1', ...played } as const;
}
