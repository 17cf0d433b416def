import { describe, expect, test } from 'vitest';
import { main } from '../../src/commands/main.ts';
import { Interruption } from '../../src/lib/core/deadline.ts';
import { memoryContext } from '../support/memory-context.ts';
import { runMain } from '../support/run-main.ts';
import { schemaFaults } from '../support/schema.ts';

const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';

async function run(argv: readonly string[], env: Record<string, string> = {}) {
  const context = memoryContext({ env });
  return runMain(argv, context);
}

describe('the command line', () => {
  test.each([[[]], [['help']], [['--help']], [['-h']]])('%j prints help on stdout', async (argv) => {
    const { code, stdout, stderr } = await run(argv);
    expect({ code, stderr, first: stdout.split('\n')[0] }).toEqual({
      code: 0,
      stderr: '',
      first: 'fedctl: passwordless login from AWS to MongoDB Atlas and any OIDC relying party.',
    });
  });

  test.each([[['help', 'whoami']], [['whoami', '--help']], [['--help', 'whoami']]])(
    '%j prints the help of the command, examples first',
    async (argv) => {
      const { code, stdout, stderr } = await run(argv);
      expect(code).toBe(0);
      expect(stderr).toBe('');
      expect(stdout).toMatch(/^Examples:\n {2}\$ fedctl whoami/);
      expect(stdout).toContain('Usage: fedctl whoami [options]');
      expect(stdout).toContain('--profile <name>');
    },
  );

  test('--version prints the version and nothing else', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, stdout: '0.0.0-test\n', stderr: '' });
  });

  test('an unknown command names the nearest', async () => {
    expect(await run(['tokn'])).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: Unknown command 'tokn' (Did you mean token?)
cause:  fedctl has no command or help topic with this name.
remedy: Read the help of fedctl token.
run:    fedctl token --help
code:   usage.unknown-command
`,
    });
  });

  test('an unknown option names the command whose help tells', async () => {
    expect(await run(['whoami', '--profil', 'x'])).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: Unknown option '--profil' (Did you mean --profile?)
cause:  The command does not have this option.
remedy: Read the help of the command.
run:    fedctl whoami --help
code:   usage.unknown-option
`,
    });
  });

  test('an option without its value, and an argument too many, are told', async () => {
    expect(
      (await run(['whoami', '--profile'])).stderr,
    ).toBe(`error: Option '--profile <name>' argument missing.
cause:  An argument or option value is missing, or the command line has an extra argument.
remedy: Read the help of the command.
run:    fedctl whoami --help
code:   usage.invalid-command-line
`);
    expect(
      (await run(['whoami', 'me'])).stderr,
    ).toBe(`error: Too many arguments for 'whoami'. Expected 0 arguments but got 1.
cause:  An argument or option value is missing, or the command line has an extra argument.
remedy: Read the help of the command.
run:    fedctl whoami --help
code:   usage.invalid-command-line
`);
  });

  test.each([
    [[TOKEN]],
    [['whoami', TOKEN]],
    [['whoami', `--${TOKEN}`]],
    [['whoami', '--output', TOKEN]],
    [['token', '--audience', `x${TOKEN}`]],
  ])('a token given as an argument is never repeated (%#)', async (argv) => {
    const { code, stdout, stderr } = await run(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toContain('eyJ');
  });

  test.each(['soon', '5x', '-1', ''])('--timeout cannot be "%s"', async (value) => {
    const { code, stderr } = await run(['whoami', `--timeout=${value}`]);
    expect(code).toBe(2);
    expect(stderr).toBe(`error: Invalid --timeout "${value}": expected a duration such as 90s, 5m or 1h.
cause:  The option does not accept this value.
remedy: Read the help of the command.
run:    fedctl whoami --help
code:   usage.invalid-value
`);
  });

  test('a boolean in the environment is 1, true, 0 or false', async () => {
    const { code, stderr } = await run(['whoami'], { FEDCTL_QUIET: 'yes' });
    expect(code).toBe(2);
    expect(stderr).toBe(`error: Invalid FEDCTL_QUIET "yes": expected 1, true, 0 or false.
cause:  The option does not accept this value.
remedy: Read the help of the command.
run:    fedctl whoami --help
code:   usage.invalid-value
`);
  });
});

describe('failures under json', () => {
  test.each([
    [['tokn', '--json'], {}],
    [['--output', 'json', 'tokn'], {}],
    [['--output=json', 'tokn'], {}],
    [['tokn'], { FEDCTL_OUTPUT: 'json' }],
    [['tokn'], { FEDCTL_JSON: '1' }],
  ])('%j %j: one document on stderr, nothing on stdout', async (argv, env) => {
    const { code, stdout, stderr } = await run(argv, env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const document: unknown = JSON.parse(stderr);
    expect(schemaFaults('error', document)).toEqual([]);
    expect(document).toMatchObject({
      schema: 'fedctl.error/v1',
      error: {
        code: 'usage.unknown-command',
        message: "Unknown command 'tokn' (Did you mean token?)",
        remedy: 'Read the help of fedctl token.',
        command: 'fedctl token --help',
        docs: 'fedctl explain usage.unknown-command',
        requestId: null,
        exitCode: 2,
      },
    });
  });

  test('a flag beats the environment', async () => {
    const { stderr } = await run(['tokn', '--output', 'human'], { FEDCTL_OUTPUT: 'json' });
    expect(stderr).toMatch(/^error: /);
  });

  test('--json behind -- belongs to the child', async () => {
    const { stderr } = await run(['tokn', '--', '--json']);
    expect(stderr).toMatch(/^error: /);
  });
});

describe('the end of a run', () => {
  test('something unforeseen is a bug, told without a stack', async () => {
    const context = memoryContext({
      env: { AWS_REGION: 'eu-west-1' },
      aws: () => {
        throw new TypeError('x is not a function');
      },
    });
    expect(await main(['whoami'], context)).toBe(1);
    expect(context.stdout.text).toBe('');
    expect(context.stderr.text).toBe(`error: Unexpected error in fedctl: TypeError: x is not a function
cause:  This error is a bug in fedctl.
remedy: Repeat the command with --verbose. Remove secrets from the output, and report the error with the output.
code:   bug.unexpected
`);
  });

  test.each([
    ['interrupted', 130],
    ['terminated', 143],
    ['hung-up', 129],
  ] as const)('an %s run ends with %i and says nothing', async (kind, code) => {
    const stop = new AbortController();
    const context = memoryContext({
      signal: stop.signal,
      aws: () => {
        stop.abort(new Interruption(kind));
        throw new Error('whatever broke because of it');
      },
    });
    expect(await main(['whoami'], context)).toBe(code);
    expect({ stdout: context.stdout.text, stderr: context.stderr.text }).toEqual({ stdout: '', stderr: '' });
  });

  test('color follows the stream, NO_COLOR, FORCE_COLOR, TERM and --no-color', async () => {
    const colored = async (terminal: boolean, env: Record<string, string>, ...more: string[]) => {
      const context = memoryContext({ terminal, env });
      await main(['tokn', ...more], context);
      return context.stderr.text.includes('\u001b[');
    };
    expect(await colored(true, {})).toBe(true);
    expect(await colored(false, {})).toBe(false);
    expect(await colored(true, { NO_COLOR: '1' })).toBe(false);
    expect(await colored(true, { TERM: 'dumb' })).toBe(false);
    expect(await colored(true, {}, '--no-color')).toBe(false);
    expect(await colored(false, { FORCE_COLOR: '1' })).toBe(true);
    expect(await colored(true, { FORCE_COLOR: '0' })).toBe(false);
  });
});
