import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Interruption } from '../../src/lib/core/deadline.ts';
import { FedctlError } from '../../src/lib/core/errors.ts';
import { Redactor } from '../../src/lib/core/redactor.ts';
import { createMongo } from '../../src/lib/mongo/mongo.ts';
import type { Aws } from '../../src/lib/ports/aws.ts';
import { fakeAws, jwtOf } from '../support/fake-aws.ts';
import { loopbackResolver } from '../support/login.ts';
import { type MemoryContextOptions, memoryContext } from '../support/memory-context.ts';
import { runMain } from '../support/run-main.ts';
import { schemaFaults } from '../support/schema.ts';
import {
  refusal,
  type Script,
  type ScriptedMongod,
  startScriptedMongod,
} from '../support/scripted-mongod.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const ALICE = 'arn:aws:iam::123456789012:user/alice';
const FILE_TOKEN = jwtOf(
  { alg: 'RS256', kid: 'k', typ: 'JWT' },
  { iss: 'https://issuer.test', sub: 'system:app', aud: 'my-atlas', exp: NOW.getTime() / 1000 + 60 },
);
const REFUSED = refusal(18, 'AuthenticationFailed', 'Authentication failed.');

const started: ScriptedMongod[] = [];
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fedctl-'));
});

afterEach(async () => {
  for (const each of started.splice(0)) await each.close();
});

afterAll(() => rm(directory, { recursive: true }));

async function mongod(script: Script = {}): Promise<ScriptedMongod> {
  const server = await startScriptedMongod(script);
  started.push(server);
  return server;
}

async function run(argv: readonly string[], options: MemoryContextOptions = {}) {
  const fake = fakeAws({ now: () => NOW });
  const resolver = loopbackResolver();
  const context = memoryContext({
    now: () => NOW,
    cwd: directory,
    aws: fake.aws,
    resolver,
    mongo: () =>
      createMongo({
        redactor: new Redactor(),
        resolver,
        now: () => NOW,
        sleep: async () => {},
        cwd: directory,
      }),
    ...options,
  });
  return { ...(await runMain(['connect', ...argv], context)), calls: fake.calls };
}

function errorOf({ stderr }: { readonly stderr: string }) {
  return (JSON.parse(stderr) as { error: Record<string, unknown> }).error;
}

describe('a login', () => {
  test('by oidc, for people', async () => {
    const { port, commands } = await mongod();
    const uri = `mongodb://localhost:${port}/`;
    const { code, stdout, stderr } = await run(['--uri', uri, '--audience', 'my-atlas']);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `MONGODB-OIDC  ${uri}
  ✓ resolve           0 ms  localhost is 127.0.0.1
  ✓ tcp               0 ms  localhost:${port}
  - tls            skipped  loopback, without TLS
  ✓ hello             0 ms  MongoDB 8.0 (wire version 25), standalone
  ✓ credential        0 ms  token of ${ALICE} for my-atlas
  ✓ authenticate      0 ms  MONGODB-OIDC
  ✓ whoami            0 ms  idp/arn:aws:iam::123456789012:role/app with readWrite@fedctl
  ✓ ping              0 ms
  Logged in as idp/arn:aws:iam::123456789012:role/app in $external, with readWrite@fedctl
`,
      stderr: '',
    });
    expect(commands).not.toContain('insert');
  });

  test('by aws with a write probe, as JSON', async () => {
    const { port, received } = await mongod();
    const { code, stdout, stderr, calls } = await run([
      '--mechanism',
      'aws',
      '--uri',
      `mongodb://localhost:${port}/`,
      '--write-probe',
      '--json',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const document: unknown = JSON.parse(stdout);
    expect(schemaFaults('connect', document)).toEqual([]);
    const pass = (id: string) => ({ id, status: 'pass', ms: 0 });
    expect(document).toEqual({
      schema: 'fedctl.connect/v1',
      ok: true,
      mechanisms: [
        {
          name: 'MONGODB-AWS',
          ok: true,
          user: 'idp/arn:aws:iam::123456789012:role/app',
          roles: [{ role: 'readWrite', db: 'fedctl' }],
          stages: [
            pass('resolve'),
            pass('tcp'),
            { id: 'tls', status: 'skip', ms: 0 },
            pass('hello'),
            pass('credential'),
            pass('authenticate'),
            pass('whoami'),
            pass('ping'),
            pass('write-probe'),
          ],
        },
      ],
      warnings: [],
    });
    expect(calls).toEqual([{ by: 'AKIAALICE', call: 'getCallerIdentity' }]);
    expect(received.find((each) => 'insert' in each)).toMatchObject({ insert: 'probe', $db: 'fedctl' });
  });

  test('as a role, for which both mechanisms assume it once', async () => {
    const { port } = await mongod();
    const role = 'arn:aws:iam::123456789012:role/app';
    const { code, calls } = await run([
      '--mechanism=both',
      `--uri=mongodb://localhost:${port}/`,
      '--audience=my-atlas',
      `--role-arn=${role}`,
      '--session-name=me',
      '--signing-algorithm=ES384',
      '--duration=2m',
    ]);
    expect(code).toBe(0);
    expect(calls.map(({ by, call }) => `${by} ${call}`).sort()).toEqual([
      'AKIAALICE assumeRole',
      'ASIA-app getCallerIdentity',
      'ASIA-app getWebIdentityToken',
    ]);
    expect(calls.find(({ call }) => call === 'getWebIdentityToken')?.request).toEqual({
      audience: ['my-atlas'],
      signingAlgorithm: 'ES384',
      durationSeconds: 120,
      tags: [],
    });
  });

  test('takes URI and audience from the environment', async () => {
    const { port } = await mongod();
    const env = {
      FEDCTL_URI: `mongodb://localhost:${port}/`,
      FEDCTL_AUDIENCE: 'my-atlas',
      FEDCTL_WRITE_PROBE: 'a.b',
    };
    const { code, stdout } = await run([], { env });
    expect(code).toBe(0);
    expect(stdout).not.toContain('write-probe');
  });

  test('writes where it is told', async () => {
    const { port, received } = await mongod();
    const uri = `mongodb://localhost:${port}/`;
    const { code } = await run(['--uri', uri, '--audience', 'a', '--write-probe', 'app.x.y']);
    expect(code).toBe(0);
    expect(received.find((each) => 'insert' in each)).toMatchObject({ insert: 'x.y', $db: 'app' });
  });

  test('tells what it dropped from the connection string', async () => {
    const { port } = await mongod();
    const uri = `mongodb://me@localhost:${port}/?authSource=admin&authMechanism=SCRAM-SHA-256`;
    const { code, stdout } = await run(['--uri', uri, '--audience', 'a', '--json']);
    expect(code).toBe(0);
    const { warnings } = JSON.parse(stdout) as { warnings: { code: string }[] };
    expect(warnings.map((each) => each.code)).toEqual([
      'mongo.uri.user-ignored',
      'mongo.uri.auth-source-ignored',
      'mongo.uri.mechanism-ignored',
    ]);
  });
});

describe('a token file', () => {
  test('is sent as it is, and no AWS is asked', async () => {
    const { port, received } = await mongod();
    await writeFile(join(directory, 'token'), FILE_TOKEN, { mode: 0o600 });
    const uri = `mongodb://localhost:${port}/`;
    const { code, stdout, stderr, calls } = await run(['--uri', uri, '--token-file', 'token']);
    expect({ code, stderr, calls }).toEqual({ code: 0, stderr: '', calls: [] });
    expect(stdout).toContain('token of system:app for my-atlas');
    expect(stdout).not.toContain(FILE_TOKEN);
    const saslStart = received.find((each) => 'saslStart' in each);
    expect(Buffer.from(saslStart?.['payload'].buffer).toString()).toContain(FILE_TOKEN);
  });

  test('with a newline is told about; stdin ends in one by custom', async () => {
    const { port } = await mongod();
    await writeFile(join(directory, 'newline'), `${FILE_TOKEN}\n`, { mode: 0o600 });
    const uri = `mongodb://localhost:${port}/`;
    const file = await run(['--uri', uri, '--token-file', 'newline']);
    expect({ code: file.code, stderr: file.stderr }).toEqual({
      code: 0,
      stderr: `warning: The file "newline" has white space around the token, such as a trailing newline. fedctl ignores the white space. Drivers send the white space, and the server rejects the token.
         Write the token without white space: "fedctl token --audience <audience> --out <file>".
`,
    });
    const piped = await run(['--uri', uri, '--token-file', '-'], { input: `${FILE_TOKEN}\n` });
    expect({ code: piped.code, stderr: piped.stderr }).toEqual({ code: 0, stderr: '' });
  });

  test.each<[string, string | Buffer, string]>([
    ['empty', '', 'The file "bad" has no usable JWT: it is empty.'],
    ['not a JWT', 'hello', 'The file "bad" has no usable JWT: it is an opaque token, without a dot.'],
    [
      'JSON',
      JSON.stringify({ WebIdentityToken: FILE_TOKEN }),
      'The file "bad" has no usable JWT: it is JSON, with the token in its member WebIdentityToken.',
    ],
    ['a header', `Bearer ${FILE_TOKEN}\n`, 'The file "bad" has no usable JWT: it starts with "Bearer".'],
    ['quoted', `"${FILE_TOKEN}"\n`, 'The file "bad" has no usable JWT: it is in quotation marks.'],
    [
      'marked',
      `\ufeff${FILE_TOKEN}`,
      'The file "bad" has no usable JWT: it starts with a byte order mark (U+FEFF).',
    ],
    [
      'UTF-16',
      Buffer.from(`\ufeff${FILE_TOKEN}\r\n`, 'utf16le'),
      'The file "bad" has no usable JWT: it is UTF-16 instead of ASCII.',
    ],
    ['two tokens', `${FILE_TOKEN}\n${FILE_TOKEN}\n`, 'The file "bad" has no usable JWT: it has two tokens.'],
    [
      'a JWT without exp',
      jwtOf({}, { iss: 'i', sub: 's', aud: 'a' }),
      'The file "bad" has no usable JWT: it has no exp.',
    ],
  ])('that is %s is refused before anything is dialled', async (_title, content, message) => {
    await writeFile(join(directory, 'bad'), content);
    const result = await run(['--uri', 'mongodb://localhost:1/', '--token-file', 'bad', '--json']);
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code: 2, stdout: '' });
    expect(errorOf(result)).toMatchObject({ code: 'mongo.token-file-unusable', message });
  });

  test('that is missing is refused', async () => {
    const result = await run(['--uri', 'mongodb://localhost:1/', '--token-file', 'nowhere', '--json']);
    expect(errorOf(result)).toMatchObject({ code: 'mongo.token-file-unusable', exitCode: 2 });
  });

  test('that is the token itself is refused without being repeated', async () => {
    const result = await run(['--uri', 'mongodb://localhost:1/', '--token-file', FILE_TOKEN]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('usage.token-as-argument');
    expect(result.stderr + result.stdout).not.toContain(FILE_TOKEN.slice(0, 20));
  });

  test('is nothing for MONGODB-AWS', async () => {
    const { port } = await mongod();
    const env = { FEDCTL_TOKEN_FILE: '/nowhere' };
    const { code, stderr } = await run(['--mechanism', 'aws', '--uri', `mongodb://localhost:${port}/`], {
      env,
    });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `warning: The token file is ignored: MONGODB-AWS logs in with AWS credentials.
         Remove --token-file, or add --mechanism oidc.
`,
    });
  });
});

describe('what is refused without the network', () => {
  test.each([
    [[], 'usage.missing-uri', 'No connection string was given.'],
    [
      ['--uri=mongodb://localhost/'],
      'usage.missing-audience',
      'No audience was given. MONGODB-OIDC requires the audience of the identity provider in Atlas.',
    ],
    [
      ['--uri=localhost', '--audience=a'],
      'mongo.uri-invalid',
      'Invalid connection string: expected mongodb:// or mongodb+srv://, followed by a host.',
    ],
    [
      ['--uri=mongodb://u:hunter2@localhost/', '--audience=a'],
      'mongo.password-in-uri',
      'The connection string has a password.',
    ],
    [
      ['--uri=mongodb://localhost/?authMechanism=MONGODB-AWS', '--mechanism=oidc', '--audience=a'],
      'mongo.mechanism-conflict',
      '--mechanism is oidc, but the connection string has authMechanism=MONGODB-AWS.',
    ],
    [
      ['--uri=mongodb://db.example.com/', '--audience=a'],
      'mongo.plaintext-refused',
      'Refused to log in to db.example.com:27017 without TLS.',
    ],
    [
      ['--uri=mongodb://localhost/', '--audience=a', '--write-probe=nodot'],
      'usage.invalid-value',
      'Invalid --write-probe: expected <database>.<collection>.',
    ],
    [
      ['--uri=mongodb://localhost/', '--audience=a', '--external-id=x'],
      'usage.invalid-command-line',
      '--external-id requires --role-arn.',
    ],
  ])('%j', async (argv, code, message) => {
    const mongo = () => Promise.reject(new Error('nothing is dialled'));
    const result = await run([...argv, '--json'], { mongo });
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code: 2, stdout: '' });
    expect(schemaFaults('error', JSON.parse(result.stderr))).toEqual([]);
    expect(errorOf(result)).toMatchObject({ code, message, exitCode: 2 });
    expect(result.stderr).not.toContain('hunter2');
  });
});

describe('a failure', () => {
  test('for people: the stages on stdout, the rest on stderr', async () => {
    const { port } = await mongod({ saslStart: REFUSED });
    const uri = `mongodb://localhost:${port}/`;
    const { code, stdout, stderr } = await run(['--uri', uri, '--audience', 'my-atlas']);
    expect({ code, stdout, stderr }).toEqual({
      code: 4,
      stdout: `MONGODB-OIDC  ${uri}
  ✓ resolve           0 ms  localhost is 127.0.0.1
  ✓ tcp               0 ms  localhost:${port}
  - tls            skipped  loopback, without TLS
  ✓ hello             0 ms  MongoDB 8.0 (wire version 25), standalone
  ✓ credential        0 ms  token of ${ALICE} for my-atlas
  ✗ authenticate      0 ms  mongo.oidc-refused  The server rejected the token and gave only the reason "Authentication failed." (18).
`,
      stderr: `error: MONGODB-OIDC, authenticate: The server rejected the token and gave only the reason "Authentication failed." (18).
        iss  https://0a1b2c3d.tokens.sts.global.api.aws
             must be identical to the issuer URI of the identity provider
        aud  my-atlas
             must be the audience of the identity provider
        sub  ${ALICE}
             requires the database user <idpId>/${ALICE} in $external
        exp  2026-11-22T12:05:00Z (in 5 min)
        alg  RS256
        kid  RSA_0
             must be in the key set that the issuer publishes
             the identity provider must be connected to the organization of the cluster
cause:  The server gives no reason. Compare the token with the identity provider and the database user.
remedy: Run "fedctl check" to compare the token with the identity provider and the database user.
run:    fedctl check --uri ${uri} --audience my-atlas
code:   mongo.oidc-refused
`,
    });
  });

  test('as JSON: one document on stderr, with the stages', async () => {
    const { port, close } = await startScriptedMongod();
    await close();
    const result = await run(['--uri', `mongodb://localhost:${port}/`, '--audience', 'a', '--json']);
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code: 6, stdout: '' });
    expect(schemaFaults('error', JSON.parse(result.stderr))).toEqual([]);
    expect(errorOf(result)).toEqual({
      code: 'mongo.port-closed',
      message: `MONGODB-OIDC, tcp: localhost:${port} refused the connection.`,
      cause: 'The host refused the connection. The port is wrong, or the server is not running.',
      remedy:
        'Compare the host and port with the connection string of the cluster, and check whether the server is running.',
      command: `nc -vz -w 5 localhost ${port}`,
      docs: 'fedctl explain mongo.port-closed',
      requestId: null,
      exitCode: 6,
      details: {
        hosts: [{ host: `localhost:${port}`, fault: 'refused', error: 'ECONNREFUSED' }],
        mechanism: 'MONGODB-OIDC',
        stage: 'tcp',
        stages: [
          { id: 'resolve', status: 'pass', ms: 0 },
          { id: 'tcp', status: 'fail', ms: 0, code: 'mongo.port-closed' },
        ],
      },
    });
  });

  test('of AWS in the credential stage keeps its own code', async () => {
    const { port } = await mongod();
    const aws = () => Promise.reject(new FedctlError('aws.region-missing', { message: 'No Region.' }));
    const result = await run(['--uri', `mongodb://localhost:${port}/`, '--audience', 'a', '--json'], { aws });
    expect(result.code).toBe(3);
    expect(errorOf(result)).toMatchObject({
      code: 'aws.region-missing',
      message: 'MONGODB-OIDC, credential: No Region.',
      details: { stage: 'credential' },
    });
  });

  test('to reach STS is no reason to give MONGODB-AWS up: the server asks STS itself', async () => {
    const { port } = await mongod();
    const fake = fakeAws({ now: () => NOW });
    const aws = async (settings: Parameters<typeof fake.aws>[0]): Promise<Aws> => ({
      ...(await fake.aws(settings)),
      sts: () => Promise.reject(new FedctlError('aws.unreachable', { message: 'No way to STS.' })),
    });
    const argv = ['--mechanism', 'aws', '--uri', `mongodb://localhost:${port}/`];
    const { code, stdout } = await run(argv, { aws });
    expect(code).toBe(0);
    expect(stdout).toContain(
      'key AKIAALICE, from environment (AWS_ACCESS_KEY_ID); its principal is unknown, because STS is unreachable',
    );
  });
});

describe('both mechanisms', () => {
  test('that pass are told one after the other', async () => {
    const { port } = await mongod();
    const { code, stdout } = await run([
      '--mechanism=both',
      `--uri=mongodb://localhost:${port}/`,
      '--audience=a',
    ]);
    expect(code).toBe(0);
    const told = stdout.split('\n').filter((line) => /^MONGODB|Logged in/.test(line));
    expect(told).toEqual([
      `MONGODB-OIDC  mongodb://localhost:${port}/`,
      '  Logged in as idp/arn:aws:iam::123456789012:role/app in $external, with readWrite@fedctl',
      `MONGODB-AWS  mongodb://localhost:${port}/`,
      '  Logged in as idp/arn:aws:iam::123456789012:role/app in $external, with readWrite@fedctl',
    ]);
  });

  test('of which the first is refused: its code, and the other one told too', async () => {
    const { port } = await mongod({
      saslStart: (command) => (command['mechanism'] === 'MONGODB-OIDC' ? REFUSED : 'close'),
    });
    const argv = ['--mechanism=both', `--uri=mongodb://localhost:${port}/`, '--audience=a'];
    const { code, stdout, stderr } = await run(argv);
    expect(code).toBe(4);
    expect(stderr).toContain('code:   mongo.oidc-refused');
    expect(stdout).toContain('mongo.auth-interrupted  The server closed the connection during the login.');
    expect(stdout).toContain(
      '    remedy: Repeat the command. If the error persists, look for a proxy or firewall between this machine and the server.\n',
    );
  });

  test('as JSON: the error document holds both', async () => {
    const { port } = await mongod({ saslContinue: REFUSED });
    const result = await run([
      '--mechanism=both',
      `--uri=mongodb://localhost:${port}/`,
      '--audience=a',
      '--json',
    ]);
    expect(result.code).toBe(4);
    expect(errorOf(result)).toMatchObject({
      code: 'mongo.aws-refused',
      details: {
        mechanism: 'MONGODB-AWS',
        stage: 'authenticate',
        mechanisms: [
          { name: 'MONGODB-OIDC', ok: true, user: 'idp/arn:aws:iam::123456789012:role/app', failure: null },
          { name: 'MONGODB-AWS', ok: false, user: null, failure: { code: 'mongo.aws-refused' } },
        ],
      },
    });
  });

  test('exit with the first one that failed, also when the second exits with another code', async () => {
    const { port } = await mongod({
      saslStart: (command) => (command['mechanism'] === 'MONGODB-OIDC' ? 'close' : REFUSED),
    });
    const { code } = await run(['--mechanism=both', `--uri=mongodb://localhost:${port}/`, '--audience=a']);
    expect(code).toBe(6);
  });
});

test('an interruption while the server is silent ends with 130, and says nothing on stderr', async () => {
  const controller = new AbortController();
  const { port } = await mongod({
    saslStart: () => {
      controller.abort(new Interruption('interrupted'));
      return 'silence';
    },
  });
  const argv = ['--mechanism=both', `--uri=mongodb://localhost:${port}/`, '--audience=a'];
  const { code, stderr } = await run(argv, { signal: controller.signal });
  expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
});
