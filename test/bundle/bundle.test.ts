import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../scripts/bundle.js';
import { packagesIn } from '../../scripts/licences.js';
import { ROOT } from '../architecture/imports.ts';
import { type BinOptions, type BinResult, runBin } from '../support/run-bin.ts';

/** What costs a tenth of a second or more to load. */
const HEAVY =
  /node_modules\/(@aws-sdk|@smithy|mongodb|bson|mingo|@peculiar|ora|yaml|zod|otpauth|dns-packet|@clack)\//;

/** A copy, somewhere with no node_modules above it. */
const folder = join(realpathSync(mkdtempSync(join(tmpdir(), 'fedctl-bundle-'))), 'elsewhere');
const home = mkdtempSync(join(tmpdir(), 'fedctl-home-'));
const bin = join(folder, 'bin/fedctl.js');
let metafile: Metafile;

beforeAll(async () => {
  const built = join(mkdtempSync(join(tmpdir(), 'fedctl-built-')), 'bundle');
  metafile = await bundle(built);
  cpSync(built, folder, { recursive: true });
});

const fedctl = (args: readonly string[], options: BinOptions = {}): Promise<BinResult> =>
  runBin(args, { ...options, bin, env: { HOME: home, ...options.env } });

/** A shell inside the bundle's own lab, where `fedctl` is the bundle. */
const inside = (script: string, ...options: readonly string[]) =>
  fedctl(['sandbox', ...options, '--', 'sh', '-euc', script], { cwd: home });

/** The output that the bundle has at this path. */
function output(file: string): Metafile['outputs'][string] {
  const found = Object.entries(metafile.outputs).find(([path]) => path.endsWith(`/${file}`));
  if (found === undefined) throw new Error(`the bundle has no ${file}`);
  return found[1];
}

function heavyOf(file: string): string[] {
  return Object.keys(output(file).inputs).filter((input) => HEAVY.test(input));
}

describe('the bundle', () => {
  test('is the package without node_modules, and knows its version', async () => {
    expect(readdirSync(folder).sort()).toEqual([
      'LICENSE',
      'LICENSES-OF-OTHERS.txt',
      'bin',
      'dist',
      'package.json',
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

  test('carries the licence of every package of which something is in it', () => {
    const text = readFileSync(join(folder, 'LICENSES-OF-OTHERS.txt'), 'utf8');
    const packages = packagesIn(metafile);
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

  test('every script of it can be loaded on its own', async () => {
    const all = join(folder, 'load-all.mjs');
    const files = readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' });
    const scripts = files.filter((file) => file.endsWith('.js'));
    writeFileSync(all, `for (const file of ${JSON.stringify(scripts)}) await import('./dist/' + file);`);
    expect(scripts.length).toBeGreaterThan(50);
    expect(await runBin([], { bin: all })).toEqual({
      code: 0,
      signal: null,
      stdout: '',
      stderr: expect.not.stringContaining('Error'),
    });
  });
});

describe('loading stays lazy', () => {
  test.each([
    ['--help'],
    ['--version'],
    ['token', '--help'],
    ['connect', '--help'],
    ['sandbox', '--help'],
    ['check', '--help'],
  ])('fedctl %s %s', async (...args) => {
    const { code, stderr } = await fedctl(args, {
      env: { NODE_OPTIONS: `--import ${new URL('../support/report-loads.mjs', import.meta.url).href}` },
    });
    expect(code).toBe(0);
    const loaded = [...stderr.matchAll(/^loaded (file:.*\/dist\/.*)$/gm)].map(([, url = '']) =>
      relative(folder, fileURLToPath(url)),
    );
    expect(loaded).toContain('dist/commands/main.js');
    expect(loaded.flatMap(heavyOf)).toEqual([]);
  });

  test('a script that is heavy would be told from one that is not', () => {
    const scripts = Object.keys(metafile.outputs).filter((file) => file.endsWith('.js'));
    const heavy = scripts.filter((file) => heavyOf(file.slice(file.indexOf('/dist/') + 1)).length > 0);
    expect(heavy.length).toBeGreaterThan(20);
    expect(heavy.length).toBeLessThan(scripts.length - 20);
  });
});

describe('the bundle runs', { timeout: 60_000 }, () => {
  test('the demo', async () => {
    const { code, stdout } = await fedctl(['demo']);
    expect(stdout).toMatch(/\nThe demo is over: every step ended as it should, and the lab is gone\.\n$/);
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
      fedctl check --quiet --mechanism both --output json=r.json --output html=r.html --output junit=r.xml | tail -1
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
