import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { optionVariables, VARIABLES } from '../../src/commands/topics/environment.ts';
import { HELP_TOPICS } from '../../src/commands/topics/topics.ts';
import { EXIT_CODES } from '../../src/lib/core/exit-codes.ts';
import { ROOT, type Syntax, sources, walk } from '../architecture/imports.ts';
import { memoryContext } from '../support/memory-context.ts';
import { runMain } from '../support/run-main.ts';

async function run(...argv: readonly string[]) {
  const context = memoryContext();
  return runMain(argv, context);
}

describe('the help of a command', () => {
  test('names the formats of the command at --output', async () => {
    const { stdout } = await run('check', '--help');
    const option = /--output <format>[\s\S]*?(?=\n {2}--json)/.exec(stdout)?.[0].replace(/\s+/g, ' ');
    expect(option).toBe(
      '--output <format> Output format: human, short, json, junit, github, markdown, html; repeatable as <format>=<file> [FEDCTL_OUTPUT]',
    );
    expect((await run('whoami', '--help')).stdout).toContain('Output format, human or json (default: human)');
  });

  test.each(['decode', 'explain', 'init', 'demo'])(
    '%s lists no option that it has no use for',
    async (name) => {
      const { stdout } = await run(name, '--help');
      expect(stdout).not.toMatch(/--profile|--region|--timeout|--no-input/);
      expect(stdout).toContain('--quiet');
    },
  );

  test('has one parenthesis for the choices and the default', async () => {
    const { stdout } = await run('connect', '--help');
    const [, option] = /--mechanism <name> ([\s\S]*?)\n {2}--/.exec(stdout) ?? [];
    expect(option?.replace(/\s+/g, ' ').trim()).toBe(
      'Authentication mechanism; "both" runs oidc and aws in parallel (oidc, aws, both; default: from the URI, or oidc) [FEDCTL_MECHANISM]',
    );
  });
});

describe('help', () => {
  test.each([[['help', 'nonsense']], [['nonsense', '--help']], [['--help', 'nonsense']], [['help', 'tokn']]])(
    '%j is about no command',
    async (argv) => {
      const { code, stdout, stderr } = await run(...argv);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/code: {3}usage\.unknown-command\n$/);
    },
  );

  test('names the command that was meant', async () => {
    expect((await run('help', 'tokn')).stderr).toContain("'tokn'. (Did you mean token?)");
  });

  test('exit-codes prints the table', async () => {
    const { code, stdout, stderr } = await run('help', 'exit-codes');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const row of EXIT_CODES)
      expect(stdout).toContain(`${row.code}  ${row.meaning.replaceAll('`', '')}: `);
  });

  test('version is the version', async () => {
    expect(await run('version')).toEqual({ code: 0, stdout: '0.0.0-test\n', stderr: '' });
  });
});

describe('a help topic', () => {
  test.each(HELP_TOPICS.map(({ name }) => name))('%s is a page', async (name) => {
    const { code, stdout, stderr } = await run('help', name);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').length).toBeGreaterThan(10);
    expect(stdout).not.toMatch(/undefined|`|\\u/);
  });

  test.each([
    ['securty', 'security'],
    ['enviroment', 'environment'],
    ['exitcodes', 'exit-codes'],
  ])('%s is not one, and %s is suggested', async (typed, meant) => {
    const { code, stdout, stderr } = await run('help', typed);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(`error: Unknown command or help topic '${typed}'. (Did you mean ${meant}?)
cause:  fedctl has no command or help topic with this name.
remedy: Read the help of ${meant}.
run:    fedctl help ${meant}
code:   usage.unknown-command
`);
  });

  test('--help names them all', async () => {
    const { stdout } = await run('--help');
    expect(stdout).toContain(`Topics:\n${HELP_TOPICS.map(({ name }) => name).join(', ')}.`);
  });

  test('environment lists every variable that the source reads, and no other', async () => {
    const listed = new Set([
      ...(await optionVariables()).keys(),
      ...VARIABLES.flatMap(({ variables }) => variables.flatMap(([names]) => names.split(', '))),
    ]);
    const read = variablesRead();
    expect([...read].filter((name) => !listed.has(name) && !listed.has(name.toUpperCase()))).toEqual([]);
    const own = VARIABLES.flatMap(({ variables }) => variables.flatMap(([names]) => names.split(', ')));
    const text = sources().map((file) => readFileSync(join(ROOT, file), 'utf8'));
    const launcher = readFileSync(join(ROOT, 'bin/code-cache.js'), 'utf8');
    const all = [...text.filter((_, index) => !sources()[index]?.includes('/topics/')), launcher].join('\n');
    const stem = (name: string) => name.replace(/<NAME>$|(?<=^AWS_ENDPOINT_URL_)(STS|IAM)$/, '');
    expect(own.filter((name) => !all.includes(stem(name)))).toEqual([]);
  });

  test('formats lists the formats of the options', async () => {
    const { stdout } = await run('help', 'formats');
    for (const words of [
      ['check', '--output'],
      ['credentials', '--format'],
      ['token', '--format'],
    ]) {
      const { stdout: offered } = await run('completion', 'zsh', '--', ...words, '');
      const values = offered.split('\n').filter((_, index) => index % 2 === 0 && _ !== '');
      expect(values.length).toBeGreaterThan(2);
      for (const value of values) expect(stdout).toMatch(new RegExp(`^  ${value} +\\S`, 'm'));
    }
  });
});

/** What the source reads of an environment: members of `env`, and constants that have the form of such a name. */
function variablesRead(): ReadonlySet<string> {
  const found = new Set<string>();
  const isEnv = (node: Syntax | undefined) =>
    node?.name === 'env' || (node?.type === 'MemberExpression' && node.property?.name === 'env');
  for (const file of sources().filter((each) => !/^src\/sandbox\/|\/topics\//.test(each))) {
    walk(file, readFileSync(join(ROOT, file), 'utf8'), (node) => {
      const name = node.type === 'MemberExpression' && isEnv(node.object) ? node.property : node;
      const text = name?.type === 'Literal' ? name.value : null;
      if (typeof text !== 'string') return;
      const isMember = name !== node;
      if (isMember || /^(AWS|FEDCTL|MONGODB_ATLAS|GITHUB|NODE|XDG|LC|HTTPS?)_[A-Z0-9_]*[A-Z0-9]$/.test(text))
        found.add(text);
    });
  }
  return found;
}

describe('an option before the command that it belongs to', () => {
  test.each([
    [['--audience', 'x', 'token'], 'fedctl token --audience x'],
    [['--audience', 'token', 'token'], 'fedctl token --audience token'],
    [['--mechanism=aws', 'connect', '--profile', 'app'], 'fedctl connect --mechanism aws --profile app'],
  ])('%j is offered behind it', async (argv, command) => {
    const { code, stderr } = await run(...argv);
    expect(code).toBe(2);
    expect(stderr).toContain(`run:    ${command}\ncode:   usage.unknown-option\n`);
  });

  test('repeats no token', async () => {
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';
    expect((await run('--audience', token, 'token')).stderr).not.toContain(token);
  });
});

test.each([
  ['sts.mnt', 'sts.mint'],
  ['mongo.oidc.lgin', 'mongo.oidc.login'],
  ['isuer', 'issuer'],
])('--only %s: %s was meant', async (typed, meant) => {
  expect((await run('check', '--only', typed)).stderr).toContain(`did you mean "${meant}"?`);
});

test('--list names what --only and --skip leave', async () => {
  const { stdout } = await run('check', '--list', '--only', 'sts', '--skip', 'sts.role');
  const ids = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0]);
  expect(ids.length).toBeGreaterThan(0);
  expect(ids.filter((id) => !id?.startsWith('sts.') || id === 'sts.role')).toEqual([]);
});

describe('sandbox', () => {
  test.each([
    ['stat', 'Did you mean status?', 'fedctl sandbox status'],
    ['sttop', 'Did you mean stop?', 'fedctl sandbox stop --help'],
    ['npm', 'put -- before the program: "fedctl sandbox -- npm".', 'fedctl sandbox --help'],
  ])('runs no program without --: %s', async (word, says, command) => {
    const { code, stdout, stderr } = await run('sandbox', word);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
    expect(stderr).toContain(`run:    ${command}\ncode:   usage.unknown-command\n`);
  });
});
