import { describe, expect, test, vi } from 'vitest';
import { createAws } from '../../../src/lib/aws/aws.ts';
import { cachedCredentials } from '../../../src/lib/aws/credentials.ts';
import type { ResolvedCredentials } from '../../../src/lib/core/credentials.ts';
import { Interruption } from '../../../src/lib/core/deadline.ts';
import { FedctlError, type Warning } from '../../../src/lib/core/errors.ts';
import { Secret } from '../../../src/lib/core/secret.ts';
import type { AwsSettings } from '../../../src/lib/ports/aws.ts';
import { awsAnswer, awsRefusal, byAction, wireCredentials } from '../../support/aws-answers.ts';
import { awsHome } from '../../support/aws-home.ts';
import { fetch } from '../../support/fetch.ts';
import { chunkedHead, endless, hostileServer } from '../../support/hostile-server.ts';
import { closedPort } from '../../support/listen.ts';
import { type Answering, loopbackServer } from '../../support/loopback-server.ts';
import { memoryContext } from '../../support/memory-context.ts';

const ENV = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'secret' };
const NO_IMDS = { AWS_EC2_METADATA_DISABLED: 'true' };
const HOUR = '2026-11-22T13:00:00Z';

async function found(
  env: Record<string, string>,
  settings: Partial<AwsSettings> = {},
  home = '/nowhere',
): Promise<ResolvedCredentials> {
  const context = memoryContext({ env, home, fetch, sleep: async () => {} });
  return (await createAws({ timeoutMs: 2000, ...settings }, context)).credentials(context.signal);
}

/** Keys with their secrets out, to compare whole. */
function plain({ secretAccessKey, sessionToken, ...rest }: ResolvedCredentials) {
  return {
    ...rest,
    secretAccessKey: secretAccessKey.reveal(),
    sessionToken: sessionToken?.reveal() ?? null,
  };
}

describe('the environment', () => {
  test('long-term keys', async () => {
    expect(plain(await found(ENV))).toEqual({
      accessKeyId: 'AKIAENV',
      secretAccessKey: 'secret',
      sessionToken: null,
      expiresAt: null,
      provider: 'environment',
      providerDetail: 'environment (AWS_ACCESS_KEY_ID)',
    });
  });

  test('the older name of the session token, where the newer one is not there', async () => {
    const keys = await found({ ...ENV, AWS_SECURITY_TOKEN: 'older' });
    expect(keys.sessionToken?.reveal()).toBe('older');
    const both = await found({ ...ENV, AWS_SECURITY_TOKEN: 'older', AWS_SESSION_TOKEN: 'newer' });
    expect(both.sessionToken?.reveal()).toBe('newer');
  });

  test('an expiry without a zone is UTC, wherever this runs', async () => {
    vi.stubEnv('TZ', 'America/New_York');
    const env = { ...ENV, AWS_SESSION_TOKEN: 't', AWS_CREDENTIAL_EXPIRATION: '2026-11-22T13:00:00' };
    expect((await found(env)).expiresAt).toEqual(new Date(HOUR));
    vi.unstubAllEnvs();
  });

  test('temporary keys with their expiry', async () => {
    const keys = await found({ ...ENV, AWS_SESSION_TOKEN: 'token', AWS_CREDENTIAL_EXPIRATION: HOUR });
    expect([keys.sessionToken?.reveal(), keys.expiresAt]).toEqual(['token', new Date(HOUR)]);
  });

  test.each([
    ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
    ['AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID'],
  ])('only %s', async (set, missing) => {
    await expect(found({ [set]: 'x' })).rejects.toMatchObject({
      code: 'aws.credentials-half-set',
      message: `${set} is set in the environment, but ${missing} is not.`,
      exitCode: 3,
    });
  });

  test('expired', async () => {
    const env = { ...ENV, AWS_SESSION_TOKEN: 'token', AWS_CREDENTIAL_EXPIRATION: '2026-11-22T11:30:00Z' };
    await expect(found(env)).rejects.toMatchObject({
      code: 'aws.credentials-expired',
      message:
        'The AWS credentials from environment (AWS_ACCESS_KEY_ID) expired 30 min ago, at 2026-11-22T11:30:00Z, according to AWS_CREDENTIAL_EXPIRATION.',
      likelyCause:
        'The session of these credentials has expired, or AWS_CREDENTIAL_EXPIRATION is from an earlier session.',
      remedy:
        'Export new credentials with their AWS_CREDENTIAL_EXPIRATION, or use another provider: run "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION".',
      exitCode: 3,
    });
  });

  test.each([
    ['a blank', { AWS_ACCESS_KEY_ID: 'AKIA ONE' }, 'access key ID'],
    ['a line break', { AWS_ACCESS_KEY_ID: 'AKIA\nONE' }, 'access key ID'],
    ['a line break', { AWS_SESSION_TOKEN: 'to\r\nken' }, 'session token'],
  ])('%s within a value is named before anything is asked', async (_, changed, part) => {
    await expect(found({ ...ENV, ...changed })).rejects.toMatchObject({
      code: 'usage.invalid-value',
      message: `The ${part} from environment (AWS_ACCESS_KEY_ID) is invalid: it contains white space.`,
      remedy: 'Copy the value again, without white space or quotation marks.',
    });
  });

  test('typographic quotation marks are named: no header takes them', async () => {
    await expect(found({ ...ENV, AWS_ACCESS_KEY_ID: '“AKIAONE”' })).rejects.toMatchObject({
      code: 'usage.invalid-value',
      message:
        'The access key ID from environment (AWS_ACCESS_KEY_ID) is invalid: it contains quotation marks.',
    });
  });

  test('an expiry that is no time is named', async () => {
    const env = { ...ENV, AWS_SESSION_TOKEN: 't', AWS_CREDENTIAL_EXPIRATION: 'tomorrow' };
    await expect(found(env)).rejects.toMatchObject({
      code: 'usage.invalid-value',
      message: 'AWS_CREDENTIAL_EXPIRATION is "tomorrow": expected a time such as 2026-01-31T12:00:00Z.',
      remedy: 'Export the credentials again, or unset AWS_CREDENTIAL_EXPIRATION.',
    });
  });

  test('an expiry left beside long-term keys means nothing', async () => {
    const env = { ...ENV, AWS_CREDENTIAL_EXPIRATION: '2026-11-22T11:30:00Z' };
    expect((await found(env)).expiresAt).toBeNull();
  });

  test('a session token left beside a long-term key', async () => {
    const env = { ...ENV, AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SESSION_TOKEN: 'left-over' };
    await expect(found(env)).rejects.toMatchObject({
      code: 'aws.credentials-half-set',
      message:
        'AKIAIOSFODNN7EXAMPLE from environment (AWS_ACCESS_KEY_ID) is a long-term access key, but a session token is also set.',
      likelyCause:
        'A long-term key (AKIA…) has no session token. The session token that is set belongs to another session.',
      remedy: 'Unset AWS_SESSION_TOKEN and AWS_SECURITY_TOKEN.',
    });
  });

  test('the key of a session without its token', async () => {
    const env = { ...ENV, AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE' };
    await expect(found(env)).rejects.toMatchObject({
      code: 'aws.credentials-half-set',
      message:
        'ASIAIOSFODNN7EXAMPLE from environment (AWS_ACCESS_KEY_ID) is the access key of a session, but its session token is missing.',
      remedy: 'Set AWS_SESSION_TOKEN to the session token that belongs to the key.',
    });
  });

  test('neither fits in a profile', async () => {
    await using home = await awsHome(
      '',
      '[old]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\naws_session_token = t\n' +
        '[half]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n',
    );
    await expect(found({}, { profile: 'old' }, home.path)).rejects.toMatchObject({
      code: 'aws.credentials-half-set',
      remedy: 'Remove aws_session_token from the section that contains this key.',
    });
    await expect(found({}, { profile: 'half' }, home.path)).rejects.toMatchObject({
      code: 'aws.credentials-half-set',
      remedy: 'Add aws_session_token to the section that contains this key.',
    });
  });

  test('beats AWS_PROFILE and is beaten by --profile', async () => {
    await using home = await awsHome('', '[p]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = s\n');
    const env = { ...ENV, AWS_PROFILE: 'p' };
    expect((await found(env, {}, home.path)).accessKeyId).toBe('AKIAENV');
    expect((await found(env, { profile: 'p' }, home.path)).accessKeyId).toBe('AKIAPROFILE');
  });
});

describe('nothing anywhere', () => {
  test('each provider says why', async () => {
    await expect(found(NO_IMDS)).rejects.toMatchObject({
      code: 'aws.credentials-missing',
      message: 'No AWS credentials were found.',
      details: {
        tried: [
          { provider: 'environment', reason: 'AWS_ACCESS_KEY_ID is not set' },
          { provider: 'web-identity', reason: 'AWS_WEB_IDENTITY_TOKEN_FILE is not set' },
          { provider: 'profile', reason: 'the profile "default" does not exist' },
          {
            provider: 'container',
            reason:
              'neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set',
          },
          { provider: 'instance-metadata', reason: 'AWS_EC2_METADATA_DISABLED is true' },
        ],
        evidence: [
          'environment: AWS_ACCESS_KEY_ID is not set',
          'web-identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set',
          'profile: the profile "default" does not exist',
          'container: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set',
          'instance-metadata: AWS_EC2_METADATA_DISABLED is true',
        ],
      },
      exitCode: 3,
    });
  });

  test('a named profile leaves the environment out', async () => {
    await using home = await awsHome('[profile p]\nregion = eu-west-1\n');
    const env = { ...ENV, ...NO_IMDS, AWS_WEB_IDENTITY_TOKEN_FILE: '/x', AWS_ROLE_ARN: 'r' };
    await expect(found(env, { profile: 'p' }, home.path)).rejects.toMatchObject({
      code: 'aws.credentials-missing',
      details: {
        tried: [
          { provider: 'profile', reason: 'the profile "p" has no credential source' },
          { provider: 'container' },
          { provider: 'instance-metadata' },
        ],
      },
    });
  });
});

describe('web identity', () => {
  const ROLE = 'arn:aws:iam::1:role/ci';
  const ANSWER = awsAnswer(
    'AssumeRoleWithWebIdentity',
    `<AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/ci/s</Arn></AssumedRoleUser>${wireCredentials('ASIACI')}`,
  );

  test('the token is sent unsigned and without its newline', async () => {
    await using home = await awsHome('');
    await using server = await loopbackServer(byAction({ AssumeRoleWithWebIdentity: ANSWER }));
    const keys = await found({
      AWS_WEB_IDENTITY_TOKEN_FILE: await home.write('token', 'a.b.c\n'),
      AWS_ROLE_ARN: ROLE,
      AWS_ROLE_SESSION_NAME: 'build-7',
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL_STS: server.url,
    });
    expect(plain(keys)).toEqual({
      accessKeyId: 'ASIACI',
      secretAccessKey: 'secret of ASIACI',
      sessionToken: 'token of ASIACI',
      expiresAt: new Date(HOUR),
      provider: 'web-identity',
      providerDetail: `web identity (AWS_WEB_IDENTITY_TOKEN_FILE, role ${ROLE})`,
    });
    expect(Object.fromEntries(new URLSearchParams(server.requests[0]?.body))).toEqual({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: ROLE,
      RoleSessionName: 'build-7',
      WebIdentityToken: 'a.b.c',
    });
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });

  test.each([
    [
      awsRefusal(400, 'ExpiredTokenException', 'Token expired'),
      'sts.identity-token-expired',
      'The web identity token for AssumeRoleWithWebIdentity has expired.',
    ],
    [
      awsRefusal(400, 'InvalidIdentityToken', 'No OpenIDConnect provider found'),
      'sts.identity-token-refused',
      /^STS in eu-west-1 \(http:\/\/127\.0\.0\.1:\d+\) rejected the web identity token\.$/,
    ],
    [
      awsRefusal(403, 'IDPRejectedClaim', 'The identity provider reported that authentication failed'),
      'sts.identity-token-refused',
      /rejected the web identity token\.$/,
    ],
    [
      awsRefusal(400, 'IDPCommunicationError', 'The identity provider could not be reached'),
      'sts.identity-provider-unreachable',
      /could not reach the issuer of the web identity token in three attempts\.$/,
    ],
    [
      awsRefusal(403, 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'),
      'sts.assume-denied',
      'The web identity token is not allowed to assume the role arn:aws:iam::1:role/ci.',
    ],
  ])('refused: %j', async (answer, code, message) => {
    await using home = await awsHome('');
    await using server = await loopbackServer(() => answer);
    const env = {
      AWS_WEB_IDENTITY_TOKEN_FILE: await home.write('token', 'a.b.c'),
      AWS_ROLE_ARN: ROLE,
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL_STS: server.url,
    };
    await expect(found(env)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  describe('beside a profile', () => {
    const KEYS = 'aws_access_key_id = AKIAPROFILE\naws_secret_access_key = s\n';
    const assumed = awsAnswer(
      'AssumeRole',
      `<AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn></AssumedRoleUser>${wireCredentials('ASIAROLE')}`,
    );

    test.each<[string, string, string, Record<string, string>, string, string]>([
      ['before keys', '', `[default]\n${KEYS}`, {}, 'web-identity', `${ROLE}`],
      ['before keys of AWS_PROFILE', '', `[p]\n${KEYS}`, { AWS_PROFILE: 'p' }, 'web-identity', ROLE],
      [
        'after a role',
        `[default]\nrole_arn = ${ROLE}2\nsource_profile = base\n`,
        `[base]\n${KEYS}`,
        {},
        'profile',
        `${ROLE}2`,
      ],
      [
        'whose token file the profile names',
        '[default]\nrole_arn = other\nrole_session_name = ada\nweb_identity_token_file = <token>\n',
        '',
        { AWS_WEB_IDENTITY_TOKEN_FILE: '' },
        'profile',
        ROLE,
      ],
    ])('%s', async (_, config, credentials, env, provider, role) => {
      await using server = await loopbackServer(
        byAction({ AssumeRoleWithWebIdentity: ANSWER, AssumeRole: assumed }),
      );
      await using tokens = await awsHome('');
      const token = await tokens.write('token', 'a.b.c');
      await using home = await awsHome(config.replace('<token>', token), credentials);
      const keys = await found(
        {
          AWS_WEB_IDENTITY_TOKEN_FILE: token,
          AWS_ROLE_ARN: ROLE,
          AWS_REGION: 'eu-west-1',
          AWS_ENDPOINT_URL_STS: server.url,
          ...env,
        },
        {},
        home.path,
      );
      expect(keys.provider).toBe(provider);
      expect(server.requests.map(({ body }) => new URLSearchParams(body).get('RoleArn'))).toEqual([role]);
    });

    test('that was named on the command line, with the settings of that profile alone', async () => {
      await using home = await awsHome('[profile p]\nrole_arn = r\nweb_identity_token_file = /nowhere/p\n');
      const env = {
        AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere/env',
        AWS_ROLE_ARN: ROLE,
        AWS_REGION: 'eu-west-1',
      };
      await expect(found(env, { profile: 'p' }, home.path)).rejects.toMatchObject({
        message: 'Cannot read the web identity token file "/nowhere/p": the file does not exist.',
      });
    });
  });

  test('without the role, or without the file', async () => {
    await expect(found({ AWS_WEB_IDENTITY_TOKEN_FILE: '/x' })).rejects.toMatchObject({
      code: 'aws.credentials-half-set',
      message: 'AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not.',
    });
    const env = { AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere/x', AWS_ROLE_ARN: ROLE, AWS_REGION: 'eu-west-1' };
    await expect(found(env)).rejects.toMatchObject({
      code: 'usage.unreadable-input',
      message: 'Cannot read the web identity token file "/nowhere/x": the file does not exist.',
    });
  });
});

const METADATA_KEYS = JSON.stringify({
  Code: 'Success',
  AccessKeyId: 'ASIAMETA',
  SecretAccessKey: 'secret',
  Token: 'token',
  Expiration: HOUR,
});

describe('the container endpoint', () => {
  const FULL = 'AWS_CONTAINER_CREDENTIALS_FULL_URI';

  test('with its authorization from a file', async () => {
    await using home = await awsHome('');
    await using server = await loopbackServer(() => ({ body: METADATA_KEYS }));
    const keys = await found({
      [FULL]: `${server.url}/v1/credentials?x=1`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'not this one',
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: await home.write('token', 'Bearer of keys\n'),
    });
    expect(plain(keys)).toEqual({
      accessKeyId: 'ASIAMETA',
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiresAt: new Date(HOUR),
      provider: 'container',
      providerDetail: `container (${FULL})`,
    });
    expect([server.requests[0]?.path, server.requests[0]?.headers.authorization]).toEqual([
      '/v1/credentials?x=1',
      'Bearer of keys',
    ]);
  });

  /** Another identity, which must not be used in place of the container's. */
  const instance: Answering = ({ method, path }) =>
    method === 'PUT' || path.endsWith('/security-credentials/') ? { body: 'node' } : { body: METADATA_KEYS };

  test.each<[string, Answering, string]>([
    ['a refusal', () => ({ status: 403, body: '{}' }), 'it responded with HTTP 403'],
    [
      'a refusal with its reason',
      () => ({ status: 500, body: '{"message":"too many requests"}' }),
      'it responded with HTTP 500 (too many requests)',
    ],
    ['nothing there', () => ({ status: 404, body: 'no' }), 'it responded with HTTP 404'],
    ['a page', () => ({ body: '<html>' }), 'it responded without credentials'],
    ['half of the keys', () => ({ body: '{"AccessKeyId":"A"}' }), 'it responded without credentials'],
    ['another status without a fault', () => ({ status: 204 }), 'it responded with HTTP 204'],
    ['silence', () => null, 'the request timed out'],
  ])('that fails is the answer: %s', async (_, answer, reason) => {
    await using server = await loopbackServer(answer);
    await using imds = await loopbackServer(instance);
    const env = { [FULL]: server.url, AWS_EC2_METADATA_SERVICE_ENDPOINT: imds.url };
    await expect(found(env, { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'aws.container-failed',
      message: `The container endpoint ${server.url} (from ${FULL}) returned no credentials: ${reason}, in three attempts.`,
      details: { endpoint: server.url, variable: FULL },
      exitCode: 6,
    });
    expect([server.requests.length, imds.requests]).toEqual([3, []]);
  });

  test('an answer without an end is read no further than a bound', async () => {
    const server = await hostileServer(
      endless(chunkedHead('application/json'), `400\r\n${' '.repeat(1024)}\r\n`),
    );
    const url = `http://127.0.0.1:${server.port}`;
    await expect(found({ ...NO_IMDS, [FULL]: url })).rejects.toMatchObject({
      code: 'aws.container-failed',
      message: expect.stringContaining('it responded without credentials'),
    });
    await server.close();
  });

  test('that refuses connections is the answer', async () => {
    await using imds = await loopbackServer(instance);
    const url = `http://127.0.0.1:${await closedPort()}`;
    const env = { [FULL]: `${url}/v1`, AWS_EC2_METADATA_SERVICE_ENDPOINT: imds.url };
    await expect(found(env)).rejects.toMatchObject({
      code: 'aws.container-failed',
      message: `The container endpoint ${url} (from ${FULL}) returned no credentials: the connection was refused (ECONNREFUSED), in three attempts.`,
    });
    expect(imds.requests).toEqual([]);
  });

  test.each([1, 2])('that fails %d times is asked again, after a pause', async (failures) => {
    const pauses: number[] = [];
    let calls = 0;
    await using server = await loopbackServer(() => {
      calls += 1;
      return calls <= failures ? { status: 500, body: 'busy' } : { body: METADATA_KEYS };
    });
    const context = memoryContext({
      env: { [FULL]: server.url },
      fetch,
      sleep: async (ms) => {
        pauses.push(ms);
      },
    });
    const aws = await createAws({ timeoutMs: 2000 }, context);
    expect((await aws.credentials(context.signal)).accessKeyId).toBe('ASIAMETA');
    expect(pauses).toEqual([250, 750].slice(0, failures));
  });

  test('a redirect is not followed', async () => {
    await using elsewhere = await loopbackServer(() => ({ body: METADATA_KEYS }));
    await using server = await loopbackServer(() => ({ status: 302, headers: { location: elsewhere.url } }));
    await expect(found({ ...NO_IMDS, [FULL]: server.url })).rejects.toMatchObject({
      code: 'aws.container-failed',
    });
    expect(elsewhere.requests).toEqual([]);
  });

  test('a token file that is not there is named, and the endpoint is not asked', async () => {
    await using server = await loopbackServer(() => ({ body: METADATA_KEYS }));
    const env = { [FULL]: server.url, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/nowhere/t' };
    await expect(found({ ...NO_IMDS, ...env })).rejects.toMatchObject({
      code: 'aws.container-failed',
      message: `The container endpoint ${server.url} (from ${FULL}) returned no credentials: cannot read "/nowhere/t": the file does not exist (specified by AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE).`,
    });
    expect(server.requests).toEqual([]);
  });

  test('plain http to another machine is refused', async () => {
    await expect(found({ [FULL]: 'http://keys.example/' })).rejects.toMatchObject({
      code: 'aws.plaintext-refused',
      message: `${FULL} specifies http://keys.example. fedctl does not send credentials to another machine without TLS.`,
      likelyCause: expect.stringContaining(`The endpoint that ${FULL} specifies uses plain http`),
      remedy: `Use an https:// endpoint, or unset ${FULL}.`,
    });
    await expect(found({ [FULL]: 'keys' })).rejects.toMatchObject({
      code: 'aws.endpoint-invalid',
      message: `The endpoint of ${FULL} is not a valid URL.`,
      remedy: `Unset ${FULL}.`,
    });
    const env = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '//keys.example/x' };
    await expect(found(env)).rejects.toMatchObject({ code: 'aws.plaintext-refused' });
  });
});

describe('the instance metadata service', () => {
  const ROLES = '/latest/meta-data/iam/security-credentials/';
  const imds: Answering = ({ method, path, headers }) => {
    if (method === 'PUT') return { body: 'imds-token' };
    if (headers['x-aws-ec2-metadata-token'] !== 'imds-token') return { status: 401 };
    return path === ROLES ? { body: 'app' } : { body: METADATA_KEYS };
  };

  test('version 2', async () => {
    await using server = await loopbackServer(imds);
    const keys = await found({ AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url });
    expect([keys.accessKeyId, keys.provider, keys.providerDetail]).toEqual([
      'ASIAMETA',
      'instance-metadata',
      'instance metadata (role "app")',
    ]);
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'PUT /latest/api/token',
      `GET ${ROLES}`,
      `GET ${ROLES}app`,
    ]);
  });

  test('at an endpoint with a path', async () => {
    await using server = await loopbackServer((request) =>
      request.path.startsWith('/proxy/')
        ? imds({ ...request, path: request.path.slice('/proxy'.length) })
        : { status: 404 },
    );
    for (const path of ['/proxy', '/proxy/']) {
      const keys = await found({ AWS_EC2_METADATA_SERVICE_ENDPOINT: `${server.url}${path}` });
      expect(keys.accessKeyId).toBe('ASIAMETA');
    }
  });

  const onlyOne: Answering = ({ method, path }) => {
    if (method === 'PUT') return { status: 405 };
    return path === ROLES ? { body: 'app' } : { body: METADATA_KEYS };
  };

  test('version 1, unless that is disabled', async () => {
    await using server = await loopbackServer(onlyOne);
    const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url };
    expect((await found(env)).accessKeyId).toBe('ASIAMETA');
    await expect(found({ ...env, AWS_EC2_METADATA_V1_DISABLED: 'true' })).rejects.toMatchObject({
      details: {
        evidence: expect.arrayContaining([
          'instance-metadata: the instance metadata service returned no token (HTTP 405), and version 1 is disabled',
        ]),
      },
    });
  });

  test.each<[string, Answering, string]>([
    [
      'no role',
      ({ method }) => (method === 'PUT' ? { body: 't' } : { status: 404 }),
      'the instance has no role (HTTP 404)',
    ],
    ['an empty list of roles', () => ({ body: '' }), 'the instance has no role'],
    [
      'no keys for the role',
      ({ path }) => ({
        body:
          path === ROLES
            ? 'app'
            : '{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume it."}',
      }),
      'the instance metadata service has no credentials for the role "app" (AssumeRoleUnauthorizedAccess: EC2 cannot assume it.)',
    ],
    [
      'no keys and no reason',
      ({ path }) => (path === `${ROLES}app` ? { status: 500 } : { body: 'app' }),
      'the instance metadata service has no credentials for the role "app" (HTTP 500)',
    ],
    [
      'no token, and requires one',
      ({ method }) => ({ status: method === 'PUT' ? 403 : 401 }),
      'the instance metadata service requires a token (HTTP 401), but returned no token (HTTP 403)',
    ],
    [
      'turned off',
      () => ({ status: 403 }),
      'the instance metadata service is disabled for this instance (HTTP 403)',
    ],
    ['a fault', () => ({ status: 500 }), 'the instance metadata service responded with HTTP 500'],
    [
      'a request that it does not understand',
      () => ({ status: 400 }),
      'the instance metadata service responded with HTTP 400',
    ],
  ])('%s', async (_, answer, reason) => {
    await using server = await loopbackServer(answer);
    await expect(found({ AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url })).rejects.toMatchObject({
      details: {
        tried: expect.arrayContaining([{ provider: 'instance-metadata', reason }]),
      },
    });
  });

  /** A container behind a hop limit of 1: the answer with the token never arrives. */
  const behindHops: Answering = (request) =>
    request.method === 'PUT' ? null : { body: request.path === ROLES ? 'app' : METADATA_KEYS };
  const QUICK = { AWS_METADATA_SERVICE_TIMEOUT: '0.2' };

  test('version 1 where no token arrives, unless that is disabled', async () => {
    await using server = await loopbackServer(behindHops);
    const env = { ...QUICK, AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url };
    expect((await found(env)).accessKeyId).toBe('ASIAMETA');
    await using home = await awsHome('[default]\nec2_metadata_v1_disabled = true\n');
    await expect(found(env, {}, home.path)).rejects.toMatchObject({
      details: {
        evidence: expect.arrayContaining([
          'instance-metadata: the instance metadata service returned no token in time (a container requires a hop limit of at least 2), and version 1 is disabled',
        ]),
      },
    });
  });

  test('is asked as often as AWS_METADATA_SERVICE_NUM_ATTEMPTS or the profile says', async () => {
    let keys = 0;
    const failsOnce: Answering = (request) => {
      if (request.path !== `${ROLES}app`) return imds(request);
      keys += 1;
      return keys % 2 === 1 ? { status: 500 } : imds(request);
    };
    await using server = await loopbackServer(failsOnce);
    const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url };
    expect((await found({ ...env, AWS_METADATA_SERVICE_NUM_ATTEMPTS: '2' })).accessKeyId).toBe('ASIAMETA');
    await using home = await awsHome('[default]\nmetadata_service_num_attempts = 3\n');
    expect((await found(env, {}, home.path)).accessKeyId).toBe('ASIAMETA');
    await expect(found({ ...env, AWS_METADATA_SERVICE_NUM_ATTEMPTS: 'two' })).rejects.toMatchObject({
      code: 'usage.invalid-value',
      message: 'AWS_METADATA_SERVICE_NUM_ATTEMPTS is "two": expected a positive number.',
    });
  });

  test('expired keys of an outage are used for a quarter of an hour, with a warning', async () => {
    const warnings: Warning[] = [];
    const outage: Answering = (request) => {
      const answer = imds(request);
      const expired = METADATA_KEYS.replace(HOUR, '2026-11-22T11:40:00Z');
      return request.path === `${ROLES}app` ? { body: expired } : answer;
    };
    await using server = await loopbackServer(outage);
    const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url };
    const keys = await found(env, { warn: (warning) => warnings.push(warning) });
    expect([keys.accessKeyId, keys.expiresAt]).toEqual(['ASIAMETA', new Date('2026-11-22T12:15:00Z')]);
    expect(warnings).toEqual([
      {
        code: 'aws.metadata-credentials-expired',
        message:
          'The instance metadata service returned credentials that expired at 2026-11-22T11:40:00Z. fedctl uses these credentials: during an outage, the service returns its last credentials, and AWS accepts them.',
        remedy: null,
      },
    ]);
  });

  test('a redirect is not followed', async () => {
    await using elsewhere = await loopbackServer(imds);
    await using server = await loopbackServer(({ path }) => ({
      status: 307,
      headers: { location: `${elsewhere.url}${path}` },
    }));
    await expect(found({ AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url })).rejects.toMatchObject({
      code: 'aws.credentials-missing',
    });
    expect(elsewhere.requests).toEqual([]);
  });

  test('nobody there', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    await expect(found({ AWS_EC2_METADATA_SERVICE_ENDPOINT: url })).rejects.toMatchObject({
      details: {
        evidence: expect.arrayContaining([
          `instance-metadata: no instance metadata service at ${url}: the connection was refused (ECONNREFUSED)`,
        ]),
      },
    });
  });

  test('an interruption ends the wait', async () => {
    const controller = new AbortController();
    const reason = new Interruption('interrupted');
    await using server = await loopbackServer(() => {
      controller.abort(reason);
      return null;
    });
    const context = memoryContext({
      env: { AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url },
      fetch,
      signal: controller.signal,
    });
    const aws = await createAws({ timeoutMs: 2000 }, context);
    await expect(aws.credentials(context.signal)).rejects.toBe(reason);
  });
});

describe('keeping credentials', () => {
  function keys(expiresAt: string): ResolvedCredentials {
    return {
      accessKeyId: expiresAt,
      secretAccessKey: new Secret('s'),
      sessionToken: null,
      expiresAt: new Date(expiresAt),
      provider: 'profile',
      providerDetail: 'profile "p"',
    };
  }

  /** A clock at noon that the test moves, and a finder that hands out these, one at each call. */
  function cached(answers: readonly (ResolvedCredentials | FedctlError)[]) {
    const clock = { now: new Date('2026-11-22T12:00:00Z') };
    let calls = 0;
    const get = cachedCredentials(
      async () => {
        const answer = answers[calls];
        calls += 1;
        if (answer === undefined || answer instanceof FedctlError) throw answer;
        return answer;
      },
      { now: () => clock.now, signal: new AbortController().signal },
    );
    const ask = async () => (await get(new AbortController().signal)).accessKeyId;
    return { clock, ask, calls: () => calls };
  }

  const LATER = '2026-11-22T15:00:00Z';
  const failure = new FedctlError('aws.sso-login-needed', { message: 'no' });

  test('until five minutes before they expire', async () => {
    const { clock, ask, calls } = cached([keys(HOUR), keys(LATER)]);
    expect(await ask()).toBe(HOUR);
    clock.now = new Date('2026-11-22T12:54:59Z');
    expect(await ask()).toBe(HOUR);
    clock.now = new Date('2026-11-22T12:55:00Z');
    expect(await ask()).toBe(LATER);
    expect(calls()).toBe(2);
  });

  test('callers at the same time share one search', async () => {
    const { ask, calls } = cached([keys(HOUR)]);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([HOUR, HOUR, HOUR]);
    expect(calls()).toBe(1);
  });

  test('a renewal that fails leaves those at hand, until they expire', async () => {
    const { clock, ask } = cached([keys(HOUR), failure, failure, keys(LATER)]);
    await ask();
    clock.now = new Date('2026-11-22T12:59:00Z');
    expect(await ask()).toBe(HOUR);
    clock.now = new Date('2026-11-22T13:00:00Z');
    await expect(ask()).rejects.toBe(failure);
    expect(await ask()).toBe(LATER);
  });
});
