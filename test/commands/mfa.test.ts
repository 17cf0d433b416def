import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { URI } from 'otpauth';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { main } from '../../src/commands/main.ts';
import { createAws } from '../../src/lib/aws/aws.ts';
import type { Context } from '../../src/lib/core/context.ts';
import { startLab } from '../../src/sandbox/lab.ts';
import type { Lab } from '../../src/sandbox/running-lab.ts';
import { type FakeTerminal, fakeTerminal, typeWhenShown } from '../support/fake-terminal.ts';
import { fetch } from '../support/fetch.ts';
import { LAB_OPTIONS } from '../support/lab-options.ts';
import { MemoryOutput, memoryContext } from '../support/memory-context.ts';

const ROLE = 'arn:aws:iam::123456789012:role/mfa';
const SERIAL = 'arn:aws:iam::123456789012:mfa/mfa-user';
const QUESTION = `Code of the MFA device ${SERIAL}`;

// Each test spends codes of its own lab's device.
let lab: Lab;
beforeEach(async () => {
  lab = await startLab(LAB_OPTIONS);
  lab.world.setFederation('123456789012', true);
});
afterEach(() => lab.close());

/** The code that a person's authenticator shows, which was set up from the lab's file. */
async function codeShown(): Promise<string> {
  const directory = dirname(lab.env['AWS_CONFIG_FILE'] ?? '');
  const device = URI.parse((await readFile(join(directory, 'mfa-user.otpauth'), 'utf8')).trim());
  return device.generate();
}

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs fedctl in the lab as mfa-user, on a terminal where `keys` are typed at the question, or without one. */
async function run(
  args: readonly string[],
  {
    keys,
    terminal = keys === undefined ? null : fakeTerminal(),
  }: { keys?: string; terminal?: FakeTerminal | null } = {},
): Promise<Run> {
  const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _secret, ...env } = lab.env;
  const stdout = new MemoryOutput();
  const base = memoryContext({
    input: '',
    env: { AWS_PROFILE: 'mfa-user', NO_COLOR: '1', ...env },
    now: () => new Date(),
    fetch,
  });
  const context: Context = {
    ...base,
    ...(terminal ?? {}),
    stdout,
    aws: (settings) => createAws(settings, context),
  };
  if (terminal !== null && keys !== undefined) typeWhenShown(terminal, QUESTION, keys);
  const code = await main(args, context);
  return { code, stdout: stdout.text, stderr: terminal === null ? base.stderr.text : terminal.stderr.text };
}

const environment = (text: string) =>
  Object.fromEntries([...text.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name, value]) => [name, value]));

/** What the terminal wraps is one line again. */
const unwrapped = (text: string) => text.replace(/\n {7,}/g, ' ');

describe('on a terminal', () => {
  test('a profile with mfa_serial asks, hidden, and the role is had', async () => {
    const code = await codeShown();
    const {
      code: exit,
      stdout,
      stderr,
    } = await run(['credentials', '--profile', 'mfa', '--format', 'env'], {
      keys: `${code}\r`,
    });
    expect(exit).toBe(0);
    const holder = lab.world.holderOf(environment(stdout)['AWS_ACCESS_KEY_ID'] ?? '');
    expect(holder).toMatchObject({ principal: { arn: ROLE } });
    expect(stderr).toContain(QUESTION);
    expect(`${stdout}${stderr}`).not.toContain(code);
  });

  test('GetSessionToken takes a code, and the session may call IAM', async () => {
    const { code, stdout } = await run(['credentials', '--mfa-serial', SERIAL, '--format', 'env'], {
      keys: `${await codeShown()}\r`,
    });
    expect(code).toBe(0);
    expect(lab.world.holderOf(environment(stdout)['AWS_ACCESS_KEY_ID'] ?? '')).toMatchObject({ mfa: true });
  });

  test.each([
    ['token', ['token', '--audience', 'x']],
    ['credentials', ['credentials', '--format', 'process']],
  ])('%s --role-arn --mfa-serial asks once', async (_name, args) => {
    const { code, stdout, stderr } = await run([...args, '--role-arn', ROLE, '--mfa-serial', SERIAL], {
      keys: `${await codeShown()}\r`,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^eyJ|^\{"Version":1/);
    const asked = lab.log.entries().filter(({ action }) => action === 'AssumeRole');
    expect(asked.map(({ decision }) => decision)).toEqual(['allowed']);
    expect(stderr).toContain(QUESTION);
  });

  test('a code is not taken twice, and the answer says what to do', async () => {
    const keys = `${await codeShown()}\r`;
    await run(['whoami', '--profile', 'mfa'], { keys });
    const { code, stdout, stderr } = await run(['whoami', '--profile', 'mfa'], { keys });
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    const failure = unwrapped(stderr.slice(stderr.indexOf('error:')));
    expect(failure.replace(/http:[\w/.:]+/, 'STS').replace(/, request id [\w-]+/, '')).toBe(
      `error: STS in eu-central-1 (STS) rejected the MFA code in AssumeRole. AWS response: AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code.
cause:  The code is wrong or was used before, the clock of the device is wrong, or the device belongs to another user. Each code can be used once.
remedy: Wait for the next code from the device, and repeat the command with this code.
code:   sts.mfa-refused
`,
    );
  });

  test('a device that is not the one of the user', async () => {
    const other = `${SERIAL}2`;
    const terminal = fakeTerminal();
    typeWhenShown(terminal, `Code of the MFA device ${other}`, '123456\r');
    const { code, stderr } = await run(['credentials', '--mfa-serial', other], { terminal });
    expect(code).toBe(4);
    expect(unwrapped(stderr)).toContain('rejected the MFA device in GetSessionToken.');
    expect(stderr).toContain('run:    aws iam list-mfa-devices\ncode:   sts.mfa-refused');
  });

  test.each([
    ['Ctrl-D', '\u0004'],
    ['Escape', '\u001b'],
  ])('%s leaves the question, and nothing is called', async (_what, keys) => {
    const { code, stdout, stderr } = await run(['token', '--audience', 'x', '--profile', 'mfa'], { keys });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(unwrapped(stderr.slice(stderr.indexOf('error:')))).toBe(
      `error: The profile "mfa" assumes ${ROLE}, which requires a code from the MFA device ${SERIAL}, but no code was entered.
cause:  The prompt for the code was not answered.
remedy: Repeat the command and enter the six digits that the device shows.
code:   aws.mfa-needed
`,
    );
    expect(lab.log.entries().filter(({ hop }) => hop === 'sts')).toEqual([]);
  });

  test('Ctrl-C ends the run with 130 and says nothing', async () => {
    const { code, stdout, stderr } = await run(['token', '--audience', 'x', '--profile', 'mfa'], {
      keys: '12\u0003',
    });
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).not.toContain('error:');
  });
});

describe('without somebody to ask', () => {
  const needed = (remedy: string, message: string) => ({
    code: 3,
    stdout: '',
    stderr: `error: ${message}
cause:  The role requires an MFA code, but fedctl cannot prompt for the code. There is no terminal, or --no-input or --output json is set.
remedy: Run ${remedy} in a terminal to enter the code. Then run the original command again.
code:   aws.mfa-needed
`,
  });

  test('a profile with mfa_serial', async () => {
    expect(await run(['whoami', '--profile', 'mfa'])).toEqual(
      needed(
        `eval "$(fedctl credentials --profile mfa --format env)"`,
        `The profile "mfa" assumes ${ROLE}, which requires a code from the MFA device ${SERIAL}.`,
      ),
    );
  });

  test('--role-arn with --mfa-serial', async () => {
    expect(await run(['token', '--audience', 'x', '--role-arn', ROLE, '--mfa-serial', SERIAL])).toEqual(
      needed(
        `eval "$(fedctl credentials --role-arn ${ROLE} --mfa-serial ${SERIAL} --format env)"`,
        `The role ${ROLE} requires a code from the MFA device ${SERIAL}.`,
      ),
    );
  });

  test('credentials --mfa-serial', async () => {
    expect(await run(['credentials', '--mfa-serial', SERIAL])).toEqual(
      needed(
        `eval "$(fedctl credentials --mfa-serial ${SERIAL} --format env)"`,
        `The session requires a code from the MFA device ${SERIAL}.`,
      ),
    );
  });

  test.each([['--no-input'], ['--json']])('on a terminal, %s', async (option) => {
    const terminal = fakeTerminal();
    const { code, stdout, stderr } = await run(['whoami', '--profile', 'mfa', option], { terminal });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('aws.mfa-needed');
    expect(stderr).not.toContain(QUESTION);
  });
});

describe('bad input makes no call', () => {
  test.each<[string, string[], string, string]>([
    [
      'a device without a role',
      ['token', '--audience', 'x', '--mfa-serial', SERIAL],
      'usage.invalid-command-line',
      '--mfa-serial requires --role-arn.',
    ],
    [
      'a device that is none',
      ['credentials', '--mfa-serial', 'my phone'],
      'usage.invalid-value',
      'Invalid --mfa-serial: expected the ARN of an MFA device, such as arn:aws:iam::123456789012:mfa/name, or its serial number.',
    ],
    [
      'a device for a role that is none',
      ['token', '--audience', 'x', '--role-arn', ROLE, '--mfa-serial', 'my phone'],
      'usage.invalid-value',
      'Invalid --mfa-serial: expected the ARN of an MFA device, such as arn:aws:iam::123456789012:mfa/name, or its serial number.',
    ],
  ])('%s', async (_what, args, failure, message) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.split('\n')[0]).toBe(`error: ${message}`);
    expect(stderr).toContain(`code:   ${failure}\n`);
    expect(lab.log.entries().filter(({ hop }) => hop === 'sts')).toEqual([]);
  });
});
