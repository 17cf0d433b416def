import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnyCommand } from '../../src/commands/command.ts';
import { COMMANDS } from '../../src/commands/program.ts';
import { FAILURES } from '../../src/lib/failures/failures.ts';
import type { Lab } from '../../src/sandbox/running-lab.ts';
import build from '../support/build.ts';
import { startCheckLab } from '../support/check-lab.ts';
import { runInProcess } from '../support/in-process.ts';
import { runBin } from '../support/run-bin.ts';
import { pairwise } from './pairs.ts';
import { ROWS, type Row } from './rows.ts';
import {
  CLASSES,
  type Class,
  type Env,
  type Run,
  type Scenario,
  SOURCES,
  type Source,
  type Stage,
} from './scene.ts';
import {
  createWorld,
  MANNERS,
  type Manner,
  PLACES,
  type Place,
  SECRETS,
  type Servers,
  type World,
} from './world.ts';

const PROBE = fileURLToPath(new URL('probe.mjs', import.meta.url));
/** The number of concurrent runs in this process. Most of their time, they wait for a server. */
const LANES = 6;
/** The number of concurrent processes. */
const PROCESSES = 2;

/** A command of the command table, with its full name. */
interface Leaf {
  readonly name: string;
  readonly record: AnyCommand;
  readonly row: Row;
}

/** Whether to print the texts that contain secrets, and the output of runs that failed unexpectedly. */
const SHOW = process.env['CANARY_SHOW'] !== undefined;

/** One run with its factors. */
interface Combination {
  readonly leaf: Leaf;
  readonly format: string;
  readonly class: Class;
  readonly scenario: Scenario;
  readonly manner: Manner;
  readonly place: Place;
  readonly source: Source;
  readonly verbose: boolean;
  readonly github: boolean;
}

/** The results of the runs of a scenario: `success`, or the areas of their codes. */
type Reached = Map<Scenario, Set<string>>;

/** All problems, one line each. */
const problems: string[] = [];

/**
 * Runs every command of the table in every output format with planted secrets, and searches all output for the secrets.
 *
 * @param only limits the run to commands whose names contain this text
 * @returns whether no secret was found, and the table is complete
 */
export async function canaries(say: (line: string) => void, only = ''): Promise<boolean> {
  build();
  await using world = await createWorld();
  await using lab = await startCheckLab();
  for (const name of ['AWS_SECRET_ACCESS_KEY', 'MONGODB_ATLAS_CLIENT_SECRET', 'FEDCTL_SANDBOX_TOKEN']) {
    world.detector.add({ name: `${name} of the lab`, value: lab.lab.env[name] ?? '' });
  }
  const leaves = (await readTable()).filter(({ name }) => name.includes(only));
  const inProcess = (await Promise.all(leaves.map((leaf) => combinationsOf(leaf)))).flat();
  const stages = new Stages(world, lab.lab);
  const reached: Reached = new Map();
  let leaks = 0;
  let count = 0;
  const make = async (combination: Combination, real: boolean) => {
    count += 1;
    const found = await tried(combination, real, stages, reached);
    leaks += found.length;
    for (const line of found) say(line);
  };
  await Promise.all([
    inLanes(
      inProcess.filter(({ leaf }) => leaf.row.processOnly !== true),
      LANES,
      (combination) => make(combination, false),
    ),
    inLanes(realOnes(inProcess), PROCESSES, (combination) => make(combination, true)),
  ]);
  stages.close();
  for (const leaf of leaves) problems.push(...unreached(leaf, reached));
  for (const line of problems) say(line);
  say(`${count} combinations, ${leaks} leaks`);
  return leaks === 0 && problems.length === 0;
}

/** The command table with the row of each command. A command without a row is a problem. */
async function readTable(): Promise<readonly Leaf[]> {
  const rows = COMMANDS.flatMap(({ name, load, subcommands = [] }) => [
    { name, load },
    ...subcommands.map((sub) => ({ name: `${name} ${sub.name}`, load: sub.load })),
  ]);
  const areas = new Set(Object.keys(FAILURES).map((code) => code.split('.')[0] ?? ''));
  for (const area of areas) {
    if (!(CLASSES as readonly string[]).includes(area))
      problems.push(`no row for failures of the area ${area}`);
  }
  const leaves: Leaf[] = [];
  for (const { name, load } of rows) {
    const row = ROWS[name];
    if (row === undefined) {
      problems.push(`fedctl ${name}: no row`);
      continue;
    }
    const record = await load();
    const formats = formatsOf(record);
    for (const format of formats) {
      if (!(format in row.formats)) problems.push(`fedctl ${name}: no row for the output format ${format}`);
    }
    for (const format of Object.keys(row.formats)) {
      if (!formats.includes(format)) problems.push(`fedctl ${name}: has no output format ${format}`);
    }
    leaves.push({ name, record, row });
  }
  return leaves;
}

/** The output formats of a command: the values of --output and of its own --format option. */
function formatsOf({ formats, options }: AnyCommand): readonly string[] {
  const listed =
    /\(([a-z-]+(?:, [a-z-]+)+)(?:; [^)]*)?\)$/.exec(options['format']?.description ?? '')?.[1] ?? '';
  const own = listed.split(', ').filter((format) => format !== '');
  return [...(formats ?? ['human', 'json']), ...own.map((format) => `format ${format}`)];
}

/** Combines each result with each format, and the other factors in pairs. */
async function combinationsOf(leaf: Leaf): Promise<readonly Combination[]> {
  const scenarios = CLASSES.flatMap((each) => {
    const given = leaf.row.classes[each];
    return typeof given === 'string' ? [] : given.map((scenario) => ({ class: each, scenario }));
  });
  const uses = new Map<Scenario, Uses>();
  for (const { scenario } of scenarios) uses.set(scenario, await usesOf(scenario));
  const seen = new Set<string>();
  return pairwise({
    case: scenarios,
    format: Object.keys(leaf.row.formats),
    manner: MANNERS,
    source: SOURCES,
    place: PLACES,
    verbose: [false, true],
    github: [false, true],
  }).flatMap((drawn) => {
    const { case: chosen, format, verbose, github } = drawn;
    if (chosen.scenario.formats?.includes(format) === false) return [];
    const used = uses.get(chosen.scenario) ?? { manner: true, place: true, source: true };
    const manner = used.manner ? drawn.manner : MANNERS[0];
    const place = used.place ? drawn.place : PLACES[0];
    const source = used.source ? drawn.source : SOURCES[0];
    const key = [scenarios.indexOf(chosen), format, manner, place, source, verbose, github].join(' ');
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ leaf, ...chosen, format, manner, place, source, verbose, github }];
  });
}

interface Uses {
  manner: boolean;
  place: boolean;
  source: boolean;
}

/** The factors that affect a scenario, found by staging it once in a world that only records access. */
async function usesOf(scenario: Scenario): Promise<Uses> {
  const uses: Uses = { manner: false, place: false, source: false };
  const servers = new Proxy({} as Servers, {
    get: (_target, name) => async (fault: unknown) => {
      if (fault !== undefined || name === 'proxy') uses.manner = true;
      if (name === 'aws' && fault !== undefined) uses.place = true;
      return name === 'issuer' ? { url: 'http://127.0.0.1:9/', token: '' } : 'http://127.0.0.1:9/';
    },
  });
  await scenario.stage({
    servers,
    get source(): Source {
      uses.source = true;
      return 'environment';
    },
    format: 'human',
    minted: '',
    presented: '',
    file: (name) => name,
    write: (name) => name,
    lab: {},
    ownLab: async () => ({}),
  });
  return uses;
}

/** The combinations that run with the real binary: each format with each class once. */
function realOnes(all: readonly Combination[]): readonly Combination[] {
  const taken = new Set<string>();
  return all.filter(({ leaf, class: way, format, scenario }) => {
    if (way === 'bug') return false;
    const key =
      leaf.row.processOnly === true
        ? `${leaf.name} ${way} ${format} ${scenario.what}`
        : `${leaf.name} ${way} ${format}`;
    if (taken.has(key)) return false;
    taken.add(key);
    return true;
  });
}

async function inLanes<T>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  await Promise.all(
    [...Array(lanes)].map(async () => {
      for (const item of rest) await work(item);
    }),
  );
}

/** The stages of all runs, with their shared parts. */
class Stages {
  readonly #world: World;
  readonly #lab: Lab;
  /** The directory for all files of all runs. */
  readonly directory: string = mkdtempSync(join(tmpdir(), 'fedctl-canary-'));

  constructor(world: World, lab: Lab) {
    this.#world = world;
    this.#lab = lab;
  }

  get detector() {
    return this.#world.detector;
  }

  /**
   * @param written receives the files that the stage writes
   * @param own receives the resources that must be closed after the run
   */
  of(
    { manner, place, source, format }: Combination,
    cwd: string,
    written: Map<string, string>,
    own: AsyncDisposable[],
  ): Stage {
    const { minted, presented, directory } = this.#world;
    return {
      servers: this.#world.servers(manner, place, own),
      source,
      format,
      minted,
      presented,
      file: (name) => join(directory, name),
      write(name, text) {
        const path = join(cwd, name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text, { mode: 0o600 });
        written.set(path, text);
        return path;
      },
      lab: this.#lab.env,
      ownLab: async () => {
        const started = await startCheckLab();
        // The same setup as in `fedctl sandbox`.
        started.lab.controls.stopping.addEventListener('abort', () => started.lab.close());
        own.push(started);
        return started.lab.env;
      },
    };
  }

  close(): void {
    for (const directory of [this.directory, this.#world.directory])
      rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs one combination and returns a line for each leak. */
async function tried(
  combination: Combination,
  real: boolean,
  stages: Stages,
  reached: Reached,
): Promise<readonly string[]> {
  const { class: way, scenario } = combination;
  const cwd = mkdtempSync(join(stages.directory, 'run-'));
  // The GitHub Actions runner creates both files before a step begins.
  for (const name of ['summary.md', 'github-env']) writeFileSync(join(cwd, name), '');
  const own: AsyncDisposable[] = [];
  try {
    const written = new Map<string, string>();
    const stage = stages.of(combination, cwd, written, own);
    const run = await scenario.stage(stage);
    const { code, seen } = await made(combination, run, cwd, real);
    for (const [path, text] of files(cwd)) {
      if (written.get(join(cwd, path)) !== text) seen.set(`file ${path}`, text);
    }
    const ends = reached.get(scenario) ?? new Set();
    reached.set(scenario, ends);
    if (code === 0) ends.add('success');
    for (const [, area = ''] of [...seen.values()].join('\n').matchAll(/(?:"code": ?"|code: +)([a-z]+)\./g)) {
      ends.add(area);
    }
    if (way === 'success') {
      if (code !== 0) {
        problems.push(`${describe(combination, real)}: exit code ${code}`);
        if (SHOW) problems.push(...seen.values());
      }
      problems.push(
        ...takeAnswer(combination, stage, seen).map((fault) => `${describe(combination, real)}: ${fault}`),
      );
    }
    return [...seen].flatMap(([where, text]) =>
      stages.detector.find(text).map((canary) => {
        const line = `leak: ${describe(combination, real)}: ${where} holds ${canary}`;
        return SHOW ? `${line}\n${text}` : line;
      }),
    );
  } finally {
    for (const each of own) await each[Symbol.asyncDispose]();
  }
}

function describe({ leaf, class: way, scenario, format, ...factors }: Combination, real: boolean): string {
  const { manner, place, source, verbose, github } = factors;
  const how = [manner, place, source, ...(verbose ? ['verbose'] : []), ...(github ? ['GitHub'] : [])];
  return `fedctl ${leaf.name}, ${format}, ${way}: ${scenario.what} (${how.join(', ')}; ${real ? 'process' : 'in process'})`;
}

/** Runs fedctl and collects its output. */
async function made(
  { leaf, format, verbose, github }: Combination,
  run: Run,
  cwd: string,
  real: boolean,
): Promise<{ readonly code: number | null; readonly seen: Map<string, string> }> {
  const args = [
    ...leaf.name.split(' '),
    ...formatArguments(format, leaf, run),
    ...(verbose ? ['--verbose'] : []),
    ...(run.args ?? []),
  ];
  const env: Env = {
    HTTPS_PROXY: `http://app:${SECRETS.proxyPassword}@127.0.0.1:9`,
    HTTP_PROXY: `http://app:${SECRETS.proxyPassword}@127.0.0.1:9`,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...(github ? { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(cwd, 'summary.md') } : {}),
    GITHUB_ENV: join(cwd, 'github-env'),
    ...run.env,
  };
  if (!real) {
    const said = await runInProcess(args, env, run.input ?? '', { cwd, ...run.context });
    return {
      code: said.code,
      seen: new Map([
        ['stdout', said.stdout],
        ['stderr', said.stderr],
      ]),
    };
  }
  const probe = mkdtempSync(join(cwd, '..', 'probe-'));
  {
    const said = await runBin(args, {
      env: { ...env, NODE_OPTIONS: `--import=${PROBE}`, CANARY_PROBE: probe },
      cwd,
      input: run.input ?? '',
    });
    const seen = new Map([['stdout', said.stdout], ['stderr', said.stderr], ...processes(probe, args)]);
    return { code: said.code, seen };
  }
}

/** The options that make `check` write its other output formats to files as well. */
function formatArguments(format: string, { record }: Leaf, { args = [] }: Run): readonly string[] {
  const [, own] = /^format (.*)/.exec(format) ?? [];
  if (own !== undefined) return ['--format', own];
  const others = args.includes('--list') ? [] : (record.formats ?? []).filter((other) => other !== format);
  return ['--output', format, ...others.flatMap((other) => ['--output', `${other}=report.${other}`])];
}

interface Probed {
  readonly title: string;
  readonly commandLine: readonly string[];
  readonly children: readonly (readonly string[])[];
}

/** The process data that other users can see, without the typed arguments, which fedctl cannot hide. */
function processes(directory: string, typed: readonly string[]): readonly (readonly [string, string])[] {
  return readdirSync(directory).flatMap((name) => {
    // The probe wrote these files.
    const { title, commandLine, children } = JSON.parse(
      readFileSync(join(directory, name), 'utf8'),
    ) as Probed;
    const own = commandLine.filter((word) => !typed.includes(word));
    return [
      ['process title', typed.some((word) => title.includes(word)) ? '' : title] as const,
      ['command line', own.join('\n')] as const,
      ...children.map(
        (words) =>
          ['arguments of a child', words.filter((word) => !typed.includes(word)).join('\n')] as const,
      ),
    ];
  });
}

/** The files of a directory and its subdirectories, with their content. */
function files(directory: string, under = ''): readonly (readonly [string, string])[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    if (statSync(path).isDirectory()) return files(path, `${under}${name}/`);
    return [[`${under}${name}`, readFileSync(path, 'utf8')] as const];
  });
}

/** Removes one occurrence of each requested secret from the findings, and returns the requested secrets not found. */
function takeAnswer(
  { leaf, format, scenario, github }: Combination,
  stage: Stage,
  seen: Map<string, string>,
): readonly string[] {
  const masks = /^::add-mask::.*$/gm;
  const isEnv = format === 'format github-env';
  for (const name of ['stdout', 'stderr']) {
    if (github || isEnv) seen.set(name, (seen.get(name) ?? '').replace(masks, ''));
  }
  const file = isEnv ? 'github-env' : scenario.answerIn;
  const where = file === undefined ? 'stdout' : `file ${file}`;
  return (leaf.row.formats[format]?.(stage) ?? []).flatMap((secret) => {
    const text = seen.get(where) ?? '';
    seen.set(where, text.replace(secret, ''));
    return text.includes(secret) ? [] : [`${where} lacks the secret that was asked for`];
  });
}

/** The classes for which no scenario had the expected result, so that their runs prove nothing. */
function unreached({ name, row }: Leaf, reached: Reached): readonly string[] {
  return CLASSES.flatMap((way) => {
    const scenarios = row.classes[way];
    if (typeof scenarios === 'string') return [];
    const ends = new Set(scenarios.flatMap((scenario) => [...(reached.get(scenario) ?? [])]));
    return ends.has(way)
      ? []
      : [`fedctl ${name}: no run ended with ${way}, but with ${[...ends].join(', ')}`];
  });
}
