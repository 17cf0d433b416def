import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SHELLS, type Shell } from '../../src/commands/completion/scripts.ts';
import { BIN } from '../support/run-bin.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';

/** Profile names that a shell would interpret if they were inserted unquoted. */
const HOSTILE = {
  'p1$(touch pwned)': 'a command substitution',
  'p2`touch pwned`': 'backquotes',
  "p3'; touch pwned; '": 'a single quote and a command',
  'p4"; touch pwned; "': 'a double quote and a command',
  'p5 two words': 'a blank',
  'p6 * ? ~': 'patterns',
  'p7\\n\\': 'backslashes',
  'p8:with=signs': 'what readline splits words at',
  'p9 $HOME & |': 'a variable and operators',
  'pä-Grüße': 'letters beyond ASCII',
};

/**
 * Each shell starts without files of the user or the system, and therefore without the package
 * bash-completion.
 */
const STARTS: Readonly<Record<Shell, { readonly command: readonly string[]; readonly setUp: string }>> = {
  bash: {
    command: ['bash', '--noprofile', '--norc', '-i'],
    setUp: 'source <(fedctl completion bash)',
  },
  zsh: {
    command: ['zsh', '-f', '-i'],
    setUp: 'autoload -Uz compinit; compinit -u -D; source <(fedctl completion zsh)',
  },
  fish: { command: ['fish', '--private'], setUp: 'fedctl completion fish | source' },
};

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'fedctl-completion-'));
  // If this directory is missing, fish reads the manual pages of the system in the background.
  for (const name of ['bin', 'work', '.aws', '.config/fish', '.local/share/fish/generated_completions'])
    mkdirSync(join(directory, name), { recursive: true });
  writeFileSync(
    join(directory, 'bin', 'fedctl'),
    // Replaces fedctl: `completion` runs the real binary, and all other commands only record their arguments.
    `#!/bin/sh
[ "$1" = completion ] && exec '${process.execPath}' -- '${BIN}' "$@"
exec '${process.execPath}' -e 'fs.writeFileSync(process.env.RAN, JSON.stringify(process.argv.slice(1))); console.log("r" + "an " + process.argv.length)' -- "$@"
`,
    { mode: 0o700 },
  );
  const sections = Object.keys(HOSTILE).map((name) => `[${name}]\nregion = eu-west-1\n`);
  writeFileSync(join(directory, '.aws', 'credentials'), sections.join(''));
  writeFileSync(join(directory, 'work', 'token file.jwt'), '');
  writeFileSync(join(directory, '.config/fish/config.fish'), 'function fish_greeting; end\n');
});

afterAll(() => rmSync(directory, { recursive: true }));

async function open(shell: Shell): Promise<Terminal> {
  const terminal = await openTerminal(STARTS[shell].command, {
    cwd: join(directory, 'work'),
    env: {
      PATH: `${join(directory, 'bin')}:${process.env['PATH']}`,
      HOME: directory,
      RAN: join(directory, 'ran'),
      LANG: 'C.UTF-8',
    },
  });
  terminal.type(`${STARTS[shell].setUp}; echo rea''dy\r`);
  await terminal.shows('ready');
  return terminal;
}

/** Exits the shell regularly, because it may write its history. */
async function leave(terminal: Terminal): Promise<void> {
  terminal.type('exit\r');
  await terminal.ended;
}

/** Types the keys, which can include Tab, and Return. Returns the arguments that the program received. */
async function ran(terminal: Terminal, keys: string): Promise<unknown> {
  terminal.type(`${keys}\r`);
  await terminal.shows('ran ');
  return JSON.parse(readFileSync(join(directory, 'ran'), 'utf8'));
}

describe.each(SHELLS)('in %s', { timeout: 60_000 }, (shell) => {
  let terminal: Terminal;

  beforeAll(async () => {
    terminal = await open(shell);
  }, 60_000);

  afterAll(() => leave(terminal));

  test.each([
    ['a command', 'fedctl whoa\t', ['whoami']],
    ['a subcommand', 'fedctl sandbox cloc\t', ['sandbox', 'clock']],
    ['a help topic', 'fedctl help exit\t', ['help', 'exit-codes']],
    ['an option', 'fedctl connect --mechani\taws', ['connect', '--mechanism', 'aws']],
    ['a choice', 'fedctl token --signing-algorithm ES\t', ['token', '--signing-algorithm', 'ES384']],
    ['a choice behind =', 'fedctl token --signing-algorithm=ES\t', ['token', '--signing-algorithm=ES384']],
    ['an output format', 'fedctl check --output mark\t', ['check', '--output', 'markdown']],
    ['a check', 'fedctl check --only mongo.oidc.lo\t', ['check', '--only', 'mongo.oidc.login']],
    ['a failure code', 'fedctl explain sts.mint-d\t', ['explain', 'sts.mint-denied']],
    ['a scenario', 'fedctl sandbox --scenario port-c\t', ['sandbox', '--scenario', 'port-closed']],
    ['a line behind --', 'fedctl sandbox -- fedctl whoa\t', ['sandbox', '--', 'fedctl', 'whoami']],
    ['a file', 'fedctl decode tok\t', ['decode', 'token file.jwt']],
    ['a word in quotes', 'fedctl check --only "mongo.oidc.lo\t', ['check', '--only', 'mongo.oidc.login']],
  ])('%s', async (_what, keys, words) => {
    expect(await ran(terminal, keys)).toEqual(words);
  });

  test.each(Object.entries(HOSTILE))('the profile %s: %s', async (name) => {
    expect(await ran(terminal, `fedctl whoami --profile ${name.slice(0, 2)}\t`)).toEqual([
      'whoami',
      '--profile',
      name,
    ]);
    expect(existsSync(join(directory, 'work', 'pwned'))).toBe(false);
  });
});

test('in bash an open quote takes no name that would act within it', { timeout: 60_000 }, async () => {
  const terminal = await open('bash');
  expect(await ran(terminal, 'fedctl whoami --profile "p1\t"')).toEqual(['whoami', '--profile', 'p1']);
  expect(existsSync(join(directory, 'work', 'pwned'))).toBe(false);
  await leave(terminal);
});
