import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { shellWord } from '../../src/lib/core/command-line.ts';
import type { ResolvedCredentials } from '../../src/lib/core/credentials.ts';
import { fakeAws, sessionKeys } from '../support/fake-aws.ts';
import { type MemoryContextOptions, memoryContext } from '../support/memory-context.ts';
import { runMain, saidIn } from '../support/run-main.ts';
import { schemaFaults } from '../support/schema.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const ROLE = 'arn:aws:iam::123456789012:role/app';

interface World extends MemoryContextOptions {
  readonly keys?: ResolvedCredentials;
}

async function run(argv: readonly string[], { keys, ...given }: World = {}) {
  const fake = fakeAws({ now: () => NOW, ...(keys === undefined ? {} : { keys }) });
  const context = memoryContext({ now: () => NOW, aws: fake.aws, env: { USER: 'alice' }, ...given });
  return { ...(await runMain(['credentials', ...argv], context)), calls: fake.calls };
}

const printed = (stdout: string, stderr = '') => ({ code: 0, stdout, stderr });

describe('without a format', () => {
  test('says who, from where, until when and how to go on, and shows no secret', async () => {
    expect(saidIn(await run([]))).toEqual(
      printed(`principal      arn:aws:iam::123456789012:user/alice
source         GetSessionToken
source         environment (AWS_ACCESS_KEY_ID)
valid until    2026-11-23T00:00:00Z (in 12 h)
access key ID  ASIA-user
secret key     (not shown)
session token  (not shown)

To use these credentials, repeat the command with --format:
  eval "$(fedctl credentials --format env)"                                  bash, zsh
  fedctl credentials --format fish | source                                  fish
  fedctl credentials --format powershell | Out-String | Invoke-Expression    PowerShell
  credential_process = fedctl credentials --profile <base> --format process  in ~/.aws/config
`),
    );
  });

  test('temporary credentials are given as they are, also when nobody knows how long', async () => {
    const { stdout } = await run([], { keys: sessionKeys(null) });
    expect(stdout.split('\n').slice(0, 5)).toEqual([
      'principal      arn:aws:iam::123456789012:user/alice',
      'source         none: the credentials are already temporary',
      'source         profile "prod"',
      'valid until    unknown: the provider does not report the expiration',
      'access key ID  ASIASESSION',
    ]);
    expect(stdout).not.toMatch(/session\/(secret|token)/);
  });
});

describe('the formats', () => {
  const role = ['--role-arn', ROLE];

  test.each<[string, string]>([
    [
      'env',
      "export AWS_ACCESS_KEY_ID='ASIA-app'\nexport AWS_SECRET_ACCESS_KEY='app/secret'\nexport AWS_SESSION_TOKEN='app/token'\nexport AWS_CREDENTIAL_EXPIRATION='2026-11-22T13:00:00Z'\n",
    ],
    [
      'fish',
      "set -gx AWS_ACCESS_KEY_ID 'ASIA-app'\nset -gx AWS_SECRET_ACCESS_KEY 'app/secret'\nset -gx AWS_SESSION_TOKEN 'app/token'\nset -gx AWS_CREDENTIAL_EXPIRATION '2026-11-22T13:00:00Z'\n",
    ],
    [
      'powershell',
      "$env:AWS_ACCESS_KEY_ID = 'ASIA-app'\n$env:AWS_SECRET_ACCESS_KEY = 'app/secret'\n$env:AWS_SESSION_TOKEN = 'app/token'\n$env:AWS_CREDENTIAL_EXPIRATION = '2026-11-22T13:00:00Z'\n",
    ],
    [
      'cmd',
      '@set "AWS_ACCESS_KEY_ID=ASIA-app"\r\n@set "AWS_SECRET_ACCESS_KEY=app/secret"\r\n@set "AWS_SESSION_TOKEN=app/token"\r\n@set "AWS_CREDENTIAL_EXPIRATION=2026-11-22T13:00:00Z"\r\n',
    ],
    [
      'dotenv',
      'AWS_ACCESS_KEY_ID=ASIA-app\nAWS_SECRET_ACCESS_KEY=app/secret\nAWS_SESSION_TOKEN=app/token\nAWS_CREDENTIAL_EXPIRATION=2026-11-22T13:00:00Z\n',
    ],
    [
      'process',
      '{"Version":1,"AccessKeyId":"ASIA-app","SecretAccessKey":"app/secret","SessionToken":"app/token","Expiration":"2026-11-22T13:00:00Z","AccountId":"123456789012"}\n',
    ],
  ])('%s', async (format, stdout) => {
    expect(saidIn(await run([...role, '--format', format]))).toEqual(printed(stdout));
  });

  const document = {
    schema: 'fedctl.credentials/v1',
    operation: 'AssumeRole',
    arn: 'arn:aws:sts::123456789012:assumed-role/app/fedctl-alice',
    accessKeyId: 'ASIA-app',
    secretAccessKey: 'app/secret',
    sessionToken: 'app/token',
    expiresAt: '2026-11-22T13:00:00Z',
    expiresAtEpoch: 1795352400,
    warnings: [],
  };

  test.each([['--json'], ['--format=json']])('json: %s', async (flag) => {
    expect(saidIn(await run([...role, flag]))).toEqual(printed(`${JSON.stringify(document)}\n`));
    expect(schemaFaults('credentials', document)).toEqual([]);
  });

  test('json of a session that does not say when it ends', async () => {
    const { stdout } = await run(['--json'], { keys: sessionKeys(null) });
    const parsed: unknown = JSON.parse(stdout);
    expect(parsed).toMatchObject({ operation: 'none', expiresAt: null, expiresAtEpoch: null });
    expect(schemaFaults('credentials', parsed)).toEqual([]);
  });

  test('warns where AWS_PROFILE would beat what was just set', async () => {
    const env = { AWS_PROFILE: 'prod', USER: 'alice' };
    const warning =
      'warning: AWS_PROFILE is set, so several SDKs ignore the credentials in the environment.\n         Unset AWS_PROFILE for the programs that use these credentials.\n';
    expect((await run([...role, '--format', 'env'], { env })).stderr).toBe(warning);
    expect((await run([...role, '--format', 'process'], { env })).stderr).toBe('');
    expect((await run([...role, '--json'], { env })).stderr).toBe('');
  });
});

describe('github-env', () => {
  async function githubEnv(before: string) {
    const directory = await mkdtemp(join(tmpdir(), 'fedctl-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const file = join(directory, 'set_env');
    await writeFile(file, before);
    return { directory, file };
  }

  test('masks the secrets, then appends to the file of the runner', async () => {
    const { file } = await githubEnv('EARLIER=1\n');
    const result = await run(['--role-arn', ROLE, '--format', 'github-env'], { env: { GITHUB_ENV: file } });
    expect(saidIn(result)).toEqual(
      printed('::add-mask::ASIA-app\n::add-mask::app/secret\n::add-mask::app/token\n'),
    );
    const text = await readFile(file, 'utf8');
    const delimiter = /<<(fedctl-[0-9a-f-]{36})$/m.exec(text)?.[1] ?? '';
    expect(text.replaceAll(delimiter, 'D')).toBe(
      'EARLIER=1\nAWS_ACCESS_KEY_ID<<D\nASIA-app\nD\nAWS_SECRET_ACCESS_KEY<<D\napp/secret\nD\nAWS_SESSION_TOKEN<<D\napp/token\nD\nAWS_CREDENTIAL_EXPIRATION<<D\n2026-11-22T13:00:00Z\nD\n',
    );
  });

  test('without GITHUB_ENV nothing is asked of AWS', async () => {
    const result = await run(['--format', 'github-env']);
    expect(saidIn(result)).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: GITHUB_ENV is not set, so the file to append to is unknown.
cause:  --format github-env works only in a GitHub Actions job.
remedy: To set variables in a shell, run: eval "$(fedctl credentials --format env)".
code:   usage.unwritable-output
`,
    });
    expect(result.calls).toEqual([]);
  });

  test.each(['missing', '.', 'pipe'])('a file that is none is refused: %s', async (name) => {
    const { directory } = await githubEnv('');
    if (name === 'pipe') execFileSync('mkfifo', [join(directory, name)]);
    const file = join(directory, name);
    const { code, stderr } = await run(['--format', 'github-env'], { env: { GITHUB_ENV: file } });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `error: Cannot append to "${file}".
cause:  The file does not exist, is not a regular file, or is not writable by this user.
remedy: Correct the path, or give this user write permission for the file.
run:    ls -l ${shellWord(file)}
code:   usage.unwritable-output
`,
    });
  });
});

describe('bad input makes no call', () => {
  test.each<[string, string[], string, string]>([
    [
      'an external id without a role',
      ['--external-id', 'x'],
      'usage.invalid-command-line',
      '--external-id requires --role-arn.',
    ],
    [
      'a session name without a role',
      ['--session-name', 'x'],
      'usage.invalid-command-line',
      '--session-name requires --role-arn.',
    ],
    [
      'a session tag without a role',
      ['--session-tag', 'a=b'],
      'usage.invalid-command-line',
      '--session-tag requires --role-arn.',
    ],
    [
      'a transitive tag without a role',
      ['--transitive-tag', 'a'],
      'usage.invalid-command-line',
      '--transitive-tag requires --role-arn.',
    ],
    [
      'a source identity without a role',
      ['--source-identity', 'me'],
      'usage.invalid-command-line',
      '--source-identity requires --role-arn.',
    ],
    [
      'a format that is none',
      ['--format', 'toml'],
      'usage.invalid-value',
      'Invalid --format "toml": expected env, fish, powershell, cmd, dotenv, json, process, github-env.',
    ],
    [
      'a tag that is none',
      ['--role-arn', ROLE, '--session-tag', 'a'],
      'usage.invalid-value',
      'Tag 1 does not have the form <key>=<value>.',
    ],
    [
      'json and a shell at once',
      ['--output', 'json', '--format', 'env'],
      'usage.invalid-command-line',
      '--output json and --format env are mutually exclusive.',
    ],
  ])('%s', async (_what, argv, code, message) => {
    const result = await run(argv);
    expect([result.code, result.stdout, result.calls]).toEqual([2, '', []]);
    if (argv.includes('json')) {
      expect(JSON.parse(result.stderr)).toMatchObject({ error: { code, message } });
    } else {
      expect(result.stderr).toMatch(
        new RegExp(`^error: .*\ncause:  .*\nremedy: .*\n(?:run:    .*\n)?code:   ${code}\n$`),
      );
      expect(result.stderr.split('\n')[0]).toBe(`error: ${message}`);
    }
  });

  test('what AWS refuses is explained: a duration for a session that exists already', async () => {
    const keys = sessionKeys(new Date('2026-11-22T13:00:00Z'));
    expect(saidIn(await run(['--duration', '2h'], { keys }))).toEqual({
      code: 4,
      stdout: '',
      stderr: `error: The credentials from profile "prod" are already session credentials, so --duration is not possible. They expire at 2026-11-22T13:00:00Z.
cause:  GetSessionToken requires long-term credentials of an IAM user and rejects session credentials.
remedy: Remove --duration to get the current credentials, or assume a role with --role-arn <arn>.
code:   sts.session-credentials
`,
    });
  });

  test('what AWS refuses is explained: a chain for more than an hour', async () => {
    const chain = ['--role-arn', ROLE, '--role-arn', `${ROLE}2`, '--duration', '2h'];
    expect(saidIn(await run(chain))).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: Invalid duration 2 h: the last of 2 roles is assumed from another role, so its session is valid for 1 h at most.
cause:  AWS limits the session of a role that was assumed from another role (role chaining) to one hour.
remedy: Request a session of one hour, or assume the last role directly with long-term or SSO credentials.
run:    fedctl credentials --role-arn ${ROLE} --role-arn ${ROLE}2 --duration 1h
code:   sts.duration-refused
`,
    });
  });
});

test('every option reaches AWS', async () => {
  const { calls } = await run(
    `--role-arn ${ROLE} --external-id e-1 --session-name me --session-tag team=a=b --session-tag x= --transitive-tag TEAM --source-identity alice --duration 15m --json`.split(
      ' ',
    ),
  );
  expect(calls).toEqual([
    {
      by: 'AKIAALICE',
      call: 'assumeRole',
      request: {
        roleArn: ROLE,
        sessionName: 'me',
        externalId: 'e-1',
        tags: [
          { key: 'team', value: 'a=b' },
          { key: 'x', value: '' },
        ],
        transitiveTagKeys: ['TEAM'],
        sourceIdentity: 'alice',
        durationSeconds: 900,
      },
    },
  ]);
});
