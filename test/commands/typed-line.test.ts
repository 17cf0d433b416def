import { describe, expect, test } from 'vitest';
import type { Typed } from '../../src/commands/typed.ts';
import { commandLine, readTypedLine } from '../../src/commands/typed-line.ts';
import {
  fedctl,
  HELP,
  MORE_TIME,
  program,
  rerun,
  type SuggestedCommand,
} from '../../src/lib/core/command-line.ts';
import { COMMANDS } from '../../src/lib/failures/commands.ts';
import { expectPastable } from '../support/suggested-command.ts';

/** What is printed for a command that is offered to whoever typed this. */
async function offered(argv: readonly string[], command: SuggestedCommand, changes: Partial<Typed> = {}) {
  const line = await readTypedLine(argv);
  return commandLine(command, { line, timeout: 30, given: () => false, repeat: {}, common: {}, ...changes });
}

const URI = 'mongodb+srv://db.example.net/?appName=a b';

describe('the same again', () => {
  const WIDER = rerun({ set: { '--audience': 'b' } });

  test.each<[string, readonly string[], SuggestedCommand, string | null]>([
    [
      'keeps everything in its order, and replaces an option in its place',
      ['--profile', 'org', 'check', '--audience=a', '--subject', '*:role/x', '--json'],
      WIDER,
      "fedctl --profile org check --audience b --subject '*:role/x' --json",
    ],
    ['adds at the end what was not typed', ['check', '--quiet'], WIDER, 'fedctl check --quiet --audience b'],
    [
      'keeps arguments',
      ['verify', 't.jwt', '--issuer', 'https://i.example'],
      WIDER,
      'fedctl verify t.jwt --issuer https://i.example --audience b',
    ],
    ['keeps - for standard input', ['verify', '-'], WIDER, 'fedctl verify - --audience b'],
    [
      'replaces an option that was given twice once',
      ['token', '--audience', 'a', '--audience', 'c'],
      WIDER,
      'fedctl token --audience b',
    ],
    [
      'leaves out what is wrong',
      ['connect', '--token-file', 'x', '--uri', 'mongodb://127.0.0.1/'],
      rerun({ set: { '--mechanism': 'aws' }, drop: ['--token-file'] }),
      'fedctl connect --uri mongodb://127.0.0.1/ --mechanism aws',
    ],
    [
      'keeps an option whose value was left out',
      ['connect', '--write-probe', '--quiet'],
      WIDER,
      'fedctl connect --write-probe --quiet --audience b',
    ],
    [
      'keeps what stands behind --',
      ['sandbox', '--scenario', 'x', '--', 'sh', '-c', 'a; b'],
      rerun({ set: { '--scenario': 'y' } }),
      "fedctl sandbox --scenario y -- sh -c 'a; b'",
    ],
    [
      'keeps a value that looks like an option',
      ['check', '--subject=--x'],
      WIDER,
      'fedctl check --subject=--x --audience b',
    ],
    [
      'repeats an option for each of its values',
      ['check'],
      rerun({ set: { '--allow-host': ['a', 'b'] } }),
      'fedctl check --allow-host a --allow-host b',
    ],
    ['adds a switch', ['check'], rerun({ set: { '--negative': true } }), 'fedctl check --negative'],
    [
      'is nothing where the command does not have the option',
      ['enable'],
      rerun({ set: { '--duration': '1m' } }),
      null,
    ],
    [
      'quotes for a shell',
      ['check', '--uri', URI],
      WIDER,
      "fedctl check --uri 'mongodb+srv://db.example.net/?appName=a%20b' --audience b",
    ],
    [
      'is nothing for what no terminal shows as it is',
      ['check'],
      rerun({ set: { '--audience': 'a\u001b[2J' } }),
      null,
    ],
  ])('%s', async (_what, argv, command, expected) => {
    expect(await offered(argv, command)).toBe(expected);
  });

  test.each<[string, readonly string[], string | null]>([
    ['a password', ['check', '--uri', 'mongodb+srv://u:hunter2@db.example.net/'], null],
    [
      'a session token',
      ['check', '--uri', 'mongodb+srv://db.example.net/?authMechanismProperties=AWS_SESSION_TOKEN:hunter2'],
      'fedctl check --uri mongodb+srv://db.example.net/ --audience b',
    ],
    [
      'a password of a proxy, without which it would not do',
      ['check', '--uri', 'mongodb+srv://db.example.net/?proxyHost=p&proxyUsername=me&proxyPassword=hunter2'],
      null,
    ],
    [
      'what may be a password in a text that is no connection string',
      ['check', '--uri', 'mongodb//u:hunter2@db'],
      null,
    ],
    ['credentials in a URL', ['check', '--api', 'https://u:hunter2@api.example/'], null],
    ['a query, which may hold a key', ['check', '--api', 'https://api.example/?key=hunter2'], null],
    ['a token', ['verify', 'eyJhbGciOiJSUzI1NiJ9.hunter2.hunter2'], null],
    ['a token as a value', ['check', '--subject', 'eyJhbGciOiJSUzI1NiJ9.hunter2.hunter2'], null],
  ])('never repeats %s', async (_what, argv, expected) => {
    expect(await offered(argv, WIDER)).toBe(expected);
  });

  test('names the target of a file that it is about', async () => {
    const repeat = { '--config': 'two.yaml', '--target': 'search' } as const;
    const argv = ['check', '--config', 'two.yaml', '--target', 'orders', '--target', 'search'];
    expect(await offered(argv, WIDER, { repeat })).toBe(
      'fedctl check --config two.yaml --target search --audience b',
    );
  });

  test('with more time has a minute, and whoever had that is not told to wait again', async () => {
    expect(await offered(['token', '--timeout', '1s'], MORE_TIME, { timeout: 1 })).toBe(
      'fedctl token --timeout 60s',
    );
    expect(await offered(['token'], MORE_TIME, { timeout: 90 })).toBeNull();
  });
});

describe('what the catalogue of failures offers', () => {
  const rows = Object.entries(COMMANDS).map(([code, command]) => ({ code, command }));

  test.each(rows)('$code: can be pasted, whatever was typed', async ({ command }) => {
    const lines = [
      ['check', '--uri', "mongodb://127.0.0.1/it's", '--audience', 'a b', '--profile', 'org'],
      ['connect', '--token-file', '-', '--region', 'eu-west-1'],
      ['token', '--audience', '$(reboot)', '--timeout', '1s'],
      ['sandbox', '--', 'sh', '-c', 'echo "<x>" && exit'],
      [],
    ];
    for (const argv of lines) {
      const printed = await offered(argv, command);
      if (printed !== null) await expectPastable(printed);
    }
  });
});

describe('another command', () => {
  const ENABLE = fedctl(['enable'], { unless: ['--role-arn'] });

  test.each<[string, readonly string[], SuggestedCommand, string | null]>([
    [
      'keeps the common options',
      ['token', '--audience', 'a', '--profile', 'org', '--region', 'eu-west-1', '--json'],
      ENABLE,
      'fedctl enable --profile org --region eu-west-1 --json',
    ],
    [
      "keeps no format that is check's own",
      ['check', '--output', 'junit=r.xml', '--output', 'json'],
      ENABLE,
      'fedctl enable --output json',
    ],
    [
      'keeps what it is said to keep',
      ['connect', '--uri', 'mongodb://127.0.0.1/', '--profile', 'org'],
      fedctl(['check'], { keep: ['--uri'] }),
      'fedctl check --uri mongodb://127.0.0.1/ --profile org',
    ],
    [
      'is nothing where it would act on another account',
      ['token', '--role-arn', 'arn:aws:iam::1:role/x'],
      ENABLE,
      null,
    ],
    [
      "is not changed where it is another program's",
      ['token', '--profile', 'org'],
      program('aws', 'sso', 'login'),
      'aws sso login',
    ],
    ['may be the help of this one', ['sandbox', 'set', '--slow', 'x'], HELP, 'fedctl sandbox set --help'],
  ])('%s', async (_what, argv, command, expected) => {
    expect(await offered(argv, command)).toBe(expected);
  });

  test('knows of a role in the environment, and of the profile of a target', async () => {
    expect(await offered(['token'], ENABLE, { given: (flag) => flag === '--role-arn' })).toBeNull();
    expect(await offered(['check'], ENABLE, { common: { '--profile': 'org' } })).toBe(
      'fedctl enable --profile org',
    );
  });
});
