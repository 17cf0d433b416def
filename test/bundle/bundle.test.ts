import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OutputChunk } from 'rolldown';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../scripts/bundle.js';
import { packagesIn } from '../../scripts/licenses.js';
import { ROOT } from '../architecture/imports.ts';
import { type BinOptions, type BinResult, runBin } from '../support/run-bin.ts';

/** What costs a tenth of a second or more to load. */
const HEAVY =
  /node_modules\/(@aws-sdk|@smithy|mongodb|bson|@peculiar|ora|yaml|zod|otpauth|dns-packet|@clack)\//;

/** A copy, somewhere with no node_modules above it. */
const directory = join(realpathSync(mkdtempSync(join(tmpdir(), 'fedctl-bundle-'))), 'elsewhere');
const home = mkdtempSync(join(tmpdir(), 'fedctl-home-'));
const bin = join(directory, 'bin/fedctl.js');
let chunks: readonly OutputChunk[];

beforeAll(async () => {
  const built = join(mkdtempSync(join(tmpdir(), 'fedctl-built-')), 'bundle');
  chunks = await bundle(built);
  cpSync(built, directory, { recursive: true });
});

const fedctl = (args: readonly string[], options: BinOptions = {}): Promise<BinResult> =>
  runBin(args, { ...options, bin, env: { HOME: home, ...options.env } });

/** A shell inside the bundle's own lab, where `fedctl` is the bundle. */
const inside = (script: string, ...options: readonly string[]) =>
  fedctl(['sandbox', ...options, '--', 'sh', '-euc', script], { cwd: home });

/** What costs a tenth of a second or more to load, and is in this chunk. */
function heavyOf(name: string): string[] {
  const chunk = chunks.find(({ fileName }) => fileName === name);
  if (chunk === undefined) throw new Error(`the bundle has no ${name}`);
  return Object.keys(chunk.modules).filter((module) => HEAVY.test(module));
}

describe('the bundle', () => {
  test('is the package without node_modules, and knows its version', async () => {
    expect(readdirSync(directory).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'LICENSES-OF-OTHERS.txt',
      'README.md',
      'bin',
      'dist',
      'package.json',
      'schemas',
    ]);
    expect(readFileSync(bin)).toEqual(readFileSync(join(ROOT, 'bin/fedctl.js')));
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await fedctl(['--version'])).toEqual({
      code: 0,
      signal: null,
      stdout: `${version}\n`,
      stderr: '',
    });
  });

  test('carries the license of every package of which something is in it', () => {
    const text = readFileSync(join(directory, 'LICENSES-OF-OTHERS.txt'), 'utf8');
    const packages = packagesIn(ROOT, chunks);
    expect(packages).toEqual(expect.arrayContaining(['node_modules/commander', 'node_modules/mongodb']));
    for (const each of packages) {
      const { name, version } = JSON.parse(readFileSync(join(ROOT, each, 'package.json'), 'utf8')) as {
        name: string;
        version: string;
      };
      expect(text).toContain(`${name} ${version} (`);
    }
    expect(text).toContain('Copyright (c) 2011 TJ Holowaychuk');
  });

  test('every chunk of it can be loaded on its own', async () => {
    const all = join(directory, 'load-all.cjs');
    const files = chunks.map(({ fileName }) => fileName);
    writeFileSync(all, `for (const file of ${JSON.stringify(files)}) require('./dist/cli/' + file);`);
    expect(files.length).toBeGreaterThan(50);
    expect(await runBin([], { bin: all })).toEqual({
      code: 0,
      signal: null,
      stdout: '',
      stderr: expect.not.stringContaining('Error'),
    });
  });

  test('needs nothing but Node.js: it requires its own chunks, built-in modules, and what is tried', () => {
    const foreign = chunks
      .flatMap(({ code }) => [...code.matchAll(/\brequire\("([^"./][^"]*)"\)/g)].map(([, id = '']) => id))
      .filter((id) => !isBuiltin(id));
    expect([...new Set(foreign)].toSorted()).toEqual([
      '@mongodb-js/zstd',
      'gcp-metadata',
      'kerberos',
      'mongodb-client-encryption',
      'snappy',
    ]);
  });

  test('is small enough', () => {
    const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    const bytes = files
      .filter((file) => !file.startsWith('dist/types'))
      .reduce((sum, file) => sum + statSync(join(directory, file)).size, 0);
    expect(bytes).toBeLessThan(9e6);
  });
});

/** The chunks that a run loads. */
async function loaded(args: readonly string[]): Promise<readonly string[]> {
  const { code, stderr } = await fedctl(args, {
    env: { NODE_OPTIONS: `--require ${new URL('../support/report-reads.cjs', import.meta.url).pathname}` },
  });
  expect(code).toBe(0);
  return [...stderr.matchAll(/^read .*\/dist\/cli\/(.*\.cjs)$/gm)].map(([, name = '']) => name);
}

describe('loading stays lazy', () => {
  test.each([['--help'], ['--version']])('%s loads no chunk at all', async (option) => {
    expect(await loaded([option])).toEqual([]);
  });

  test.each([
    ['token', '--help'],
    ['connect', '--help'],
    ['sandbox', '--help'],
    ['check', '--help'],
  ])('fedctl %s %s', async (...args) => {
    const names = await loaded(args);
    expect(names).toContain('main.cjs');
    expect(names.flatMap(heavyOf)).toEqual([]);
  });

  test('a chunk that is heavy would be told from one that is not', () => {
    const heavy = chunks.filter(({ fileName }) => heavyOf(fileName).length > 0);
    expect(heavy.length).toBeGreaterThan(20);
    expect(heavy.length).toBeLessThan(chunks.length - 20);
  });
});

describe('the bundle runs', { timeout: 60_000 }, () => {
  test('the demo', async () => {
    const { code, stdout } = await fedctl(['demo']);
    expect(stdout).toMatch(
      /\nThe demo is complete: every step had the expected result, and the lab is stopped\.\n$/,
    );
    expect(code).toBe(0);
  });

  test('the whole job in its lab', async () => {
    const { code, stdout, stderr } = await inside(`
      fedctl enable --quiet >/dev/null
      fedctl status --json | grep -o '"state":"[a-z]*"'
      fedctl token | fedctl decode --json --quiet | grep -o '"fedctl.decode/v1"'
      fedctl token | fedctl verify - --audience fedctl-lab | head -1
      fedctl credentials --json | grep -o '"fedctl.credentials/v1"'
      fedctl connect --mechanism both --write-probe --json | grep -o '"ok":true,"mechanisms"'
      fedctl whoami --profile app --json | grep -o 'assumed-role/app'
      fedctl check --quiet --mechanism both --output json=r.json --output html=r.html --output junit=r.xml | tail -2
      fedctl explain mongo.oidc-refused | head -1
      fedctl disable --yes --quiet >/dev/null
      fedctl status --json | grep -o '"state":"[a-z]*"'`);
    expect(stdout.split('\n').filter((line, at, all) => line !== all[at - 1])).toEqual([
      expect.stringContaining('enabled'),
      '"fedctl.decode/v1"',
      'valid',
      '"fedctl.credentials/v1"',
      '"ok":true,"mechanisms"',
      'assumed-role/app',
      expect.stringMatching(/^✓ .* passed/),
      expect.stringMatching(/^ {2}principal arn:aws:iam::123456789012:user\/operator, /),
      expect.stringContaining('mongo.oidc-refused'),
      expect.stringContaining('disabled'),
      '',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test.each([
    ['under TLS and behind SRV records', 'fedctl connect --mechanism aws', ['--srv']],
    ['with a token of a cluster', 'fedctl whoami', ['--as', 'eks']],
    ['with the metadata of an instance', 'fedctl connect --mechanism oidc', ['--as', 'ec2']],
    ['what a lab can be told', 'fedctl sandbox set --rotate-keys && fedctl sandbox status', []],
    ['a scenario', '! fedctl connect && fedctl sandbox log', ['--scenario', 'database-user-missing']],
  ])('%s', async (_title, script, options) => {
    expect((await inside(script, ...options)).code).toBe(0);
  });

  test('a lab of its own description', async () => {
    const config = join(home, 'sandbox.yaml');
    writeFileSync(
      config,
      "accounts:\n  - id: '210987654321'\n    federation: enabled\n    users:\n      - name: ci\n",
    );
    const { code, stdout } = await inside('fedctl whoami', '--config', config);
    expect(stdout).toContain('210987654321');
    expect(code).toBe(0);
  });
});
