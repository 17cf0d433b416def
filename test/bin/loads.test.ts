import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningLab, runLab } from '../support/running-lab.ts';

// What a run loads and sends, which is the same on every machine, in the place of how long it takes, which is not.

const PRELOAD = fileURLToPath(new URL('../support/report-start.cjs', import.meta.url));

interface Start {
  /** Files of the bundle. */
  readonly chunks: readonly string[];
  /** Modules of Node.js. */
  readonly builtins: readonly string[];
  readonly http: number;
  /** Commands to the server. */
  readonly mongo: readonly string[];
}

const directory = mkdtempSync(join(tmpdir(), 'fedctl-loads-'));
const token = join(directory, 'token.jwt');
let lab: RunningLab;

beforeAll(async () => {
  lab = await runLab();
  expect((await lab.run(['enable', '--quiet'])).code).toBe(0);
  writeFileSync(token, (await lab.run(['token'])).stdout);
});

afterAll(async () => {
  await lab.stop();
  rmSync(directory, { recursive: true });
});

async function start(args: readonly string[]): Promise<Start> {
  const report = join(directory, 'report.json');
  const env = { NODE_OPTIONS: `--require ${PRELOAD}`, START_REPORT: report };
  expect(await lab.run(args, { env })).toMatchObject({ code: 0 });
  return JSON.parse(readFileSync(report, 'utf8'));
}

/** The packages that have something in these chunks: the bundler names each module above its code. */
function packagesIn(chunks: readonly string[]): ReadonlySet<string> {
  const modules = chunks.flatMap((chunk) => [
    ...readFileSync(chunk, 'utf8').matchAll(/^\/\/ node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm),
  ]);
  return new Set(modules.map(([, name = '']) => name));
}

/** The modules of the lab in these chunks. */
function labModulesIn(chunks: readonly string[]): readonly string[] {
  return chunks.flatMap((chunk) => readFileSync(chunk, 'utf8').match(/^\/\/ src\/sandbox\/.*/gm) ?? []);
}

const kilobytes = (chunks: readonly string[]) =>
  Math.ceil(chunks.reduce((sum, chunk) => sum + readFileSync(chunk).length, 0) / 1000);

const CONNECT = ['ismaster', 'ismaster', 'saslStart', 'connectionStatus', 'ping', 'endSessions'];

interface Limits {
  /** Files of the bundle, and their kilobytes: at most. */
  readonly files: number;
  readonly kB: number;
  /** Requests over HTTP: exactly. */
  readonly http: number;
  /** Commands to the server: exactly. */
  readonly mongo?: readonly string[];
  /** Packages that serve this command; no other command loads them. */
  readonly uses?: readonly string[];
}

const SDK = '@aws-sdk/client-sts';

const COMMANDS: readonly (readonly [line: string, limits: Limits])[] = [
  ['--help', { files: 0, kB: 0, http: 0 }],
  ['--version', { files: 0, kB: 0, http: 0 }],
  ['decode TOKEN', { files: 15, kB: 240, http: 0 }],
  ['verify TOKEN', { files: 28, kB: 320, http: 2, uses: ['jose'] }],
  ['token', { files: 46, kB: 890, http: 1, uses: [SDK] }],
  ['credentials', { files: 40, kB: 875, http: 2, uses: [SDK] }],
  ['whoami', { files: 40, kB: 915, http: 2, uses: [SDK] }],
  ['status', { files: 43, kB: 925, http: 4, uses: [SDK] }],
  ['connect --mechanism oidc', { files: 61, kB: 1950, http: 1, mongo: CONNECT, uses: [SDK, 'mongodb'] }],
  [
    'connect --mechanism aws',
    {
      files: 61,
      kB: 1950,
      http: 1,
      mongo: CONNECT.flatMap((name) => (name === 'saslStart' ? [name, 'saslContinue'] : [name])),
      uses: [SDK, 'mongodb'],
    },
  ],
  ['check', { files: 83, kB: 2370, http: 14, mongo: CONNECT, uses: [SDK, 'mongodb', 'jose', 'zod'] }],
];

/** What only some command needs, of which no other should know. */
const COSTLY = [
  SDK,
  'mongodb',
  'jose',
  'zod',
  'yaml',
  'mingo',
  '@peculiar/x509',
  'ora',
  'string-width',
  'chalk',
  'socks',
];

/** Of Node.js: global fetch, and what starts programs. */
const COSTLY_BUILTINS = ['internal/deps/undici/undici', 'child_process'];

test.each(COMMANDS)('fedctl %s loads and sends no more than it needs', async (line, limits) => {
  const started = await start(line.split(' ').map((word) => (word === 'TOKEN' ? token : word)));
  const packages = packagesIn(started.chunks);
  expect({
    http: started.http,
    mongo: started.mongo,
    uses: COSTLY.filter((name) => packages.has(name)),
    builtins: COSTLY_BUILTINS.filter((name) => started.builtins.includes(name)),
    lab: labModulesIn(started.chunks),
  }).toEqual({
    http: limits.http,
    mongo: limits.mongo ?? [],
    uses: limits.uses ?? [],
    builtins: [],
    lab: [],
  });
  expect(started.chunks.length).toBeLessThanOrEqual(limits.files);
  expect(kilobytes(started.chunks)).toBeLessThanOrEqual(limits.kB);
});

test('what costs is seen where it is loaded', async () => {
  const { chunks, builtins } = await start(['sandbox', '--', 'true']);
  const packages = packagesIn(chunks);
  expect(COSTLY.filter((name) => packages.has(name))).toEqual(['jose']);
  expect(builtins).toContain('child_process');
  expect(labModulesIn(chunks)).toContain('// src/sandbox/lab.ts');
});
