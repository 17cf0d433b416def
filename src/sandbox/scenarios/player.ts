import { FedctlError } from '../../lib/core/errors.ts';
import type { ChangedVariables, LabEnvironment } from '../environment.ts';
import type { Lab, LabOptions } from '../running-lab.ts';
import type { Scene } from './play.ts';
import type { PlayedScenario } from './played-scenario.ts';
import type { Scenario } from './scenario.ts';

/**
 * Activates a scenario in a running lab. A lab can have only one active scenario, because the changes to the
 * lab are not undone.
 *
 * @internal
 */
export class ScenarioPlayer {
  readonly #lab: () => Lab;
  readonly #builtIn: boolean;
  #name: string | null = null;
  #scene: Promise<Scene> | null = null;
  #over = false;

  /** @param lab returns the complete lab. Called only when a scenario starts. */
  constructor(lab: () => Lab, { description, as = null }: Pick<LabOptions, 'description' | 'as'>) {
    this.#lab = lab;
    this.#builtIn = description === undefined && as === null;
  }

  /**
   * Enables federation in the lab and introduces the fault. The servers of the scenario run until the lab
   * stops.
   *
   * @throws FedctlError usage.invalid-value for an unknown scenario; lab.scenario-played for a second
   * scenario; lab.scenario-unplayable if the lab does not contain a part that the scenario requires
   */
  async play(name: string): Promise<PlayedScenario> {
    // This import loads all scenarios and their dependencies. It is dynamic, because most labs use no scenario.
    const { playScenario, scenarioNamed } = await import('./play.ts');
    const scenario = scenarioNamed(name);
    const lab = this.#lab();
    if (this.#name !== null) throw playedAlready(scenario, this.#name);
    if (!this.#builtIn) {
      throw unplayable(scenario, 'scenarios require a lab that was started without --config and --as');
    }
    if (scenario.srv && lab.dns === null) {
      throw unplayable(scenario, 'it requires a lab that was started with --srv');
    }
    if (this.#over) throw unplayable(scenario, 'the lab is stopping');
    this.#name = name;
    this.#scene = playScenario(lab, scenario);
    let scene: Scene;
    try {
      scene = await this.#scene;
    } catch (error) {
      this.#name = null;
      if (!(error instanceof RangeError)) throw error;
      throw unplayable(scenario, 'the lab no longer contains an object that the scenario must change', error);
    }
    const { title } = scenario;
    const reason = `${name}: ${title}`;
    lab.log.add({ hop: 'control', action: 'scenario', principal: null, decision: 'info', reason });
    return { name, title, env: changes(lab.env, scene.env) };
  }

  /** Stops the servers of the scenario, even if the scenario is still starting. */
  async close(): Promise<void> {
    this.#over = true;
    const scene = await this.#scene?.catch(() => null);
    await scene?.close();
  }
}

/** Returns the changes from `before` to `after`. Null removes a variable. */
function changes(before: LabEnvironment, after: LabEnvironment): ChangedVariables {
  const set = Object.entries(after).filter(([name, value]) => before[name] !== value);
  const gone = Object.keys(before).filter((name) => after[name] === undefined);
  return { ...Object.fromEntries(set), ...Object.fromEntries(gone.map((name) => [name, null])) };
}

function playedAlready({ name }: Scenario, played: string): FedctlError {
  return new FedctlError('lab.scenario-played', {
    message: `The scenario "${name}" cannot be activated: "${played}" is already active.`,
    remedy: `Start another lab with "fedctl sandbox --scenario ${name}".`,
    details: { name, played },
  });
}

function unplayable({ name }: Scenario, why: string, cause?: unknown): FedctlError {
  return new FedctlError('lab.scenario-unplayable', {
    message: `The scenario "${name}" cannot run in this lab: ${why}.`,
    remedy: `Start another lab with "fedctl sandbox --scenario ${name}".`,
    details: { name },
    cause,
  });
}
