import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createAws } from '../../../src/lib/aws/aws.ts';
import { processCredentials } from '../../../src/lib/aws/credential-process.ts';
import { aws } from '../../../src/lib/core/command-line.ts';
import { Interruption } from '../../../src/lib/core/deadline.ts';
import { awsAnswer, awsRefusal, byAction, wireCredentials } from '../../support/aws-answers.ts';
import { type AwsHome, awsHome } from '../../support/aws-home.ts';
import { fetch } from '../../support/fetch.ts';
import { type CannedAnswer, loopbackServer } from '../../support/loopback-server.ts';
import { memoryContext } from '../../support/memory-context.ts';

const NO_IMDS = { AWS_EC2_METADATA_DISABLED: 'true' };
const HOUR = new Date('2026-11-22T13:00:00Z');

/** What following the profile comes to, secrets out. */
async function keysOf(home: AwsHome, profile: string, env: Record<string, string> = {}) {
  const context = memoryContext({ env: { ...NO_IMDS, ...env }, home: home.path, fetch });
  const aws = await createAws({ timeoutMs: 2000, profile }, context);
  const keys = await aws.credentials(context.signal);
  expect(keys.provider).toBe('profile');
  return {
    accessKeyId: keys.accessKeyId,
    secret: keys.secretAccessKey.reveal(),
    token: keys.sessionToken?.reveal() ?? null,
    expiresAt: keys.expiresAt,
    detail: keys.providerDetail,
  };
}

describe('keys in the files', () => {
  const CREDENTIALS = `
[static]
aws_access_key_id = AKIASTATIC
aws_secret_access_key = secret
aws_session_token = token

[half]
aws_access_key_id = AKIAHALF
`;

  test('are used', async () => {
    await using home = await awsHome('', CREDENTIALS);
    expect(await keysOf(home, 'static')).toEqual({
      accessKeyId: 'AKIASTATIC',
      secret: 'secret',
      token: 'token',
      expiresAt: null,
      detail: 'profile "static" (access key)',
    });
  });

  test('half of them', async () => {
    await using home = await awsHome('', CREDENTIALS);
    await expect(keysOf(home, 'half')).rejects.toMatchObject({
      code: 'aws.credentials-half-set',
      message: 'The profile "half" has aws_access_key_id but no aws_secret_access_key.',
      remedy:
        'Complete the key pair in one section. "aws configure --profile half" prompts for the two values.',
    });
  });
});

describe('id, secret and token', () => {
  const PAIR = 'aws_access_key_id = AKIANEW\naws_secret_access_key = new\n';
  const OLD = 'aws_access_key_id = ASIAOLD\naws_secret_access_key = old\naws_session_token = stale\n';

  test.each<[string, string, string, string, string | null]>([
    ['the credentials file before the config file', `[profile p]\n${OLD}`, `[p]\n${PAIR}`, 'AKIANEW', null],
    ['the config file alone', `[profile p]\n${OLD}`, '[p]\nregion = x\n', 'ASIAOLD', 'stale'],
    ['the last of two sections', '', `[p]\n${OLD}[p]\n${PAIR}`, 'AKIANEW', null],
    ['a token under its older name', '', `[p]\n${PAIR}aws_security_token = older\n`, 'AKIANEW', 'older'],
    [
      'a token under both names',
      '',
      `[p]\n${PAIR}aws_security_token = older\naws_session_token = newer\n`,
      'AKIANEW',
      'newer',
    ],
    [
      'a secret alone in the credentials file',
      `[profile p]\n${PAIR}`,
      '[p]\naws_secret_access_key = x\n',
      'AKIANEW',
      null,
    ],
  ])('come from one section: %s', async (_, config, credentials, id, token) => {
    await using home = await awsHome(config, credentials);
    const keys = await keysOf(home, 'p');
    expect([keys.accessKeyId, keys.token]).toEqual([id, token]);
  });

  test.each<[string, string, string]>([
    [
      `[profile p]\n${PAIR}`,
      '[p]\naws_access_key_id = AKIAHALF\n',
      'aws_access_key_id but no aws_secret_access_key',
    ],
    ['[profile p]\naws_secret_access_key = x\n', '', 'aws_secret_access_key but no aws_access_key_id'],
    [
      '',
      '[p]\naws_access_key_id =\naws_secret_access_key = x\n',
      'aws_secret_access_key but no aws_access_key_id',
    ],
    ['', '[p]\naws_access_key_id =\naws_secret_access_key =\n', 'no value for aws_access_key_id'],
  ])('half of them is a failure: %j %j', async (config, credentials, what) => {
    await using home = await awsHome(config, credentials);
    await expect(keysOf(home, 'p')).rejects.toMatchObject({
      code: 'aws.credentials-half-set',
      message: `The profile "p" has ${what}.`,
    });
  });
});

describe('the order within a profile', () => {
  const KEYS = 'aws_access_key_id = AKIAKEYS\naws_secret_access_key = s\n';
  const PROCESS = `credential_process = sh -c 'echo "{\\"Version\\":1,\\"AccessKeyId\\":\\"AKIAPROCESS\\",\\"SecretAccessKey\\":\\"s\\"}"'\n`;
  const SSO = 'sso_account_id = 123456789012\nsso_role_name = R\nsso_start_url = https://x\nsso_region = r\n';
  const LOGIN = 'login_session = arn:aws:iam::1:user/ada\n';
  const PATH = { PATH: process.env['PATH'] ?? '' };

  test.each<[string, string, string, string]>([
    ['a program before keys in the config file', `[profile p]\n${KEYS}${PROCESS}`, '', 'AKIAPROCESS'],
    ['keys in the credentials file before a program', `[profile p]\n${PROCESS}`, `[p]\n${KEYS}`, 'AKIAKEYS'],
    ['keys in the credentials file before a login', `[profile p]\n${LOGIN}`, `[p]\n${KEYS}`, 'AKIAKEYS'],
    [
      'keys before a sign-in that names no account and no role',
      '[profile p]\nsso_session = corp\n',
      `[p]\n${KEYS}`,
      'AKIAKEYS',
    ],
  ])('%s', async (_, config, credentials, id) => {
    await using home = await awsHome(config, credentials);
    expect((await keysOf(home, 'p', PATH)).accessKeyId).toBe(id);
  });

  test.each<[string, string, string, string, string]>([
    [
      'IAM Identity Center before keys in the credentials file',
      `[profile p]\n${SSO}`,
      `[p]\n${KEYS}`,
      'aws.sso-login-needed',
      'The sign-in of the profile "p" is missing, or its cache was removed.',
    ],
    [
      'a web identity before it',
      `[profile p]\nrole_arn = r\nweb_identity_token_file = /nowhere/t\n${SSO}`,
      `[p]\n${KEYS}`,
      'usage.unreadable-input',
      'Cannot read the web identity token file "/nowhere/t": the file does not exist.',
    ],
    [
      'a login before a program',
      `[profile p]\n${LOGIN}${PROCESS}`,
      '',
      'aws.sso-login-needed',
      'The sign-in of the profile "p" is missing, or its cache was removed.',
    ],
    [
      'a sign-in without account and role at the end',
      '[profile p]\nsso_start_url = https://x\nsso_region = r\n',
      '',
      'aws.profile-failed',
      'The profile "p" lacks sso_account_id.',
    ],
  ])('%s', async (_, config, credentials, code, message) => {
    await using home = await awsHome(config, credentials);
    const env = { ...PATH, AWS_REGION: 'eu-west-1' };
    await expect(keysOf(home, 'p', env)).rejects.toMatchObject({ code, message });
  });
});

describe('a role', () => {
  const ROLE = 'arn:aws:iam::1:role/r';
  const KEYS = 'aws_access_key_id = AKIABASE\naws_secret_access_key = s\n';

  /** Follows the profile `role` of this config, with an STS that gives these answers in turn. */
  async function follow(config: string, answers: readonly CannedAnswer[], env: Record<string, string> = {}) {
    await using home = await awsHome(config, `[base]\n${KEYS}`);
    let calls = 0;
    await using server = await loopbackServer((request) => {
      const answer = answers[calls];
      calls += 1;
      return byAction({ AssumeRole: answer ?? null, AssumeRoleWithWebIdentity: answer ?? null })(request);
    });
    const keys = await keysOf(home, 'role', {
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL_STS: server.url,
      ...env,
    });
    return {
      keys,
      calls: server.requests.map(({ headers, body }) => ({
        signedBy: /Credential=(\w+)\/\d+\/([\w-]+)/
          .exec(headers.authorization ?? '')
          ?.slice(1)
          .join(' '),
        ...Object.fromEntries(new URLSearchParams(body)),
      })),
    };
  }

  const assumed = (key: string) =>
    awsAnswer(
      'AssumeRole',
      `<AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn><AssumedRoleId>A:s</AssumedRoleId></AssumedRoleUser>${wireCredentials(key)}`,
    );

  test('with the keys of another profile', async () => {
    const config = `[profile role]\nrole_arn = ${ROLE}\nsource_profile = base\nexternal_id = x\nduration_seconds = 900\nrole_session_name = ada\n`;
    const { keys, calls } = await follow(config, [assumed('ASIAROLE')]);
    expect(keys).toEqual({
      accessKeyId: 'ASIAROLE',
      secret: 'secret of ASIAROLE',
      token: 'token of ASIAROLE',
      expiresAt: HOUR,
      detail: `profile "role" (role ${ROLE}, from profile "base" (access key))`,
    });
    expect(calls).toEqual([
      {
        signedBy: 'AKIABASE eu-west-1',
        Action: 'AssumeRole',
        Version: '2011-06-15',
        RoleArn: ROLE,
        RoleSessionName: 'ada',
        ExternalId: 'x',
        DurationSeconds: '900',
      },
    ]);
  });

  test('in a chain', async () => {
    const config = `[profile role]\nrole_arn = ${ROLE}2\nsource_profile = middle\n[profile middle]\nrole_arn = ${ROLE}1\nsource_profile = base\n`;
    const { keys, calls } = await follow(config, [assumed('ASIAONE'), assumed('ASIATWO')]);
    expect(keys.accessKeyId).toBe('ASIATWO');
    expect(calls.map(({ signedBy }) => signedBy)).toEqual(['AKIABASE eu-west-1', 'ASIAONE eu-west-1']);
  });

  test.each([
    ['itself', 'base'],
    ['another', 'operator'],
  ])('whose source has keys beside a role of its own, with source %s', async (_, source) => {
    const config = `[profile role]\nrole_arn = ${ROLE}2\nsource_profile = base\n[profile base]\nrole_arn = ${ROLE}1\nsource_profile = ${source}\n[profile operator]\n${KEYS.replace('BASE', 'OPERATOR')}`;
    const { keys, calls } = await follow(config, [assumed('ASIAROLE')]);
    expect(keys.detail).toBe(`profile "role" (role ${ROLE}2, from profile "base" (access key))`);
    expect(calls.map(({ signedBy }) => signedBy)).toEqual(['AKIABASE eu-west-1']);
  });

  test('before the keys beside it, in the first profile', async () => {
    const config = `[profile role]\nrole_arn = ${ROLE}\nsource_profile = base\n${KEYS.replace('BASE', 'OWN')}`;
    expect((await follow(config, [assumed('ASIAROLE')])).calls[0]?.signedBy).toBe('AKIABASE eu-west-1');
  });

  test('of a source whose name is followed by a comment', async () => {
    const config = `[profile role]\nrole_arn = ${ROLE}\nsource_profile = base # ours\n`;
    expect((await follow(config, [assumed('ASIAROLE')])).calls[0]?.signedBy).toBe('AKIABASE eu-west-1');
  });

  test('with the keys beside it', async () => {
    const config = `[profile role]\nrole_arn = ${ROLE}\nsource_profile = role\n${KEYS}`;
    expect((await follow(config, [assumed('ASIAROLE')])).calls[0]?.signedBy).toBe('AKIABASE eu-west-1');
  });

  test('with the keys of the environment', async () => {
    const config = `[profile role]\nrole_arn = ${ROLE}\ncredential_source = Environment\n`;
    const env = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 's' };
    const { keys, calls } = await follow(config, [assumed('ASIAROLE')], env);
    expect(calls[0]?.signedBy).toBe('AKIAENV eu-west-1');
    expect(keys.detail).toBe(`profile "role" (role ${ROLE}, from environment (AWS_ACCESS_KEY_ID))`);
  });

  test('with a web identity', async () => {
    await using other = await awsHome('');
    const token = await other.write('token', 'a.b.c\n');
    const config = `[profile role]\nrole_arn = ${ROLE}\nweb_identity_token_file = ${token}\n`;
    const answer = awsAnswer(
      'AssumeRoleWithWebIdentity',
      `<AssumedRoleUser><Arn>arn</Arn></AssumedRoleUser>${wireCredentials('ASIAWEB')}`,
    );
    const { keys, calls } = await follow(config, [answer]);
    expect(keys.detail).toBe(`profile "role" (web identity, role ${ROLE})`);
    expect(calls[0]).toMatchObject({ signedBy: undefined, WebIdentityToken: 'a.b.c' });
  });

  test('that may not be assumed', async () => {
    const config = `[profile role]\nrole_arn = ${ROLE}\nsource_profile = base\n`;
    await expect(follow(config, [awsRefusal(403, 'AccessDenied', 'no')])).rejects.toMatchObject({
      code: 'sts.assume-denied',
      requestId: 'request-1',
    });
  });

  test.each<[string, string, string, string]>([
    [
      'with MFA',
      'source_profile = base\nmfa_serial = arn:aws:iam::1:mfa/ada',
      'aws.mfa-needed',
      `The profile "role" assumes ${ROLE}, which requires a code from the MFA device arn:aws:iam::1:mfa/ada.`,
    ],
    [
      'without a source',
      '',
      'aws.profile-failed',
      'The profile "role" has a role_arn, but neither source_profile nor credential_source.',
    ],
    [
      'with two sources',
      'source_profile = base\ncredential_source = Environment',
      'aws.profile-failed',
      'The profile "role" has a role_arn, but both source_profile and credential_source.',
    ],
    [
      'with a source nobody knows',
      'credential_source = Magic',
      'aws.profile-failed',
      'The profile "role" has credential_source Magic, but AWS supports only Environment, Ec2InstanceMetadata and EcsContainer.',
    ],
    [
      'with a source that has nothing',
      'credential_source = Environment',
      'aws.profile-failed',
      'The profile "role" takes its credentials from Environment, but AWS_ACCESS_KEY_ID is not set.',
    ],
    [
      'from a profile that does not exist',
      'source_profile = bsae',
      'aws.profile-unknown',
      'The AWS profile "bsae" from source_profile of the profile "role" does not exist; did you mean "base"?',
    ],
    [
      'from a profile without keys',
      'source_profile = empty\n[profile empty]\nregion = eu-west-1',
      'aws.profile-failed',
      'The profile "empty" has no credentials, but it is the source_profile of the profile "role".',
    ],
    [
      'in a circle',
      `source_profile = other\n[profile other]\nrole_arn = ${ROLE}\nsource_profile = role`,
      'aws.profile-failed',
      'The profile "other" is in a loop of source profiles: role -> other -> role.',
    ],
    [
      'from itself, without keys',
      'source_profile = role',
      'aws.profile-failed',
      'The profile "role" has no credentials, but it is the source_profile of the profile "role".',
    ],
  ])('%s', async (_, lines, code, message) => {
    await expect(follow(`[profile role]\nrole_arn = ${ROLE}\n${lines}\n`, [])).rejects.toMatchObject({
      code,
      message,
      exitCode: 3,
    });
  });
});

describe('credential_process', () => {
  async function processOf(output: string, script = `cat <<'END'\n${output}\nEND\n`) {
    await using home = await awsHome('');
    const program = await home.write('keys.sh', `#!/bin/sh\n${script}`);
    await using other = await awsHome(`[profile p]\ncredential_process = "${program}" --flag 'a b'\n`);
    return await keysOf(other, 'p', { PATH: process.env['PATH'] ?? '', MARK: 'from the context' });
  }

  test('gives keys, in the environment of the context', async () => {
    const script = `printf '{"Version":1,"AccessKeyId":"ASIAPROC","SecretAccessKey":"%s","SessionToken":"%s","Expiration":"2026-11-22T13:00:00Z"}' "$MARK" "$2"\n`;
    expect(await processOf('', script)).toEqual({
      accessKeyId: 'ASIAPROC',
      secret: 'from the context',
      token: 'a b',
      expiresAt: HOUR,
      detail: 'profile "p" (credential_process)',
    });
  });

  test('is started without a shell', async () => {
    const script = `[ "$*" = 'Admin(eu) $HOME ~ | *' ] && echo '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s"}'\n`;
    await using home = await awsHome('');
    const program = await home.write('keys.sh', `#!/bin/sh\n${script}`);
    await using other = await awsHome(`[profile p]\ncredential_process = ${program} Admin(eu) $HOME ~ | *\n`);
    expect((await keysOf(other, 'p', { PATH: process.env['PATH'] ?? '' })).accessKeyId).toBe('A');
  });

  test('reads the standard input of fedctl', async () => {
    const stdio: unknown[] = [];
    await using home = await awsHome('[profile p]\ncredential_process = true\n');
    const context = memoryContext({
      env: { ...NO_IMDS, PATH: process.env['PATH'] ?? '' },
      home: home.path,
      spawn(command, args, options) {
        stdio.push([command, args, options.stdio, options.shell]);
        return spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
      },
    });
    const aws = await createAws({ timeoutMs: 2000, profile: 'p' }, context);
    await expect(aws.credentials(context.signal)).rejects.toMatchObject({ code: 'aws.profile-failed' });
    expect(stdio).toEqual([['true', [], ['inherit', 'pipe', 'pipe'], undefined]]);
  });

  test.each<[string, string]>([
    ['~/keys.sh', 'cannot be started: "~/keys.sh": the program was not found'],
    ['/nowhere/keys --secret x', 'cannot be started: "/nowhere/keys": the program was not found'],
    ["keys 'open", 'cannot be split into words: it has an unclosed quote'],
  ])('%s', async (command, what) => {
    await using home = await awsHome(`[profile p]\ncredential_process = ${command}\n`);
    await expect(keysOf(home, 'p', { PATH: process.env['PATH'] ?? '' })).rejects.toMatchObject({
      code: 'aws.profile-failed',
      message: `The credential_process of the profile "p" ${what}.`,
    });
  });

  test('an Expiration without a zone is UTC, wherever this runs', async () => {
    vi.stubEnv('TZ', 'Asia/Tokyo');
    const output = '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"2026-11-22T13:00:00"}';
    expect((await processOf(output)).expiresAt).toEqual(HOUR);
    vi.unstubAllEnvs();
  });

  test('without session and expiry', async () => {
    const keys = await processOf('{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s"}');
    expect([keys.token, keys.expiresAt]).toEqual([null, null]);
  });

  test.each<[string, string, string]>([
    ['exit 3', 'exited with code 3', 'exit 3'],
    [
      'exit 3 with a sentence',
      'exited with code 3: "please log in"',
      'echo one >&2; echo please log in >&2; exit 3',
    ],
    ['no JSON', 'printed no JSON', 'echo secret-stuff'],
    ['no version', 'printed no "Version": 1', 'echo "{}"'],
    [
      'no keys',
      'did not print both AccessKeyId and SecretAccessKey',
      `echo '{"Version":1,"AccessKeyId":"A"}'`,
    ],
    [
      'no time',
      'printed an Expiration that is not a valid time',
      `echo '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"soon"}'`,
    ],
  ])('%s', async (_, how, script) => {
    await expect(processOf('', script)).rejects.toMatchObject({
      code: 'aws.profile-failed',
      message: `The credential_process of the profile "p" ${how}.`,
      remedy:
        'Run the program separately and correct the error. To print its command, run "aws configure get credential_process --profile p".',
    });
  });

  test('expired keys', async () => {
    const output =
      '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"2026-11-22T11:00:00Z"}';
    await expect(processOf(output)).rejects.toMatchObject({
      code: 'aws.credentials-expired',
      message:
        'The credential_process of the profile "p" printed credentials that expired at 2026-11-22T11:00:00.000Z.',
    });
  });

  test('an interruption ends it', async () => {
    const controller = new AbortController();
    const reason = new Interruption('interrupted');
    const children: ChildProcess[] = [];
    const context = memoryContext({
      env: { PATH: process.env['PATH'] ?? '' },
      spawn(command, args, options) {
        const child = spawn(command, args, options);
        children.push(child);
        child.once('spawn', () => controller.abort(reason));
        return child;
      },
    });
    await expect(processCredentials('sleep 30', 'p', context, controller.signal)).rejects.toBe(reason);
    const [child] = children;
    if (child === undefined) throw new Error('nothing was started');
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
  });
});

describe('IAM Identity Center', () => {
  afterEach(() => vi.unstubAllEnvs());

  const CONFIG = `
[profile sso]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Reader

[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1

[profile old]
sso_start_url = https://old.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = Reader

[profile partial]
sso_session = corp
sso_account_id = 123456789012
`;

  test.each<[string, string, object | null, string]>([
    ['sso', 'corp', null, 'is missing, or its cache was removed'],
    ['sso', 'corp', { accessToken: 't', expiresAt: '2026-11-22T09:00:00Z' }, 'expired 3 h ago'],
    ['sso', 'corp', { accessToken: 't' }, 'has a damaged cache'],
    ['sso', 'corp', { expiresAt: '2099-01-01T00:00:00Z' }, 'has a damaged cache'],
    [
      'old',
      'https://old.awsapps.com/start',
      { accessToken: 't', refreshToken: 'r', expiresAt: '2026-11-22T11:59:00Z' },
      'expired 1 min ago',
    ],
  ])('profile %s, cache of %s: %j', async (profile, key, login, what) => {
    await using home = await awsHome(CONFIG);
    if (login !== null) await home.cacheLogin(key, login);
    await expect(keysOf(home, profile)).rejects.toMatchObject({
      code: 'aws.sso-login-needed',
      message: `The sign-in of the profile "${profile}" ${what}.`,
      remedy: 'Sign in again.',
      command: aws(['sso', 'login', '--profile', profile]),
      exitCode: 3,
    });
  });

  test.each<[string, string, string]>([
    [
      'names a session that is not there',
      '[profile x]\nsso_session = my corp\nsso_account_id = 1\nsso_role_name = R\n',
      'specifies the sso-session "my corp", but <config> has no section [sso-session \'my corp\']',
    ],
    [
      'says something else than its session',
      '[profile x]\nsso_session = corp\nsso_region = r\nsso_account_id = 1\nsso_role_name = R\n[sso-session corp]\nsso_start_url = https://x\nsso_region = q\n',
      'has a different sso_region than its sso-session "corp"',
    ],
  ])('a profile that %s', async (_, config, what) => {
    await using home = await awsHome(config);
    await expect(keysOf(home, 'x')).rejects.toMatchObject({
      code: 'aws.profile-failed',
      message: `The profile "x" ${what.replace('<config>', `${home.path}/.aws/config`)}.`,
      remedy: 'Correct the profile. "aws configure sso --profile x" prompts for the settings.',
    });
  });

  test('a profile that is not complete', async () => {
    await using home = await awsHome(CONFIG);
    await expect(keysOf(home, 'partial')).rejects.toMatchObject({
      code: 'aws.profile-failed',
      message: 'The profile "partial" lacks sso_role_name.',
    });
  });

  const OTHER_NAMES = CONFIG.replaceAll('[profile sso]', '[profile "s s o"]')
    .replaceAll('[sso-session corp]', '[sso-session "my corp"]')
    .replaceAll('= corp', '= my corp');

  /** The SDK's provider finds its endpoint by the process's own environment. */
  async function withPortal(
    answer: CannedAnswer,
    use: (home: AwsHome) => Promise<void>,
    { config = CONFIG, key = 'corp', expiresAt = '2099-01-01T00:00:00Z' } = {},
  ) {
    await using home = await awsHome(config);
    await home.cacheLogin(key, { accessToken: 'the login', expiresAt });
    await using server = await loopbackServer(() => answer);
    vi.stubEnv('HOME', home.path);
    vi.stubEnv('AWS_ENDPOINT_URL_SSO', server.url);
    await use(home);
    expect(server.requests[0]).toMatchObject({
      path: '/federation/credentials?account_id=123456789012&role_name=Reader',
      headers: { 'x-amz-sso_bearer_token': 'the login' },
    });
  }

  const roleCredentials = {
    accessKeyId: 'ASIASSO',
    secretAccessKey: 'secret',
    sessionToken: 'token',
    expiration: HOUR.getTime(),
  };
  const answer = {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ roleCredentials }),
  };

  test.each<[string, string, Parameters<typeof withPortal>[2]]>([
    ['a session with a blank in its name', 's s o', { config: OTHER_NAMES, key: 'my corp' }],
    ['a cache as the AWS CLI wrote it once', 'sso', { expiresAt: '2099-01-01T00:00:00UTC' }],
    [
      'such a cache without a session',
      'old',
      { key: 'https://old.awsapps.com/start', expiresAt: '2099-01-01T00:00:00UTC' },
    ],
  ])('gives keys for %s', async (_, profile, world) => {
    await withPortal(
      answer,
      async (home) => {
        expect((await keysOf(home, profile)).accessKeyId).toBe('ASIASSO');
      },
      world,
    );
  });

  test('gives keys', async () => {
    await withPortal(answer, async (home) => {
      expect(await keysOf(home, 'sso')).toEqual({
        accessKeyId: 'ASIASSO',
        secret: 'secret',
        token: 'token',
        expiresAt: HOUR,
        detail: 'profile "sso" (IAM Identity Center)',
      });
    });
  });

  test.each<[number, string, string, string, string]>([
    [
      401,
      'UnauthorizedException',
      'aws.sso-login-needed',
      'The sign-in of the profile "sso" is no longer accepted.',
      'Sign in again.',
    ],
    [
      403,
      'ForbiddenException',
      'aws.access-denied',
      'IAM Identity Center returned no credentials for Reader in 123456789012 (profile "sso"): ForbiddenException: No access.',
      'An administrator of IAM Identity Center must assign the permission set Reader in account 123456789012.',
    ],
    [
      404,
      'ResourceNotFoundException',
      'aws.profile-failed',
      'The profile "sso" returned no credentials: ResourceNotFoundException: No access.',
      'Sign in again.',
    ],
  ])('refused with %d', async (status, type, code, message, remedy) => {
    const headers = { 'content-type': 'application/json', 'x-amzn-errortype': type };
    await withPortal({ status, headers, body: '{"message":"No access"}' }, async (home) => {
      await expect(keysOf(home, 'sso')).rejects.toMatchObject({ code, message, remedy });
    });
  });

  test('behind a proxy that is down', async () => {
    await using home = await awsHome(CONFIG);
    await home.cacheLogin('corp', { accessToken: 't', expiresAt: '2099-01-01T00:00:00Z' });
    await expect(keysOf(home, 'sso', { HTTPS_PROXY: 'http://127.0.0.1:1' })).rejects.toMatchObject({
      code: 'aws.unreachable',
      message:
        'Cannot reach the sign-in service of the profile "sso" (portal.sso.eu-west-1.amazonaws.com): the proxy is unreachable: the connection was refused (ECONNREFUSED).',
      remedy: 'Set HTTPS_PROXY to the address of the proxy, http://<host>:<port>, or unset it.',
    });
  });

  test('an endpoint without TLS gets no login', async () => {
    await using home = await awsHome(CONFIG);
    await home.cacheLogin('corp', { accessToken: 't', expiresAt: '2099-01-01T00:00:00Z' });
    await expect(
      keysOf(home, 'sso', { AWS_ENDPOINT_URL_SSO: 'http://portal.example' }),
    ).rejects.toMatchObject({
      code: 'aws.plaintext-refused',
    });
  });
});

test('a file that somebody named and that cannot be read is the answer, and no other provider is asked', async () => {
  await using home = await awsHome('', '');
  const env = {
    AWS_SHARED_CREDENTIALS_FILE: home.path,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1',
  };
  const context = memoryContext({ env, home: home.path });
  const aws = await createAws({ timeoutMs: 2000 }, context);
  await expect(aws.credentials(context.signal)).rejects.toMatchObject({
    code: 'aws.profile-failed',
    message: `The AWS files contain no credentials: the profile "default" does not exist. Cannot read "${home.path}": it is a directory.`,
  });
});

describe('aws login', () => {
  const CONFIG = '[profile "p q"]\nlogin_session = arn:aws:iam::1:user/ada\n';
  const login = (expiresAt: string) => ({
    accessToken: {
      accessKeyId: 'ASIALOGIN',
      secretAccessKey: 's',
      sessionToken: 't',
      accountId: '123456789012',
      expiresAt,
    },
    refreshToken: 'r',
    clientId: 'c',
    dpopKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'sec1',
      format: 'pem',
    }),
  });
  const name = createHash('sha256').update('arn:aws:iam::1:user/ada').digest('hex');

  test('that holds, of a profile with a blank in its name', async () => {
    await using home = await awsHome(CONFIG);
    await home.write(`${name}.json`, JSON.stringify(login('2099-01-01T00:00:00Z')));
    vi.stubEnv('AWS_LOGIN_CACHE_DIRECTORY', home.path);
    const env = { AWS_REGION: 'eu-west-1', AWS_LOGIN_CACHE_DIRECTORY: '~' };
    expect(await keysOf(home, 'p q', env)).toMatchObject({
      accessKeyId: 'ASIALOGIN',
      detail: 'profile "p q" (aws login)',
    });
    vi.unstubAllEnvs();
  });

  test('that has expired and that AWS does not renew', async () => {
    await using home = await awsHome(CONFIG);
    await home.write(`${name}.json`, JSON.stringify(login('2020-01-01T00:00:00Z')));
    await using server = await loopbackServer(() => ({
      status: 403,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'AccessDeniedException' },
      body: '{"error":"TOKEN_EXPIRED","message":"expired"}',
    }));
    vi.stubEnv('AWS_LOGIN_CACHE_DIRECTORY', home.path);
    vi.stubEnv('AWS_ENDPOINT_URL_SIGNIN', server.url);
    const env = { AWS_REGION: 'eu-west-1', AWS_LOGIN_CACHE_DIRECTORY: home.path };
    await expect(keysOf(home, 'p q', env)).rejects.toMatchObject({
      code: 'aws.sso-login-needed',
      message: 'The sign-in of the profile "p q" is no longer accepted.',
      likelyCause: expect.stringContaining('"aws login"'),
      remedy: 'Sign in again.',
    });
    vi.unstubAllEnvs();
  });

  test('that was never made', async () => {
    await using home = await awsHome('[profile p]\nlogin_session = arn:aws:iam::1:user/ada\n');
    vi.stubEnv('AWS_LOGIN_CACHE_DIRECTORY', home.path);
    await expect(keysOf(home, 'p', { AWS_REGION: 'eu-west-1' })).rejects.toMatchObject({
      code: 'aws.sso-login-needed',
      message: 'The sign-in of the profile "p" is missing, or its cache was removed.',
      likelyCause: expect.stringContaining('"aws login"'),
      remedy: 'Sign in again.',
    });
    vi.unstubAllEnvs();
  });
});
