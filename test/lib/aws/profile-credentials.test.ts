import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createAws } from '../../../src/lib/aws/aws.ts';
import { processCredentials } from '../../../src/lib/aws/credential-process.ts';
import { Interruption } from '../../../src/lib/deadline.ts';
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
      message: 'The profile "half" has aws_access_key_id and no aws_secret_access_key.',
      remedy: 'aws configure --profile half',
    });
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
      `The profile "role" assumes ${ROLE} with a code of the MFA device arn:aws:iam::1:mfa/ada.`,
    ],
    [
      'without a source',
      '',
      'aws.profile-failed',
      'The profile "role" has a role_arn and names neither source_profile nor credential_source.',
    ],
    [
      'with two sources',
      'source_profile = base\ncredential_source = Environment',
      'aws.profile-failed',
      'The profile "role" has a role_arn and names both source_profile and credential_source.',
    ],
    [
      'with a source nobody knows',
      'credential_source = Magic',
      'aws.profile-failed',
      'The profile "role" has credential_source Magic; AWS knows Environment, Ec2InstanceMetadata and EcsContainer.',
    ],
    [
      'with a source that has nothing',
      'credential_source = Environment',
      'aws.profile-failed',
      'The profile "role" takes its keys from Environment, but AWS_ACCESS_KEY_ID is not set.',
    ],
    [
      'from a profile that does not exist',
      'source_profile = bsae',
      'aws.profile-unknown',
      'There is no AWS profile "bsae", which source_profile of the profile "role" names; did you mean "base"?',
    ],
    [
      'from a profile without keys',
      'source_profile = empty\n[profile empty]\nregion = eu-west-1',
      'aws.profile-failed',
      'The profile "empty" gives the profile "role" no keys.',
    ],
    [
      'in a circle',
      `source_profile = other\n[profile other]\nrole_arn = ${ROLE}\nsource_profile = role`,
      'aws.profile-failed',
      'The profile "other" takes its keys from itself, in a circle: role -> other -> role.',
    ],
    [
      'from itself, without keys',
      'source_profile = role',
      'aws.profile-failed',
      'The profile "role" gives the profile "role" no keys.',
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

  test('without session and expiry', async () => {
    const keys = await processOf('{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s"}');
    expect([keys.token, keys.expiresAt]).toEqual([null, null]);
  });

  test.each<[string, string, string]>([
    ['exit 3', 'exited with code 3', 'exit 3'],
    [
      'exit 3 with a sentence',
      'exited with code 3, saying "please log in"',
      'echo one >&2; echo please log in >&2; exit 3',
    ],
    ['no JSON', 'printed no JSON', 'echo secret-stuff'],
    ['no version', 'printed no "Version": 1', 'echo "{}"'],
    ['no keys', 'printed no AccessKeyId and SecretAccessKey', `echo '{"Version":1,"AccessKeyId":"A"}'`],
    [
      'no time',
      'printed an Expiration that is no time',
      `echo '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"soon"}'`,
    ],
  ])('%s', async (_, how, script) => {
    await expect(processOf('', script)).rejects.toMatchObject({
      code: 'aws.profile-failed',
      message: `The credential_process of the profile "p" ${how}.`,
      remedy: 'run the command that this prints: aws configure get credential_process --profile p',
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
    ['sso', 'corp', null, 'was never made here, or its cache is gone'],
    ['sso', 'corp', { accessToken: 't', expiresAt: '2026-11-22T09:00:00Z' }, 'expired 3 h ago'],
    ['sso', 'corp', { accessToken: 't' }, 'has a damaged cache'],
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
      message: `The login of the profile "${profile}" ${what}.`,
      remedy: `aws sso login --profile ${profile}`,
      exitCode: 3,
    });
  });

  test('a profile that is not complete', async () => {
    await using home = await awsHome(CONFIG);
    await expect(keysOf(home, 'partial')).rejects.toMatchObject({
      code: 'aws.profile-failed',
      message: 'The profile "partial" lacks sso_role_name.',
    });
  });

  /** The SDK's provider finds its cache and its endpoint by the process's own environment. */
  async function withPortal(answer: CannedAnswer, use: (home: AwsHome) => Promise<void>) {
    await using home = await awsHome(CONFIG);
    await home.cacheLogin('corp', { accessToken: 'the login', expiresAt: '2099-01-01T00:00:00Z' });
    await using server = await loopbackServer(() => answer);
    vi.stubEnv('HOME', home.path);
    vi.stubEnv('AWS_ENDPOINT_URL_SSO', server.url);
    await use(home);
    expect(server.requests[0]).toMatchObject({
      path: '/federation/credentials?account_id=123456789012&role_name=Reader',
      headers: { 'x-amz-sso_bearer_token': 'the login' },
    });
  }

  test('gives keys', async () => {
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
      'The login of the profile "sso" is no longer accepted.',
      'aws sso login --profile sso',
    ],
    [
      403,
      'ForbiddenException',
      'aws.access-denied',
      'IAM Identity Center gives the profile "sso" no credentials of Reader in 123456789012: ForbiddenException: No access.',
      'ask whoever administers IAM Identity Center for the permission set Reader in account 123456789012',
    ],
    [
      404,
      'ResourceNotFoundException',
      'aws.profile-failed',
      'The profile "sso" gave no credentials: ResourceNotFoundException: No access.',
      'aws sso login --profile sso',
    ],
  ])('refused with %d', async (status, type, code, message, remedy) => {
    const headers = { 'content-type': 'application/json', 'x-amzn-errortype': type };
    await withPortal({ status, headers, body: '{"message":"No access"}' }, async (home) => {
      await expect(keysOf(home, 'sso')).rejects.toMatchObject({ code, message, remedy });
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

describe('aws login', () => {
  test('that was never made', async () => {
    await using home = await awsHome('[profile p]\nlogin_session = arn:aws:iam::1:user/ada\n');
    vi.stubEnv('AWS_LOGIN_CACHE_DIRECTORY', home.path);
    await expect(keysOf(home, 'p', { AWS_REGION: 'eu-west-1' })).rejects.toMatchObject({
      code: 'aws.sso-login-needed',
      message: 'The login of the profile "p" was never made here, or its cache is gone.',
      likelyCause: expect.stringContaining('"aws login"'),
      remedy: 'aws login --profile p',
    });
    vi.unstubAllEnvs();
  });
});
