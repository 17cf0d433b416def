import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHECK_FORMATS } from '../../src/commands/check/reports.ts';
import { awsAnswer, awsRefusal, byAction } from '../support/aws-answers.ts';
import { jwtOf } from '../support/fake-aws.ts';
import { obeyedCommands } from '../support/github-runner.ts';
import { runInProcess } from '../support/in-process.ts';
import { type LoopbackServer, loopbackServer, type SeenRequest } from '../support/loopback-server.ts';
import type { Said } from '../support/run-main.ts';

/** Steers a terminal, reorders what is read, begins lines, and speaks to the runner of GitHub Actions in every way. */
const HOSTILE =
  'x\u001b]0;title\u0007\u001b[31m\u009b31m\u202e\u2066\u200b\ufe0f\r\n::add-mask::a\n\u3000::stop-commands::b\u2028::error::c ##[add-mask]d %0A::warning::e';
/** What XML and a terminal, but no JSON of AWS, lets through. */
const IN_XML = HOSTILE.replaceAll('\r', '&#13;');

let directory: string;
let hostile: LoopbackServer;
let refusing: LoopbackServer;
let echoing: LoopbackServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fedctl-hostile-'));
  const identity = `<Account>1234${IN_XML}</Account><Arn>arn:aws:iam::123456789012:user/${IN_XML}</Arn><UserId>${IN_XML}</UserId>`;
  const info = `<JwtVendingEnabled>true</JwtVendingEnabled><IssuerIdentifier>http://127.0.0.1:9/${IN_XML}</IssuerIdentifier>`;
  hostile = await loopbackServer(
    byAction({
      GetCallerIdentity: awsAnswer('GetCallerIdentity', identity),
      GetOutboundWebIdentityFederationInfo: awsAnswer('GetOutboundWebIdentityFederationInfo', info),
      EnableOutboundWebIdentityFederation: awsAnswer('EnableOutboundWebIdentityFederation', info),
      GetWebIdentityToken: awsRefusal(403, 'AccessDenied', IN_XML),
      DisableOutboundWebIdentityFederation: awsAnswer('DisableOutboundWebIdentityFederation', ''),
    }),
  );
  refusing = await loopbackServer(() =>
    awsRefusal(403, `Denied${IN_XML}`, IN_XML, { 'x-amzn-requestid': 'r\u009b31m ##[add-mask]x' }),
  );
  echoing = await loopbackServer((request) =>
    request.path === '/api'
      ? { status: 401, headers: { 'www-authenticate': challengeOf(request) } }
      : awsRefusal(403, 'AccessDenied', everythingOf(request), { 'x-amzn-requestid': everythingOf(request) }),
  );
});

afterAll(async () => {
  for (const server of [hostile, refusing, echoing]) await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

function everythingOf({ headers, body }: SeenRequest): string {
  return `${Object.values(headers).join(' ')} ${body}`.replaceAll(/[<>&]/g, ' ');
}

/** Half of the token in each of two parts: no part is the whole of it. */
function challengeOf({ headers }: SeenRequest): string {
  const token = headers.authorization ?? '';
  const half = token.length / 2;
  return `Bearer error="${token.slice(0, half)}", error_description="${token.slice(half)}"`;
}

const SECRET_KEY = 'CANARYkey/K7MDENG+bPxRfiCYzEXAMPLEKEYqr8';
const SESSION_TOKEN = `CANARYsession${'Zq9WxRv7'.repeat(12)}`;

const awsOf = (server: LoopbackServer) => ({
  AWS_REGION: 'eu-west-1',
  AWS_ENDPOINT_URL: server.url,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_ACCESS_KEY_ID: 'ASIAEXAMPLEEXAMPLE00',
  AWS_SECRET_ACCESS_KEY: SECRET_KEY,
  AWS_SESSION_TOKEN: SESSION_TOKEN,
});

const AWS_COMMANDS: readonly (readonly string[])[] = [
  ['status'],
  ['whoami'],
  ['enable', '--no-wait'],
  ['disable', '--yes'],
  ['token', '--audience', 'orders'],
  ['credentials'],
  ['verify', '--audience', 'orders'],
];
const WAYS: readonly (readonly string[])[] = [[], ['--json'], ['--verbose']];
const AWS_RUNS = AWS_COMMANDS.flatMap((args) => WAYS.map((way) => [...args, ...way]));

const TOKEN = jwtOf(
  { alg: 'RS256', kid: HOSTILE, typ: HOSTILE, [HOSTILE]: HOSTILE },
  {
    iss: `https://idp.example/${HOSTILE}`,
    sub: HOSTILE,
    aud: [HOSTILE, 'orders'],
    exp: 1,
    [HOSTILE]: [HOSTILE],
  },
);

/** Nothing in the output acts on a terminal or on a runner. */
function expectHarmless({ stdout, stderr }: Pick<Said, 'stdout' | 'stderr'>): void {
  expect(`${stdout}${stderr}`.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\ufe0f/u);
  const obeyed = [...obeyedCommands(stdout), ...obeyedCommands(stderr)];
  // A mask is a command of fedctl's own, and holds nothing but the secret.
  expect(obeyed.filter((command) => !JSON.stringify(command).includes('add-mask'))).toEqual([]);
}

describe('hostile text cannot control the terminal or the runner', () => {
  test.each(AWS_RUNS)('in what AWS answers: %s %s %s %s', async (...args) => {
    for (const server of [hostile, refusing]) {
      const env = { ...awsOf(server), GITHUB_ACTIONS: 'true' };
      const said = await runInProcess(args, env, TOKEN);
      expectHarmless(said);
      expect(said.stdout + said.stderr).toContain('title');
    }
  });

  test.each([
    ['decode'],
    ['decode', '--json'],
    ['verify', '--issuer', `https://idp.example/${HOSTILE}`, '--audience', HOSTILE],
    ['verify', '--issuer', 'https://idp.example', '--audience', 'a', '--json'],
    ['verify', '--issuer', 'https://idp.example', '--audience', 'a'],
  ])('in a token: %s %s %s', async (...args) => {
    const said = await runInProcess(args, { GITHUB_ACTIONS: 'true' }, TOKEN);
    expectHarmless(said);
    expect(said.stdout + said.stderr).toContain('title');
  });

  test.each([
    ['whoami', '--profile', HOSTILE],
    ['whoami', '--region', HOSTILE, '--json'],
    [HOSTILE],
    ['token', `--${HOSTILE}`],
    ['token', '--audience', 'a', '--duration', HOSTILE],
    ['decode', HOSTILE],
    ['explain', HOSTILE],
    ['init', '--out', HOSTILE, '--uri', `mongodb://h/?appName=${HOSTILE}`],
    ['check', '--only', HOSTILE],
    ['check', '--config', HOSTILE, '--verbose'],
    ['connect', '--uri', `mongodb://127.0.0.1:9/?${HOSTILE}=1`],
    ['sandbox', '--scenario', HOSTILE],
  ])('in an argument: %s %s %s', async (...args) => {
    const env = { GITHUB_ACTIONS: 'true', AWS_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true' };
    const said = await runInProcess(args, env, TOKEN, { cwd: directory });
    expectHarmless(said);
  });

  test.each(CHECK_FORMATS)('in a check, for stdout and for a file: %s', async (format) => {
    const file = join(directory, `report.${format}`);
    for (const output of [format, `${format}=${file}`]) {
      const env = { ...awsOf(refusing), GITHUB_ACTIONS: 'true' };
      const said = await runInProcess(['check', '--only', 'aws', '--only', 'sts', '--output', output], env);
      if (output === 'github') {
        const names = obeyedCommands(said.stdout).map(({ name }) => name);
        expect(new Set(names)).toEqual(new Set(['error']));
        expect(said.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      } else expectHarmless(said);
    }
    const stderr = await readFile(file, 'utf8');
    if (format !== 'github') expectHarmless({ stdout: '', stderr });
  });

  test('is only escaped for a terminal outside of GitHub Actions, and JSON reads it back', async () => {
    const human = await runInProcess(['decode'], {}, jwtOf({}, { sub: '::a::b ##[c]d' }));
    expect(human.stdout).toContain('::a::b ##[c]d\n');
    const { stdout } = await runInProcess(['decode', '--json'], {}, TOKEN);
    expect(JSON.parse(stdout)).toMatchObject({ header: { kid: HOSTILE }, payload: { sub: HOSTILE } });
  });
});

/** Whether 16 characters of a secret stand in a text in a row. */
function leaks(text: string, secrets: readonly string[]): readonly string[] {
  return secrets.filter((secret) =>
    Array.from({ length: secret.length - 15 }, (_, at) => secret.slice(at, at + 16)).some((part) =>
      text.includes(part),
    ),
  );
}

describe('redacts secrets that a server sends back', () => {
  test.each(AWS_RUNS)('AWS: %s %s %s %s', async (...args) => {
    const { code, stdout, stderr } = await runInProcess(args, awsOf(echoing), TOKEN);
    expect(code).not.toBe(0);
    expect(leaks(stdout + stderr, [SECRET_KEY, SESSION_TOKEN])).toEqual([]);
    if (args[0] !== 'verify') expect(stdout + stderr).toContain('[secret]');
  });

  test.each(CHECK_FORMATS)('in every format of check: %s', async (format) => {
    const token = join(directory, 'token.jwt');
    const jwt = jwtOf(
      { alg: 'RS256', kid: 'k' },
      { iss: 'https://idp.example', sub: 's', aud: 'a', exp: 4e9 },
    );
    await writeFile(token, jwt, { mode: 0o600 });
    const file = join(directory, `echo.${format}`);
    const only = ['--only', 'aws', '--only', 'sts', '--only', 'net.api'];
    const api = ['--api', `${echoing.url}/api`, '--token-file', token];
    for (const args of [only.slice(0, 4), [...only.slice(4), ...api]]) {
      for (const output of [format, `${format}=${file}`]) {
        const said = await runInProcess(['check', ...args, '--output', output], awsOf(echoing));
        expect(leaks(said.stdout + said.stderr, [SECRET_KEY, SESSION_TOKEN, jwt])).toEqual([]);
      }
      const written = await readFile(file, 'utf8');
      expect(leaks(written, [SECRET_KEY, SESSION_TOKEN, jwt])).toEqual([]);
      expect(written).toContain('[secret]');
    }
  });
});

test('the error for an unknown option does not contain its value', async () => {
  for (const typed of ['--secret-access-key=CANARYsecretCANARY', '-sCANARYsecretCANARY']) {
    const { code, stderr } = await runInProcess(['token', '--audience', 'a', typed], {});
    expect({ code, first: stderr.split('\n')[0] }).toEqual({
      code: 2,
      first: `error: Unknown option '${typed.slice(0, typed.startsWith('--') ? 19 : 2)}'.`,
    });
  }
});
