import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../architecture/imports.ts';

/** The parts of action.yml that the tests use. */
export interface ActionFile {
  readonly inputs: Readonly<Record<string, { description: string; default?: string; required?: boolean }>>;
  readonly outputs: Readonly<Record<string, { description: string; value: string }>>;
  readonly runs: {
    readonly using: string;
    readonly steps: readonly {
      readonly id: string;
      readonly shell: string;
      readonly env: Readonly<Record<string, string>>;
      readonly run: string;
    }[];
  };
}

export function actionFile(): ActionFile {
  return parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as ActionFile;
}

/** A workflow command that the runner executes. */
export interface Obeyed {
  readonly name: string;
  readonly properties: string;
  readonly data: string;
}

export interface StepResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The workflow commands in order, from stdout and then from stderr. */
  readonly obeyed: readonly Obeyed[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly workspace: string;
}

export interface StepOptions {
  readonly inputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The directory of the action, the value of GITHUB_ACTION_PATH. */
  readonly actionPath: string;
  readonly workspace?: string;
  /** Called with all output so far, so that a test can cancel the step as the runner does. */
  readonly watch?: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Creates a checkout of the action with a replaced tool in the bundle. */
export function actionCheckout(place: (bundle: string) => void): string {
  const directory = mkdtempSync(join(tmpdir(), 'fedctl-action-'));
  symlinkSync(join(ROOT, 'action'), join(directory, 'action'));
  mkdirSync(join(directory, 'bundle', 'bin'), { recursive: true });
  place(join(directory, 'bundle'));
  return directory;
}

/** Runs the step of action.yml as the runner does: its script in its shell, with the inputs filled in. */
export async function runAction({ inputs, env, actionPath, ...given }: StepOptions): Promise<StepResult> {
  const action = actionFile();
  const [step] = action.runs.steps;
  if (step === undefined) throw new Error('action.yml has no step');
  const values = Object.fromEntries(
    Object.entries(action.inputs).map(([name, { default: fallback = '' }]) => [
      name,
      inputs[name] ?? fallback,
    ]),
  );
  const fill = (text: string) =>
    text.replace(/\$\{\{ inputs\.([a-z-]+) \}\}/g, (_, name) => values[name] ?? '');
  const directory = mkdtempSync(join(tmpdir(), 'fedctl-runner-'));
  const workspace = given.workspace ?? join(directory, 'workspace');
  mkdirSync(workspace, { recursive: true });
  mkdirSync(join(directory, 'temp'));
  const [script, output, summary] = ['step.sh', 'output', 'summary.md'].map((name) => join(directory, name));
  writeFileSync(String(script), fill(step.run));
  // The runner creates both files before the step begins.
  for (const file of [output, summary]) writeFileSync(String(file), '');
  const child = spawn('/bin/bash', ['--noprofile', '--norc', '-eo', 'pipefail', String(script)], {
    cwd: workspace,
    env: {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTION_PATH: actionPath,
      GITHUB_WORKSPACE: workspace,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      RUNNER_TEMP: join(directory, 'temp'),
      ...env,
      ...Object.fromEntries(Object.entries(step.env).map(([name, text]) => [name, fill(text)])),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      said[name] += chunk;
      given.watch?.(said.stdout, (signal) => child.kill(signal));
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return {
    code,
    ...said,
    obeyed: [...obeyedCommands(said.stdout), ...obeyedCommands(said.stderr)],
    outputs: readOutputs(readFileSync(String(output), 'utf8')),
    summary: readFileSync(String(summary), 'utf8'),
    workspace,
  };
}

/**
 * Returns the workflow commands that a runner finds in the output of a step: `::name properties::data` at the start of a
 * line, and the older `##[name properties]data` anywhere in a line.
 */
export function obeyedCommands(text: string): Obeyed[] {
  const found: Obeyed[] = [];
  let resume: string | null = null;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, name = '', properties = '', data = ''] =
      /^\s*::([a-z0-9-]+)(?: ([^:]*))?::(.*)$/i.exec(line) ??
      /##\[([a-z0-9-]+)(?: ([^\]]*))?\](.*)$/i.exec(line) ??
      [];
    if (name === '') continue;
    if (resume !== null) {
      if (name === resume) resume = null;
    } else if (name === 'stop-commands') resume = data;
    else found.push({ name, properties, data });
  }
  return found;
}

/** Parses the format `name<<END`, lines, `END`. */
function readOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split('\n');
  for (let at = 0; at < lines.length - 1; at++) {
    const [, name = '', end] = /^([a-z-]+)<<(.+)$/.exec(lines[at] ?? '') ?? [];
    if (end === undefined) throw new Error(`no output: ${lines[at]}`);
    const last = lines.indexOf(end, at + 1);
    if (last === -1) throw new Error(`the output ${name} has no end`);
    outputs[name] = lines.slice(at + 1, last).join('\n');
    at = last;
  }
  return outputs;
}
