import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCheckConfig } from '../../src/lib/config/check-config.ts';
import { parseConnectionString } from '../../src/lib/uri/connection-string.ts';
import { memoryContext } from '../support/memory-context.ts';
import { runMain } from '../support/run-main.ts';
import { schemaFaults } from '../support/schema.ts';

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'fedctl-init-'));
});

afterEach(() => rmSync(cwd, { recursive: true }));

async function init(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const context = memoryContext({ cwd, env });
  return runMain(['init', ...args], context);
}

function written(file = 'fedctl.yaml') {
  return readCheckConfig(readFileSync(join(cwd, file), 'utf8'), { file, directory: cwd, env: {} });
}

const ATLAS = 'mongodb+srv://cluster0.abcde.mongodb.net/';

describe('fedctl init', () => {
  test('writes a file that check takes, and says what to type next', async () => {
    expect(await init()).toEqual({
      code: 0,
      stdout: 'written fedctl.yaml   (main)\nnext    fedctl check\n',
      stderr: '',
    });
    expect(written()).toMatchObject([{ name: 'main', mechanism: 'oidc', uri: null }]);
    expect(readdirSync(cwd)).toEqual(['fedctl.yaml']);
    // Anybody may read it: it holds no secret.
    expect(statSync(join(cwd, 'fedctl.yaml')).mode & 0o444 & ~process.umask()).toBe(0o444 & ~process.umask());
  });

  test('fills in what is known, from flags and the environment', async () => {
    const { code } = await init(['--audience', 'own'], { FEDCTL_URI: ATLAS, FEDCTL_AUDIENCE: 'other' });
    expect(code).toBe(0);
    expect(written()).toMatchObject([
      { uri: parseConnectionString(ATLAS), audience: 'own', mechanism: 'oidc' },
    ]);
  });

  test('takes the mechanism of the connection string', async () => {
    await init(['--uri', `${ATLAS}?authMechanism=MONGODB-AWS`]);
    expect(written()).toMatchObject([{ mechanism: 'aws' }]);
  });

  test('as a document', async () => {
    const { code, stdout, stderr } = await init(['--json', '--out', 'ci.yaml']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const document = JSON.parse(stdout);
    expect(schemaFaults('init', document)).toEqual([]);
    expect(document).toEqual({ schema: 'fedctl.init/v1', file: 'ci.yaml', targets: ['main'], warnings: [] });
  });

  test('writes elsewhere, and says how check is told', async () => {
    const { stdout } = await init(['--out', "it's.yaml"]);
    expect(stdout).toBe("written it's.yaml   (main)\nnext    fedctl check --config 'it'\\''s.yaml'\n");
    expect(written("it's.yaml")).toHaveLength(1);
  });

  test('says that a file which leads to a host of your own has to be named', async () => {
    const { stdout } = await init(['--uri', 'mongodb+srv://db.corp.example/']);
    expect(stdout).toBe('written fedctl.yaml   (main)\nnext    fedctl check --config fedctl.yaml\n');
  });

  test('prints the file for --out -, and writes none', async () => {
    const { code, stdout, stderr } = await init(['--out', '-', '--audience', 'mine']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')[0]).toBe(
      `# yaml-language-server: $schema=${resolve('schemas/fedctl.v1.json')}`,
    );
    expect(readCheckConfig(stdout, { file: '-', directory: cwd, env: {} })).toMatchObject([
      { audience: 'mine' },
    ]);
    expect(readdirSync(cwd)).toEqual([]);
  });
});

test.each([
  ['below the directory', 'node_modules/fedctl', './node_modules/fedctl/schemas/fedctl.v1.json'],
  ['elsewhere', '../fedctl', '../fedctl/schemas/fedctl.v1.json'],
])('names the schema that is installed %s', async (_where, directory, expected) => {
  const context = memoryContext({
    cwd,
    self: [process.execPath, '--', join(cwd, directory, 'bin/fedctl.js')],
  });
  expect((await runMain(['init'], context)).code).toBe(0);
  const [first] = readFileSync(join(cwd, 'fedctl.yaml'), 'utf8').split('\n');
  const path = expected.startsWith('.') && !expected.startsWith('..') ? expected : join(cwd, expected);
  expect(first).toBe(`# yaml-language-server: $schema=${path}`);
});

describe('what is there is left alone', () => {
  test.each(['fedctl.yaml', 'fedctl.yml'])('%s', async (file) => {
    writeFileSync(join(cwd, file), 'mine');
    expect(await init()).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: "${file}" already exists and was not changed.
cause:  The output file already exists, and fedctl does not overwrite an existing file by default.
remedy: Write to another file. To discard the content of the existing file, add --force.
run:    fedctl init --out fedctl-2.yaml
code:   usage.file-exists
`,
    });
    expect(readFileSync(join(cwd, file), 'utf8')).toBe('mine');
  });

  test('unless --force says so, which the environment cannot', async () => {
    writeFileSync(join(cwd, 'fedctl.yaml'), 'mine');
    expect((await init([], { FEDCTL_FORCE: '1' })).code).toBe(2);
    expect((await init(['--force'])).code).toBe(0);
    expect(written()).toHaveLength(1);
  });

  test('a link is never written through', async () => {
    symlinkSync('elsewhere', join(cwd, 'fedctl.yaml'));
    expect((await init()).stderr).toContain('code:   usage.file-exists\n');
    expect((await init(['--force'])).stderr).toContain(
      'it is a symbolic link, but a configuration requires a regular file.',
    );
    expect(readdirSync(cwd)).toEqual(['fedctl.yaml']);
  });
});

describe('what is refused before anything is written', () => {
  test.each([
    [
      ['--uri', 'mongodb://u:hunter2@x.mongodb.net/'],
      'mongo.password-in-uri',
      'The connection string has a password.',
    ],
    [
      ['--uri', 'nonsense'],
      'mongo.uri-invalid',
      'Invalid connection string: expected mongodb:// or mongodb+srv://, followed by a host.',
    ],
    [
      ['--uri', `${ATLAS}?authMechanism=MONGODB-AWS`, '--mechanism', 'oidc'],
      'mongo.mechanism-conflict',
      '--mechanism is oidc, but the connection string has authMechanism=MONGODB-AWS.',
    ],
    [
      ['--mechanism', 'scram'],
      'usage.invalid-value',
      'Invalid --mechanism "scram": expected oidc, aws, both.',
    ],
    [
      ['--uri', `${ATLAS}?proxyHost=127.0.0.1&proxyUsername=u&proxyPassword=hunter2`],
      'config.invalid',
      'fedctl.yaml has an error.',
    ],
    [['--audience', 'AKIAIOSFODNN7EXAMPLE'], 'config.invalid', 'fedctl.yaml has an error.'],
    [
      ['--json', '--out', '-'],
      'usage.invalid-command-line',
      '--output json and --out - are mutually exclusive.',
    ],
    [
      ['--out', 'none/fedctl.yaml'],
      'usage.unwritable-output',
      /^Cannot write ".*": its directory does not exist\.$/,
    ],
  ])('%j', async (args, code, message) => {
    const run = await init(['--json', ...args]);
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 2, stdout: '' });
    const { error } = JSON.parse(run.stderr);
    expect(error).toMatchObject({
      code,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
    expect(run.stderr).not.toMatch(/hunter2|AKIA/);
    expect(readdirSync(cwd)).toEqual([]);
  });
});
