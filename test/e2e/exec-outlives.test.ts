import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { decodeJwt } from '../../src/lib/jwt/decode.ts';
import { startLab } from '../../src/sandbox/lab.ts';
import { ROOT } from '../architecture/imports.ts';
import { runInProcess } from '../support/in-process.ts';

/** `npm run test:clients` installs mongosh and runs this test. */
const MONGOSH = join(ROOT, 'test/clients/node_modules/.bin/mongosh');

const SHELL_SCRIPT = `
  while (!fs.existsSync(process.env.STOP)) {
    db.getSiblingDB('app').probe.find().toArray();
    print('read');
    sleep(20);
  }`;

interface Client {
  readonly name: string;
  /** The command line. {uri} is the connection string; {stop} is the file that makes the client exit. */
  readonly command: readonly string[];
  readonly installed: boolean;
}

const CLIENTS: readonly Client[] = [
  {
    name: 'the Node.js driver',
    command: [process.execPath, join(ROOT, 'test/support/reading-client.mjs'), '{uri}', '{stop}'],
    installed: true,
  },
  {
    name: 'mongosh',
    command: [MONGOSH, '{uri}', '--quiet', '--norc', '--eval', SHELL_SCRIPT],
    installed: existsSync(MONGOSH),
  },
];

const LIFE_SECONDS = 60;

/** Reads the credentials endpoint as an AWS SDK does, and prints the access key and its expiration. */
const ENDPOINT_READER = `
  const { existsSync } = require('node:fs');
  const { setTimeout: delay } = require('node:timers/promises');
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization } = process.env;
  (async () => {
    while (!existsSync(process.env.STOP)) {
      const response = await fetch(url, { headers: { authorization } });
      const { AccessKeyId, Expiration } = await response.json();
      process.stdout.write(response.status + ' ' + AccessKeyId + ' ' + Expiration + '\\n');
      await delay(20);
    }
  })();`;

interface Life {
  readonly seconds: number;
  /** The options of exec that select a token or a session. */
  readonly options: readonly string[];
  /**
   * Returns when the current token or session of the program expires, from its token file or its last line of
   * output.
   */
  readonly expires: (seen: { readonly tokenFile: string; readonly line: string }) => number;
}

const TOKEN: Life = {
  seconds: LIFE_SECONDS,
  options: ['--duration', String(LIFE_SECONDS)],
  expires: ({ tokenFile }) => Number(decodeJwt(readFileSync(tokenFile, 'utf8')).payload['exp']) * 1000,
};

/** The shortest role session that AWS allows. */
const SESSION: Life = {
  seconds: 900,
  options: ['--role-arn', 'arn:aws:iam::123456789012:role/app', '--duration', '900', '--mechanism', 'aws'],
  expires: ({ line }) => Date.parse(line.split(' ')[2] ?? ''),
};

/**
 * Runs the lab and exec in this process, with one clock that the test moves. The program runs in a separate
 * process.
 */
async function runs({ command }: Pick<Client, 'command'>, life = TOKEN) {
  const directory = mkdtempSync(join(tmpdir(), 'fedctl-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  let ahead = 0;
  const now = () => new Date(Date.now() + ahead);
  const lab = await startLab({ now, fedctl: ['fedctl'], tls: false, replicaSet: null, mongoPort: 0 });
  onTestFinished(() => lab.close());
  lab.world.setFederation(lab.world.user('operator').account.id, true);
  const stop = join(directory, 'stop');
  let tokenFile = '';
  let printed = '';
  const env = {
    PATH: process.env['PATH'],
    HOME: directory,
    XDG_RUNTIME_DIR: directory,
    STOP: stop,
    ...lab.env,
  };
  const args = ['exec', ...life.options, '--', ...command.map((word) => word.replace('{stop}', stop))];
  const ended = runInProcess(args, env, '', {
    cwd: directory,
    now,
    async sleep(ms, signal) {
      for (const end = now().getTime() + ms; now().getTime() < end; ) await delay(5, undefined, { signal });
    },
    spawn(program, words, options) {
      if (words.includes('--version')) return spawn(program, words, options);
      const child = spawn(program, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
      tokenFile = options.env?.['AZURE_FEDERATED_TOKEN_FILE'] ?? tokenFile;
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (chunk: string) => {
          printed += chunk;
        });
      }
      return child;
    },
  });
  const lastLine = () => printed.trimEnd().split('\n').at(-1) ?? '';
  const expiresIn = () => (life.expires({ tokenFile, line: lastLine() }) - now().getTime()) / 1000;
  const wait = <T>(check: () => T) => vi.waitFor(check, { timeout: 30_000, interval: 20 });
  return {
    ended,
    lab,
    printed: () => printed,
    /** Waits until the program has read again. */
    async reads() {
      const before = printed.length;
      await wait(() => expect(printed.length, printed).toBeGreaterThan(before));
    },
    async pass(seconds: number) {
      ahead += seconds * 1000;
      await wait(() => expect(expiresIn()).toBeGreaterThan(life.seconds * 0.4));
    },
    stop: () => writeFileSync(stop, ''),
  };
}

describe.each(CLIENTS)('$name under exec', (client) => {
  test.skipIf(!client.installed)('outlives three lives of its token', { timeout: 120_000 }, async () => {
    const program = await runs(client);
    await program.reads();
    for (let passed = 0; passed < 3.5 * LIFE_SECONDS; passed += 10) {
      await program.pass(10);
      await program.reads();
    }
    program.stop();
    const { code, stderr } = await program.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(program.printed()).toMatch(/^(read\n)+$/);
    const expired = program.lab.log.entries().filter(({ reason }) => /expired|ended/.test(reason));
    expect(expired.length).toBeGreaterThanOrEqual(3);
  });
});

test('a program that reads the credentials endpoint outlives three sessions of its role', {
  timeout: 120_000,
}, async () => {
  const program = await runs({ command: [process.execPath, '-e', ENDPOINT_READER] }, SESSION);
  await program.reads();
  for (let passed = 0; passed < 3.5 * SESSION.seconds; passed += 150) {
    await program.pass(150);
    await program.reads();
  }
  program.stop();
  const { code, stderr } = await program.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = program.printed().trim().split('\n');
  expect(lines.filter((line) => !/^200 ASIA[A-Z2-7]{16} \S+Z$/.test(line))).toEqual([]);
  expect(new Set(lines.map((line) => line.split(' ')[1])).size).toBeGreaterThanOrEqual(5);
});
