import { describe, expect, test } from 'vitest';
import { main } from '../../src/commands/main.ts';
import { COMMANDS } from '../../src/commands/program.ts';
import { CATALOGUE } from '../../src/lib/check/catalogue.ts';
import { CODES } from '../../src/lib/failures/pages.ts';
import { SCENARIOS } from '../../src/sandbox/scenarios/scenarios.ts';
import { awsHome } from '../support/aws-home.ts';
import { type MemoryContextOptions, memoryContext } from '../support/memory-context.ts';
import { schemaFaults } from '../support/schema.ts';

async function run(args: readonly string[], options: MemoryContextOptions = {}) {
  const context = memoryContext(options);
  const code = await main(args, context);
  return { code, stdout: context.stdout.text, stderr: context.stderr.text };
}

/** The values that are offered for the last of these words. */
async function offered(words: readonly string[], options: MemoryContextOptions = {}) {
  const { code, stdout, stderr } = await run(['completion', 'zsh', '--json', '--', ...words], options);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const document = JSON.parse(stdout);
  expect(schemaFaults('completion', document)).toEqual([]);
  return document.candidates.map(({ value }: { value: string }) => value);
}

const NAMES = COMMANDS.map(({ name }) => name);

describe('what is offered', () => {
  test('commands, and behind help the topics too', async () => {
    expect(await offered([''])).toEqual([...NAMES, 'help']);
    expect(await offered(['--profile', 'x', 'to'])).toEqual([...NAMES, 'help']);
    expect((await offered(['help', ''])).slice(0, NAMES.length + 1)).toEqual([...NAMES, 'exit-codes']);
    expect(await offered(['sandbox', ''])).toEqual(['status', 'set', 'scenario', 'clock', 'log', 'stop']);
    expect(await offered(['nonsense', ''])).toEqual([]);
  });

  test('the options of the command that are left, and no others', async () => {
    const options = await offered(['token', '--audience', 'x', '--region', 'eu-west-1', '--']);
    expect(options).toEqual(expect.arrayContaining(['--audience', '--duration', '--profile', '--help']));
    expect(options).not.toContain('--region');
    expect(await offered(['decode', '--'])).not.toContain('--profile');
    expect(await offered(['whoami', ''])).toContain('--role-arn');
  });

  test('every option of the help of a command', async () => {
    for (const name of NAMES) {
      const { stdout } = await run([name, '--help']);
      const listed = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag);
      expect((await offered([name, '--'])).sort(), name).toEqual(listed.sort());
    }
  });

  test('the choices of an option, behind a blank and behind =', async () => {
    expect(await offered(['connect', '--mechanism', ''])).toEqual(['oidc', 'aws', 'both']);
    expect(await offered(['connect', '--mechanism=a'])).toEqual([
      '--mechanism=oidc',
      '--mechanism=aws',
      '--mechanism=both',
    ]);
    expect(await offered(['status', '--output', ''])).toEqual(['human', 'json']);
    expect(await offered(['check', '--output', ''])).toContain('junit');
  });

  test('checks, codes and scenarios, each of them', async () => {
    const ids = CATALOGUE.map(({ id }) => id);
    expect(await offered(['check', '--skip', ''])).toEqual(
      expect.arrayContaining([...ids, 'mongo', 'atlas']),
    );
    expect(await offered(['explain', ''])).toEqual([...CODES]);
    const scenarios = SCENARIOS.map(({ name }) => name);
    expect(await offered(['sandbox', '--scenario', ''])).toEqual(scenarios);
    expect(await offered(['sandbox', 'scenario', ''])).toEqual(scenarios);
  });

  test('nothing where any text is valid', async () => {
    expect(await offered(['connect', '--uri', ''])).toEqual([]);
    expect(await offered(['explain', 'sts.mint-denied', ''])).toEqual([]);
    expect(await offered(['exec', '--', 'mongosh', ''])).toEqual([]);
  });

  test('behind --, what fedctl itself would offer', async () => {
    expect(await offered(['sandbox', '--', '/usr/bin/fedctl', 'help', 'exit'])).toContain('exit-codes');
    expect(await offered(['sandbox', '--', 'fed'])).toEqual([]);
  });
});

describe('profiles', () => {
  test('of both files, but for names that no terminal shows', async () => {
    await using home = await awsHome(
      '[default]\n[profile two words]\n[profile "three more words"]\n',
      '[etl]\n[x\u202ey]\n',
    );
    expect(await offered(['whoami', '--profile', ''], { home: home.path })).toEqual([
      'default',
      'etl',
      'three more words',
    ]);
  });

  test('none where the files cannot be read', async () => {
    const env = { AWS_CONFIG_FILE: '/dev/full', AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials' };
    expect(await offered(['whoami', '--profile', ''], { env })).toEqual([]);
  });
});

test('the lines are values, each with its description below', async () => {
  const { stdout } = await run(['completion', 'bash', '--output', 'human', '--', 'sandbox', 's'], {
    env: { FEDCTL_OUTPUT: 'json' },
  });
  expect(stdout.split('\n').slice(0, 3)).toEqual(['status', expect.stringMatching(/^\S.* \S/), 'set']);
});

test.each(['bash', 'zsh', 'fish'])('the script for %s is its answer', async (shell) => {
  const { code, stdout, stderr } = await run(['completion', shell]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(`command fedctl completion ${shell} --output human -- `);
  const { stdout: json } = await run(['completion', shell, '--json']);
  const document = JSON.parse(json);
  expect(schemaFaults('completion', document)).toEqual([]);
  expect(document).toEqual({
    schema: 'fedctl.completion/v1',
    shell,
    script: stdout,
    candidates: null,
    warnings: [],
  });
});

test.each([
  ['powershell', 'Unknown shell "powershell": expected bash, zsh, fish.'],
  ['mongodb://app:secret@h/', 'Unknown shell: expected bash, zsh, fish.'],
])('no script for %s', async (typed, message) => {
  const { code, stdout, stderr } = await run(['completion', typed, '--json']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(JSON.parse(stderr).error).toMatchObject({ code: 'usage.invalid-value', message });
});
