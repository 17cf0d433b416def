import { startLab } from '../../src/sandbox/lab.ts';
import type { Lab, LabOptions } from '../../src/sandbox/running-lab.ts';
import { enableLab } from '../../src/sandbox/scenarios/play.ts';
import { runInProcess } from './in-process.ts';
import { LAB_OPTIONS } from './lab-options.ts';
import type { MemoryContextOptions } from './memory-context.ts';
import type { Said } from './run-main.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The options that skip the Atlas API. */
export const WITHOUT_ATLAS: Environment = {
  FEDCTL_ATLAS_URL: undefined,
  MONGODB_ATLAS_OPS_MANAGER_URL: undefined,
  MONGODB_ATLAS_CLIENT_ID: undefined,
  MONGODB_ATLAS_CLIENT_SECRET: undefined,
  MONGODB_ATLAS_PUBLIC_API_KEY: undefined,
  MONGODB_ATLAS_PRIVATE_API_KEY: undefined,
  MONGODB_ATLAS_ORG_ID: undefined,
  MONGODB_ATLAS_PROJECT_ID: undefined,
};

/** The options that name the target in the lab. */
export const WITHOUT_TARGET: Environment = {
  FEDCTL_URI: undefined,
  FEDCTL_AUDIENCE: undefined,
  FEDCTL_ISSUER: undefined,
};

export interface Checked {
  readonly id: string;
  readonly status: 'pass' | 'warn' | 'fail' | 'skip';
  readonly code: string | null;
  readonly detail: string | null;
  readonly cause: string | null;
  readonly remedy: string | null;
  readonly notes: readonly string[];
  readonly comparisons: readonly { readonly what: string; readonly matches: boolean }[];
}

export interface CheckDocument {
  readonly ok: boolean;
  readonly targets: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly firstFailure: string | null;
    readonly attempts: number;
    readonly checks: readonly Checked[];
  }[];
}

/** An enabled, healthy lab in this process, and functions that run `fedctl check` in the lab. */
export interface CheckLab extends AsyncDisposable {
  readonly lab: Lab;
  readonly uri: string;
  check(args: readonly string[], env?: Environment, more?: CheckOptions): Promise<Said>;
  /** Runs the check with --json. Returns the exit code, the document, and the checks of the first target by ID. */
  answer(args: readonly string[], env?: Environment, more?: CheckOptions): Promise<CheckAnswer>;
}

export interface CheckOptions extends MemoryContextOptions {
  readonly input?: string;
}

export interface CheckAnswer {
  readonly code: number;
  readonly document: CheckDocument;
  /** Check IDs with their status, such as `mongo.dns pass`. */
  readonly path: readonly string[];
  of(id: string): Checked | undefined;
}

export async function startCheckLab(options: Partial<LabOptions> = {}): Promise<CheckLab> {
  const lab = await startLab({ ...LAB_OPTIONS, ...options });
  enableLab(lab);
  return { ...inLab(lab.env), lab, [Symbol.asyncDispose]: () => lab.close() };
}

/** `fedctl check` with the variables of a lab. */
export function inLab(variables: Environment): Omit<CheckLab, 'lab' | typeof Symbol.asyncDispose> {
  const check: CheckLab['check'] = (args, env = {}, { input, ...more } = {}) =>
    runInProcess(['check', ...args], { ...variables, ...env }, input, more);
  return {
    uri: variables['FEDCTL_URI'] ?? '',
    check,
    async answer(args, env, more) {
      const { code, stdout, stderr } = await check([...args, '--json'], env, more);
      if (stderr !== '') throw new Error(stderr);
      const document = JSON.parse(stdout) as CheckDocument;
      const checks = document.targets[0]?.checks ?? [];
      return {
        code,
        document,
        path: checks.map(({ id, status }) => `${id} ${status}`),
        of: (id) => checks.find((each) => each.id === id),
      };
    },
  };
}
