import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { awsPayload, ISSUER, raw } from '../support/forge.ts';
import { runBin } from '../support/run-bin.ts';

/** Tests every file that an option or a variable names with a named pipe instead. */

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'fedctl-pipes-'));
  execFileSync('mkfifo', [join(directory, 'pipe')]);
  mkdirSync(join(directory, 'state'));
  execFileSync('mkfifo', ['-m', '600', join(directory, 'state', 'state.json')]);
  writeFileSync(join(directory, 'token'), raw({ alg: 'RS256', kid: 'k' }, awsPayload(), 'c2ln'), {
    mode: 0o600,
  });
});
afterAll(() => rmSync(directory, { recursive: true }));

const AWS = { AWS_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true' };
const KEYS = { ...AWS, AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'x' };
const CONTAINER = 'http://127.0.0.1:9/x';
const VERIFY = ['verify', 'token', '--issuer', ISSUER, '--audience', 'a'];
const CONNECT = ['connect', '--mechanism', 'oidc', '--uri', 'mongodb://127.0.0.1:9/'];

type Row = readonly [string, readonly string[], Readonly<Record<string, string>>, number];

const PLACES: readonly Row[] = [
  ['AWS_CONFIG_FILE', ['whoami'], { ...AWS, AWS_CONFIG_FILE: 'pipe' }, 2],
  ['AWS_SHARED_CREDENTIALS_FILE', ['whoami'], { ...AWS, AWS_SHARED_CREDENTIALS_FILE: 'pipe' }, 2],
  [
    'AWS_CA_BUNDLE',
    ['whoami'],
    { ...KEYS, AWS_CA_BUNDLE: 'pipe', AWS_ENDPOINT_URL: 'https://127.0.0.1:9' },
    6,
  ],
  [
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    ['whoami'],
    { ...AWS, AWS_WEB_IDENTITY_TOKEN_FILE: 'pipe', AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/app' },
    2,
  ],
  [
    'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
    ['whoami'],
    {
      ...AWS,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: CONTAINER,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: 'pipe',
    },
    6,
  ],
  ['decode', ['decode', 'pipe'], {}, 2],
  ['--jwks', [...VERIFY, '--jwks', 'pipe'], {}, 2],
  ['--token-file', [...CONNECT, '--token-file', 'pipe'], {}, 2],
  ['check --config', ['check', '--config', 'pipe'], {}, 2],
  ['check --token-file', ['check', '--only', 'mongo.token-file', '--token-file', 'pipe'], {}, 5],
  ['sandbox --config', ['sandbox', '--config', 'pipe', '--', 'true'], {}, 2],
  ['sandbox --state', ['sandbox', '--state', 'state', '--', 'true'], {}, 2],
];

describe('a pipe that nobody writes to', () => {
  test.each(PLACES)('in the place of %s ends with the time limit', async (_name, args, env, code) => {
    const result = await runBin(['--timeout', '1s', ...args], {
      env,
      cwd: directory,
      started: (child) => setTimeout(() => child.kill('SIGKILL'), 15_000).unref(),
    });
    expect({ code: result.code, signal: result.signal }).toEqual({ code, signal: null });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends with %s', async (signal, code) => {
    // The writer can open the pipe only after fedctl has opened it. At that time, fedctl is reading.
    const result = await runBin(['whoami'], {
      env: { ...AWS, AWS_CONFIG_FILE: 'pipe' },
      cwd: directory,
      started(child) {
        const writer = spawn('sh', ['-c', 'exec 3>pipe; echo opened; exec sleep 60'], {
          cwd: directory,
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        writer.stdout.once('data', () => child.kill(signal));
        child.once('close', () => writer.kill('SIGKILL'));
      },
    });
    expect({ code: result.code, stderr: result.stderr }).toEqual({ code, stderr: '' });
  });
});

test('a pipe that one program writes once is read once', async () => {
  const profile = '[default]\\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\\naws_secret_access_key = x\\n';
  const result = await runBin(['whoami', '--json'], {
    env: { ...AWS, AWS_SHARED_CREDENTIALS_FILE: 'pipe', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
    cwd: directory,
    started: () => {
      spawn('sh', ['-c', `printf '${profile}' >pipe`], { cwd: directory, stdio: 'ignore' });
    },
  });
  // The keys were found, so the next step is the call to STS.
  expect(JSON.parse(result.stderr)).toMatchObject({ error: { code: 'aws.unreachable' } });
});
