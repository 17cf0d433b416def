import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { dotenv } from '../../../src/lib/formats/dotenv.ts';
import {
  cmdStatements,
  fishStatements,
  posixStatements,
  powershellStatements,
} from '../../../src/lib/formats/shells.ts';
import type { Variable } from '../../../src/lib/formats/variables.ts';
import { escapeText } from '../../../src/lib/render/escape.ts';

/** Values that have broken somebody's quoting. */
const HOSTILE = [
  '',
  "it's",
  "'",
  "''",
  "\\'",
  'say "hi"',
  '$HOME \u0024{HOME} $(id) `id`',
  'back\\slash\\',
  'line one\nline two\n',
  '\n',
  'carriage\rreturn\ttab',
  '  two spaces  ',
  'wow!! !$ !1',
  '100% %PATH% %%',
  '* ? [a-z] ~ {a,b}',
  '# no comment',
  'a;b&c|d<e>f',
  '=(ls) <(ls)',
  'ünïcödé 日本 😀',
  '‘typographic’ ‚quotes‛',
  '-n',
  '\u001b[31mred',
];

/** Characters of which shells make something, and others. NUL is what no environment can hold. */
const value = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'\'"`$\\\n\r\t !%#&|;<>()[]{}*?~=^-@,'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 20,
});

const named = (values: readonly string[]): Variable[] =>
  values.map((each, index) => ({ name: `FEDCTL_TEST_${index}`, value: each }));

/** Where the shells run: a value that escaped its quotes does its harm here. */
const directory = mkdtempSync(join(tmpdir(), 'fedctl-shells-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** What a child of the shell sees of our variables after the shell ran the script. A missing shell is a failure. */
function seenBelow(command: string, args: readonly string[], script: string): Record<string, string> {
  const print = `JSON.stringify(Object.fromEntries(Object.entries(process.env).filter(([n]) => n.startsWith('FEDCTL_TEST_'))))`;
  const { status, stdout, stderr, error } = spawnSync(command, [...args, process.execPath, '-p', print], {
    encoding: 'utf8',
    cwd: directory,
    env: {
      PATH: process.env.PATH,
      LANG: 'C.UTF-8',
      HOME: directory,
      STATEMENTS: script,
      FEDCTL_TEST_OLD: 'x',
    },
  });
  if (error !== undefined) throw error;
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Record<string, string>;
}

const SHELLS: readonly (readonly [string, readonly string[], (variables: readonly Variable[]) => string])[] =
  [
    ['bash', ['-c', 'eval "$STATEMENTS"; "$@"', 'bash'], posixStatements],
    ['zsh', ['-fc', 'eval "$STATEMENTS"; "$@"', 'zsh'], posixStatements],
    ['zsh', ['-f', '-o', 'rcquotes', '-c', 'eval "$STATEMENTS"; "$@"', 'zsh'], posixStatements],
    ['sh', ['-c', 'eval "$STATEMENTS"; "$@"', 'sh'], posixStatements],
    ['fish', ['--no-config', '-c', 'printf %s $STATEMENTS | source; $argv'], fishStatements],
  ];

describe.each(SHELLS)('%s %j reads every value back', (shell, args, statements) => {
  const readBack = (variables: readonly Variable[]) =>
    seenBelow(shell, args, statements([{ name: 'FEDCTL_TEST_OLD', value: null }, ...variables]));
  const expected = (variables: readonly Variable[]) =>
    Object.fromEntries(variables.map(({ name, value: text }) => [name, text]));

  test('that has broken somebody, and unsets what is to be unset', () => {
    const variables = named(HOSTILE);
    expect(readBack(variables)).toEqual(expected(variables));
  });

  test('of many random ones', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 60, maxLength: 60 }), (values) => {
        const variables = named(values);
        expect(readBack(variables)).toEqual(expected(variables));
      }),
      { numRuns: 4 },
    );
  });
});

describe('a .env file', () => {
  /** What `dotenv` agrees to write of these, and what it refuses. */
  function written(values: readonly string[]): readonly Variable[] {
    return named(values).filter((variable) => {
      try {
        dotenv([variable]);
        return true;
      } catch {
        return false;
      }
    });
  }

  test('is bare wherever it can be, as docker and systemd need it', () => {
    expect(
      dotenv([
        { name: 'AWS_ACCESS_KEY_ID', value: 'ASIAEXAMPLE' },
        { name: 'AWS_SECRET_ACCESS_KEY', value: 'abc/DEF+123==' },
        { name: 'AWS_SESSION_TOKEN', value: null },
        { name: 'AWS_CREDENTIAL_EXPIRATION', value: '2026-11-22T13:00:00Z' },
      ]),
    ).toBe(
      'AWS_ACCESS_KEY_ID=ASIAEXAMPLE\nAWS_SECRET_ACCESS_KEY=abc/DEF+123==\nAWS_CREDENTIAL_EXPIRATION=2026-11-22T13:00:00Z\n',
    );
  });

  test.each([
    ['Node.js', parseEnv],
    [
      'bash',
      (file: string) =>
        seenBelow('bash', ['-c', 'unset FEDCTL_TEST_OLD; set -a; eval "$STATEMENTS"; "$@"', 'bash'], file),
    ],
  ])('is read back by %s', (_who, parse) => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 40, maxLength: 40 }), (values) => {
        const variables = written([...HOSTILE, ...values]);
        expect(parse(dotenv(variables))).toEqual(
          Object.fromEntries(variables.map(({ name, value: text }) => [name, text])),
        );
      }),
      { numRuns: 4 },
    );
  });

  test('refuses what parsers read differently, without the value', () => {
    expect(() => dotenv([{ name: 'AWS_SESSION_TOKEN', value: 'both \' and "' }])).toThrow(
      expect.objectContaining({
        code: 'usage.invalid-value',
        message: 'The value of AWS_SESSION_TOKEN has characters that .env parsers interpret differently.',
      }),
    );
    expect(written(HOSTILE).length).toBeGreaterThan(HOSTILE.length / 2);
  });
});

describe('shells that are not on this machine', () => {
  const oneLine = HOSTILE.filter((each) => escapeText(each) === each);

  test('PowerShell', async () => {
    const variables = [
      ...named([...oneLine, 'line one\nline two']),
      { name: 'AWS_SESSION_TOKEN', value: null },
    ];
    await expect(powershellStatements(variables)).toMatchFileSnapshot('powershell.golden');
  });

  test('cmd', async () => {
    const variables = [...named([...oneLine, 'a"b&c"d&e']), { name: 'AWS_SESSION_TOKEN', value: null }];
    await expect(cmdStatements(variables)).toMatchFileSnapshot('cmd.golden');
  });

  test('cmd holds no line break, and says so without the value', () => {
    expect(() => cmdStatements([{ name: 'AWS_SESSION_TOKEN', value: 'a\nsecret' }])).toThrow(
      expect.objectContaining({
        code: 'usage.invalid-value',
        message: 'The value of AWS_SESSION_TOKEN has a line break, which cmd does not support.',
      }),
    );
  });
});
