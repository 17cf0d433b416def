import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { writeSecretFile } from '../../src/lib/files/secret-file.ts';
import { hostileServer } from '../support/hostile-server.ts';
import { closedPort } from '../support/listen.ts';
import type { BinResult } from '../support/run-bin.ts';
import { type RunningLab, runLab } from '../support/running-lab.ts';
import { schemaFaults } from '../support/schema.ts';
import { expectPastable } from '../support/suggested-command.ts';

let lab: RunningLab;
let directory: string;

beforeAll(async () => {
  lab = await runLab();
  await lab.run(['enable', '--no-wait']);
});

afterAll(() => lab.stop());

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fedctl-test-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

const agent = (args: readonly string[], env: Record<string, string> = {}): Promise<BinResult> =>
  lab.run(['agent', ...args], { cwd: directory, env });

/** Runs an agent. When its output matches `seen`, runs `work` in parallel, then stops the agent. */
async function beside(
  args: readonly string[],
  seen: RegExp,
  work: () => Promise<void>,
  env: Record<string, string> = {},
): Promise<BinResult> {
  let worked: Promise<void> | null = null;
  const result = await lab.run(['agent', ...args], {
    cwd: directory,
    env,
    watch({ stdout, stderr }, kill) {
      if (worked !== null || !seen.test(stdout + stderr)) return;
      worked = work();
      worked.then(
        () => kill('SIGTERM'),
        () => kill('SIGTERM'),
      );
    },
  });
  await worked;
  return result;
}

describe('an agent', () => {
  test('with --once writes a file with its mode and no newline, and ends', async () => {
    const { code, stdout, stderr } = await agent(['--out', 'token', '--once', '--mode', '0664']);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(new RegExp(`^${directory}/token is valid until \\S+\\.\n$`)),
    });
    expect(statSync(join(directory, 'token')).mode & 0o777).toBe(0o664);
    expect(readFileSync(join(directory, 'token'), 'utf8')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(readdirSync(directory)).toEqual(['token']);
  });

  test('with --once says what fails, with the exit code of every other command', async () => {
    const { code, stderr } = await agent(['--out', 'token', '--once', '--profile', 'no-mint', '--json']);
    expect([code, JSON.parse(stderr).error.code, readdirSync(directory)]).toEqual([4, 'sts.mint-denied', []]);
  });

  test.each([
    [
      'a directory that does not exist',
      ['--out', 'no/token'],
      'usage.unwritable-output',
      () => `mkdir -p ${directory}/no`,
    ],
    [
      'a file and a configuration',
      ['--out', 'token', '--duration', '10m', '--config', 'agent.yaml'],
      'usage.invalid-command-line',
      () => 'fedctl agent --json --config agent.yaml',
    ],
    [
      'a life of a token and a configuration',
      ['--duration', '10m', '--config', 'agent.yaml'],
      'usage.invalid-command-line',
      () => 'fedctl agent --json --config agent.yaml',
    ],
    [
      '--once without a file',
      ['--once', '--config', 'agent.yaml'],
      'usage.invalid-command-line',
      () => 'fedctl agent --json --config agent.yaml',
    ],
    [
      'a mode that is none',
      ['--out', 'token', '--mode', '999'],
      'usage.invalid-value',
      () => 'fedctl agent --help',
    ],
  ])('with %s offers a command', async (_what, args, code, command) => {
    writeFileSync(
      join(directory, 'agent.yaml'),
      'credentialsEndpoints: [{ address: "127.0.0.1:9911", authorizationTokenFile: endpoint }]',
    );
    const { error } = JSON.parse((await agent(['--json', ...args])).stderr);
    expect([error.code, error.command]).toEqual([code, command()]);
    await expectPastable(error.command);
  });

  test('whose port is taken shows who has it', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const args = ['--out', 'token', '--ready-listen', String(port), '--json'];
    const { code, stderr } = await agent(args);
    server.close();
    const { error } = JSON.parse(stderr);
    expect([code, error.code, error.command]).toEqual([
      2,
      'exec.listen-failed',
      `ss -ltnp 'sport = :${port}'`,
    ]);
    await expectPastable(error.command);
  });

  test('stays, says when it is ready by the file itself, and ends with 0 on SIGTERM', async () => {
    const port = await closedPort();
    const readyz = async (path = '/readyz') => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      return { status: answer.status, body: await answer.json() };
    };
    const file = join(directory, 'token');
    const result = await beside(
      ['--out', 'token', '--ready-listen', String(port)],
      /valid until/,
      async () => {
        const state = (ready: boolean) => ({
          status: ready ? 200 : 503,
          body: { ready, outputs: [{ name: file, ready }] },
        });
        expect(await readyz()).toEqual(state(true));
        expect((await readyz('/')).status).toBe(404);
        const token = readFileSync(file, 'utf8');
        const [header = '', payload = '', signature = ''] = token.split('.');
        const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
        const expired = Buffer.from(JSON.stringify({ ...claims, exp: 1_700_000_000 })).toString('base64url');
        writeFileSync(file, [header, expired, signature].join('.'));
        expect(await readyz()).toEqual(state(false));
        writeFileSync(file, '');
        expect(await readyz()).toEqual(state(false));
        rmSync(file);
        expect(await readyz()).toEqual(state(false));
        writeFileSync(file, token);
      },
    );
    expect([result.code, result.stdout, readdirSync(directory)]).toEqual([0, '', ['token']]);
  });

  test('keeps a second one from the same file', async () => {
    let second: BinResult | null = null;
    const first = await beside(['--out', 'token'], /valid until/, async () => {
      second = await agent(['--out', join(directory, 'token'), '--once', '--json']);
    });
    expect(first.code).toBe(0);
    expect(second).toMatchObject({ code: 2 });
    const { error } = JSON.parse((second as BinResult | null)?.stderr ?? '');
    expect(error.code).toBe('exec.output-in-use');
    expect(error.command).toBe(`ps -p ${error.details.pid} -o pid,lstart,args`);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 on %s while STS does not answer', async (name) => {
    let stop = () => {};
    const sts = await hostileServer(() => stop());
    const { code, stdout, stderr } = await lab.run(['agent', '--out', 'token'], {
      cwd: directory,
      env: { AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${sts.port}` },
      started: (child) => {
        stop = () => void child.kill(name);
      },
    });
    await sts.close();
    expect({ code, stdout, stderr, left: readdirSync(directory) }).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
      left: [],
    });
  });

  test('without STS stays, says so once, is not ready, and holds nothing', async () => {
    const port = await closedPort();
    const env = { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1' };
    const args = ['--out', 'token', '--ready-listen', String(port), '--json'];
    const { code, stdout, stderr } = await beside(
      args,
      /failed/,
      async () => {
        expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(503);
      },
      env,
    );
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect([code, stderr, readdirSync(directory), events.length]).toEqual([0, '', [], 1]);
    expect(schemaFaults('agent', events[0])).toEqual([]);
    expect(events[0]).toMatchObject({
      event: 'failed',
      expiresAt: null,
      error: { code: 'aws.unreachable', command: 'curl -v http://127.0.0.1:1' },
    });
  });

  test('keeps what a configuration lists: several files, and an endpoint that an SDK reads', async () => {
    const port = await closedPort();
    mkdirSync(join(directory, 'run'));
    writeFileSync(
      join(directory, 'agent.yaml'),
      `
tokenFiles:
  - { path: run/atlas, audience: my-atlas, mode: "0640" }
  - { path: run/api, audience: https://api.example.com, signingAlgorithm: ES384, duration: 10m }
credentialsEndpoints:
  - { address: "127.0.0.1:${port}", authorizationTokenFile: run/endpoint, roleArn: "arn:aws:iam::123456789012:role/app" }
`,
    );
    const seen = /(valid until[\s\S]*){3}/;
    const result = await beside(['--config', 'agent.yaml'], seen, async () => {
      expect(readdirSync(join(directory, 'run')).filter((name) => !name.startsWith('.'))).toEqual([
        'api',
        'atlas',
        'endpoint',
      ]);
      expect(statSync(join(directory, 'run/atlas')).mode & 0o777).toBe(0o640);
      const decoded = await lab.run(['decode', join(directory, 'run/api'), '--json']);
      expect(JSON.parse(decoded.stdout)).toMatchObject({
        header: { alg: 'ES384' },
        payload: { aud: 'https://api.example.com' },
      });
      const whoami = await lab.run(['whoami', '--json'], {
        env: {
          AWS_ACCESS_KEY_ID: undefined,
          AWS_SECRET_ACCESS_KEY: undefined,
          AWS_CONFIG_FILE: '/nonexistent',
          AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
          AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/credentials`,
          AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: join(directory, 'run/endpoint'),
        },
      });
      expect(JSON.parse(whoami.stdout)).toMatchObject({ account: '123456789012' });
      expect(JSON.parse(whoami.stdout).arn).toMatch(/:assumed-role\/app\//);
    });
    expect(result.code).toBe(0);
    expect(existsSync(join(directory, 'run/.atlas.lock'))).toBe(false);
  });

  test.each([
    ['nothing to keep', ['--audience', 'a'], {}, 'usage.invalid-command-line'],
    ['no audience', ['--out', 'token'], { FEDCTL_AUDIENCE: '' }, 'usage.missing-audience'],
    ['a mode that is none', ['--out', 'token', '--mode', '999'], {}, 'usage.invalid-value'],
    ['a directory that does not exist', ['--out', 'no/token'], {}, 'usage.unwritable-output'],
    ['a life that AWS refuses', ['--out', 'token', '--duration', '2h'], {}, 'usage.invalid-value'],
    ['a role that is none', ['--out', 'token', '--role-arn', 'app'], {}, 'usage.invalid-value'],
    [
      'an external id without a role',
      ['--out', 'token', '--external-id', 'x'],
      {},
      'usage.invalid-command-line',
    ],
    [
      'a file and a configuration',
      ['--out', 'token', '--config', 'agent.yaml'],
      {},
      'usage.invalid-command-line',
    ],
    ['a configuration that is none', ['--config', 'agent.yaml'], {}, 'config.invalid'],
    ['an address that is none', ['--out', 'token', '--ready-listen', 'localhost'], {}, 'usage.invalid-value'],
  ])('with %s does not start', async (_what, args, env, code) => {
    writeFileSync(join(directory, 'agent.yaml'), 'tokenFiles: [{ path: x }]');
    const result = await agent([...args, '--json'], env);
    expect([result.code, JSON.parse(result.stderr).error.code]).toEqual([2, code]);
    expect(readdirSync(directory)).toEqual(['agent.yaml']);
  });
});

test('200 readers and one writer for ten seconds: nobody finds an expired, empty or half-written token', {
  timeout: 60_000,
}, async () => {
  const path = join(directory, 'token');
  const token = (n: number) => `header.${String(n).padStart(8, '0')}${'x'.repeat(20_000)}.end`;
  await writeSecretFile(path, token(0));
  const readers = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { readFile } from 'node:fs/promises';
       const end = Date.now() + 10_000;
       const broken = [];
       let reads = 0;
       await Promise.all(Array.from({ length: 200 }, async () => {
         let last = 0;
         while (Date.now() < end) {
           const text = await readFile(process.argv[1], 'utf8').catch((error) => error.code);
           const number = Number(/^header\\.(\\d{8})x{20000}\\.end$/.exec(text)?.[1] ?? NaN);
           reads += 1;
           // A read may return the previous file, but never a file that is older than the last read.
           if (!(number >= last)) broken.push(text.slice(0, 40));
           last = number;
         }
       }));
       console.log(JSON.stringify({ reads, broken }));`,
      path,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  readers.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  let written = 0;
  const ended = once(readers, 'close');
  while (readers.exitCode === null) {
    written += 1;
    await writeSecretFile(path, token(written));
  }
  await ended;
  const { reads, broken } = JSON.parse(said) as { reads: number; broken: readonly string[] };
  expect(broken).toEqual([]);
  expect(Math.min(reads, written)).toBeGreaterThan(10);
});
