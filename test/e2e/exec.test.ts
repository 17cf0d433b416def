import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { hostileServer } from '../support/hostile-server.ts';
import { BIN, type BinOptions, type BinResult } from '../support/run-bin.ts';
import { type RunningLab, runLab } from '../support/running-lab.ts';
import { expectPastable } from '../support/suggested-command.ts';
import { openTerminal } from '../support/terminal.ts';

let lab: RunningLab;
let directory: string;

beforeAll(async () => {
  lab = await runLab();
  await lab.run(['enable', '--no-wait']);
});

afterAll(() => lab.stop());

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fedctl-test-'));
  mkdirSync(join(directory, 'run'));
});

afterEach(() => rmSync(directory, { recursive: true }));

const own = () => ({ XDG_RUNTIME_DIR: join(directory, 'run'), TMPDIR: join(directory, 'run') });
const leftBehind = () => readdirSync(join(directory, 'run'));

function exec(args: readonly string[], options: BinOptions = {}): Promise<BinResult> {
  return lab.run(['exec', ...args], {
    cwd: directory,
    detached: true,
    ...options,
    env: { ...own(), ...options.env },
  });
}

const sh = (script: string, options?: BinOptions) => exec(['--', 'sh', '-c', script], options);

describe('the exit code of exec', () => {
  test.each([
    ['exit 0', 0],
    ['exit 1', 1],
    ['exit 7', 7],
    ['exit 125', 125],
    ['exit 255', 255],
    ['kill -HUP $$', 129],
    ['kill -INT $$', 130],
    ['kill -QUIT $$', 131],
    ['kill -TERM $$', 143],
    ['kill -KILL $$', 137],
    ['kill -SEGV $$', 139],
    ['exit 126', 126],
    ['exit 127', 127],
  ])('of a program that does `%s` is %i', async (script, code) => {
    const result = await sh(script);
    expect({ ...result, left: leftBehind() }).toEqual({
      code,
      signal: null,
      stdout: '',
      stderr: '',
      left: [],
    });
  });

  test.each([
    ['a program that does not exist', ['--', 'no-such-program'], {}, 127, 'exec.not-found'],
    ['a file that is no program', ['--', './notes.txt'], {}, 126, 'exec.not-executable'],
    ['a directory', ['--', './run'], {}, 126, 'exec.not-executable'],
    ['a script without its interpreter', ['--', './script'], {}, 127, 'exec.not-found'],
    ['arguments that are too large', ['--', 'true', '{uri}'.repeat(2000)], {}, 125, 'exec.start-failed'],
    ['no audience', ['--', 'true'], { FEDCTL_AUDIENCE: '' }, 125, 'usage.missing-audience'],
    ['no program', [], {}, 125, 'usage.invalid-command-line'],
    ['an unknown option', ['--nosuch', '--', 'true'], {}, 125, 'usage.unknown-option'],
    ['no credentials', ['--profile', 'nobody', '--', 'true'], {}, 125, 'aws.profile-unknown'],
    ['a denied mint', ['--profile', 'no-mint', '--', 'true'], {}, 125, 'sts.mint-denied'],
    [
      'STS that does not listen',
      ['--', 'true'],
      { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1' },
      125,
      'aws.unreachable',
    ],
    ['{uri} without one', ['--', 'echo', '{uri}'], { FEDCTL_URI: '' }, 125, 'usage.missing-uri'],
    [
      'a secret that would be an argument',
      [
        '--uri',
        'mongodb://127.0.0.1/?proxyHost=127.0.0.1&proxyUsername=u&proxyPassword=hunter22',
        '--',
        'echo',
        '{uri}',
      ],
      {},
      125,
      'exec.secret-in-arguments',
    ],
    [
      'a password in the URI',
      ['--uri', 'mongodb://u:hunter22@127.0.0.1/', '--', 'true'],
      {},
      125,
      'mongo.password-in-uri',
    ],
    ['--static with a token', ['--static', '--', 'true'], {}, 125, 'usage.invalid-command-line'],
    ['a variable that cannot be one', ['--variable', 'A-B', '--', 'true'], {}, 125, 'usage.invalid-value'],
  ])('for %s is told apart', async (_what, args, env, code, failure) => {
    writeFileSync(join(directory, 'notes.txt'), 'x', { mode: 0o600 });
    writeFileSync(join(directory, 'script'), '#!/nonexistent/interpreter\n', { mode: 0o700 });
    const result = await exec(['--json', ...args], { env });
    const said = JSON.parse(result.stderr) as { error: { code: string; exitCode: number } };
    expect({ code: result.code, stdout: result.stdout, left: leftBehind() }).toEqual({
      code,
      stdout: '',
      left: [],
    });
    expect([said.error.code, said.error.exitCode]).toEqual([failure, code]);
    expect(result.stderr).not.toContain('hunter22');
  });

  test('for a mongosh that is too old is 125, before anything is started', async () => {
    const path = join(directory, 'mongosh');
    writeFileSync(path, '#!/bin/sh\n[ "$1" = --version ] && echo 2.3.4 || touch started\n', { mode: 0o700 });
    const { code, stderr } = await exec(['--', path, '{uri}']);
    expect(code).toBe(125);
    expect(stderr).toContain('mongosh 2.3.4 cannot read a token from a file.');
    expect(readdirSync(directory).sort()).toEqual(['mongosh', 'run']);
  });
});

test.each([
  ['a file that is no program', ['--', './notes.txt'], 'exec.not-executable', 'chmod +x ./notes.txt'],
  ['a directory', ['--', './run'], 'exec.not-executable', null],
  [
    '--static with a token',
    ['--static', '--', 'true', 'a b'],
    'usage.invalid-command-line',
    "fedctl exec --json -- true 'a b'",
  ],
  [
    '--variable with keys',
    ['--mechanism', 'aws', '--variable', 'A', '--', 'true'],
    'usage.invalid-command-line',
    'fedctl exec --json --mechanism aws -- true',
  ],
  [
    'a variable that cannot be one',
    ['--variable', 'A-B', '--', 'true'],
    'usage.invalid-value',
    'fedctl exec --help',
  ],
  [
    'an external id without a role',
    ['--external-id', 'x', '--', 'true'],
    'usage.invalid-command-line',
    'fedctl exec --json -- true',
  ],
  [
    'two mechanisms',
    ['--mechanism', 'oidc', '--uri', 'mongodb://127.0.0.1/?authMechanism=MONGODB-AWS', '--', 'true'],
    'mongo.mechanism-conflict',
    "fedctl exec --json --uri 'mongodb://127.0.0.1/?authMechanism=MONGODB-AWS' -- true",
  ],
  [
    'a password in the URI',
    ['--uri', 'mongodb://u:hunter22@127.0.0.1/', '--', 'mongosh', '{uri}'],
    'mongo.password-in-uri',
    "fedctl exec --json --uri mongodb://127.0.0.1/ -- mongosh '{uri}'",
  ],
] as const)('%s: the command that is offered', async (_what, args, code, command) => {
  writeFileSync(join(directory, 'notes.txt'), 'x', { mode: 0o600 });
  const { error } = JSON.parse((await exec(['--json', ...args])).stderr);
  expect([error.code, error.command]).toEqual([code, command]);
  if (command !== null) await expectPastable(command);
});

test('a warning that has a fix offers it', async () => {
  writeFileSync(join(directory, 'mongodump'), '#!/bin/sh\n', { mode: 0o700 });
  const { code, stderr } = await exec(['--mechanism', 'aws', '--', './mongodump']);
  expect(code).toBe(0);
  expect(stderr).toContain('fedctl exec --mechanism aws --static -- ./mongodump');
});

/** A program that prints its process ID. */
const FAMILY = 'echo $$; exec sleep 60';

describe('what the program gets', () => {
  test('is a private file with a token that the server accepts, and no newline', async () => {
    const { code, stdout } = await sh(
      `
      stat -c %a "$AZURE_FEDERATED_TOKEN_FILE" "$(dirname "$AZURE_FEDERATED_TOKEN_FILE")"
      [ "$OIDC_TOKEN_FILE" = "$AZURE_FEDERATED_TOKEN_FILE" ] && wc -l < "$OIDC_TOKEN_FILE"
      "$NODE" -- "$BIN" connect --token-file "$OIDC_TOKEN_FILE" --quiet | tail -n 1`,
      {
        env: { NODE: process.execPath, BIN },
      },
    );
    expect(code).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines.slice(0, 3).map((line) => line.trim())).toEqual(['600', '700', '0']);
    expect(lines[3]).toContain('Logged in as');
  });

  test('is the connection string, in its arguments and in MONGODB_URI', async () => {
    const uri = 'mongodb://127.0.0.1:27017/app?retryWrites=true';
    const script = 'echo "$1"; echo "$MONGODB_URI"';
    const { stdout } = await exec(['--uri', uri, '--', 'sh', '-c', script, 'sh', '--uri={uri}']);
    const login = 'authMechanism=MONGODB-OIDC&authSource=%24external&authMechanismProperties=ENVIRONMENT:k8s';
    expect(stdout).toBe(`--uri=${uri}&${login}\n${uri}&${login}\n`);
  });

  test('is its standard input', async () => {
    expect((await exec(['--', 'cat'], { input: 'all of it' })).stdout).toBe('all of it');
  });

  test('is session credentials that an SDK finds, as the role', async () => {
    const role = 'arn:aws:iam::123456789012:role/app';
    const args = [
      '--role-arn',
      role,
      '--session-name',
      'me',
      '--',
      process.execPath,
      '--',
      BIN,
      'whoami',
      '--json',
    ];
    const { code, stdout } = await exec(args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      arn: 'arn:aws:sts::123456789012:assumed-role/app/me',
      credentials: { provider: 'container' },
    });
  });

  test('with --static is keys, and their expiration is told', async () => {
    const script = 'echo "$AWS_ACCESS_KEY_ID"; env | grep -c "^AWS_CONTAINER\\|^AWS_PROFILE"; true';
    const args = ['--mechanism', 'aws', '--static', '--', 'sh', '-c', script];
    const { code, stdout, stderr } = await exec(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ASIA[A-Z2-7]{16}\n0\n$/);
    expect(stderr).toMatch(/^The session credentials expire at \S+ \(in .*\)\. They are not renewed\.\n$/);
  });
});

/**
 * A program that prints the signals it receives. After SIGTERM, it takes a moment to clean up and then exits.
 */
const LISTENING = `
  for name in INT HUP QUIT USR1 USR2; do trap "echo got $name" $name; done
  trap 'echo got TERM; sleep 0.3; echo cleaned; exit 3' TERM
  echo ready
  while :; do sleep 0.05; done`;

describe('signals', () => {
  test.each(['INT', 'HUP', 'QUIT', 'USR1', 'USR2'] as const)(
    '%s is passed on once, as often as it comes',
    async (name) => {
      let sent = 0;
      const result = await sh(LISTENING, {
        watch({ stdout }, kill) {
          const seen = stdout.split('\n').length - 1;
          if (seen <= sent || seen > 3) return;
          sent = seen;
          kill(seen === 3 ? 'SIGTERM' : `SIG${name}`);
        },
      });
      expect({ code: result.code, stdout: result.stdout, left: leftBehind() }).toEqual({
        code: 3,
        stdout: `ready\ngot ${name}\ngot ${name}\ngot TERM\ncleaned\n`,
        left: [],
      });
    },
  );

  test('Ctrl-C on a terminal reaches the program once, which may go on', async () => {
    const env = { HOME: '/nonexistent', ...lab.env, ...own() };
    const command = [
      process.execPath,
      '--',
      BIN,
      'exec',
      '--',
      'sh',
      '-c',
      `test -t 0 && test -t 1 && test -t 2 && echo terminal; ${LISTENING}`,
    ];
    const terminal = await openTerminal(command, { cwd: directory, env });
    await terminal.shows('terminal\r\n');
    await terminal.shows('ready\r\n');
    for (let times = 0; times < 3; times += 1) {
      terminal.type('\u0003');
      await terminal.shows('got INT');
    }
    terminal.kill('SIGTERM');
    expect(await terminal.ended).toBe(3);
    expect(terminal.screen().match(/got \w+|cleaned/g)).toEqual([
      'got INT',
      'got INT',
      'got INT',
      'got TERM',
      'cleaned',
    ]);
    expect(leftBehind()).toEqual([]);
  });

  test('Ctrl-C reaches a program once although none of its streams is the terminal', async () => {
    const env = { HOME: '/nonexistent', ...lab.env, ...own(), NODE: process.execPath, BIN, LISTENING };
    const script = 'exec "$NODE" -- "$BIN" exec -- sh -c "$LISTENING" </dev/null >out 2>&1';
    const terminal = await openTerminal(['sh', '-c', script], { cwd: directory, env });
    const said = (text: string) =>
      vi.waitFor(() => expect(readFileSync(join(directory, 'out'), 'utf8')).toContain(text), {
        timeout: 20_000,
      });
    await said('ready');
    terminal.type('\u0003');
    await said('got INT');
    terminal.kill('SIGTERM');
    expect(await terminal.ended).toBe(3);
    expect(readFileSync(join(directory, 'out'), 'utf8')).toBe('ready\ngot INT\ngot TERM\ncleaned\n');
  });

  test('a closed window ends the program, and leaves no file behind', async () => {
    const env = { HOME: '/nonexistent', ...lab.env, ...own() };
    const command = [process.execPath, '--', BIN, 'exec', '--', 'sh', '-c', 'echo ready; exec sleep 60'];
    const terminal = await openTerminal(command, { cwd: directory, env });
    await terminal.shows('ready\r\n');
    expect(leftBehind()).toHaveLength(1);
    terminal.close();
    await vi.waitFor(() => expect(leftBehind()).toEqual([]), { timeout: 20_000 });
  });

  test('SIGTERM before the program is started ends exec as every other command', async () => {
    let terminate = () => {};
    const sts = await hostileServer(() => terminate());
    const { code } = await exec(['--', 'true'], {
      env: { AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${sts.port}` },
      started: (child) => {
        terminate = () => void child.kill('SIGTERM');
      },
    });
    await sts.close();
    expect([code, leftBehind()]).toEqual([143, []]);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)('%s leaves no process behind', async (name, code) => {
    let pid = 0;
    const result = await sh(FAMILY, {
      watch({ stdout }, kill) {
        if (pid !== 0) return;
        pid = Number(stdout.trim());
        kill(name);
      },
    });
    expect({ code: result.code, left: leftBehind() }).toEqual({ code, left: [] });
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  test('what SIGKILL left behind is removed by the next run', async () => {
    const killed = await sh('echo ready; exec sleep 5', { watch: (_seen, kill) => kill('SIGKILL') });
    expect([killed.signal, leftBehind().length]).toEqual(['SIGKILL', 1]);
    await sh('true');
    expect(leftBehind()).toEqual([]);
  });
});
