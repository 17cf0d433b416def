import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AwsHome, awsHome } from '../../support/aws-home.ts';
import { type ForgedKey, forgeKey, sign } from '../../support/forge.ts';
import { runInProcess } from '../../support/in-process.ts';
import { type IssuerServer, JWKS, json, startIssuer } from '../../support/issuer-server.ts';
import { credentialsOf, type LabUnderTest, OWN_ACCOUNT, startLabAws } from '../../support/lab-aws.ts';

const APP = 'arn:aws:iam::123456789012:role/app';
const ETL = 'arn:aws:iam::123456789012:role/team/data/etl';
const AUDIENCE = 'sts.amazonaws.com';

let lab: LabUnderTest;
let issuer: IssuerServer;
let key: ForgedKey;
beforeAll(async () => {
  lab = await startLabAws();
  lab.world.setFederation(OWN_ACCOUNT, true);
  key = await forgeKey('RS256', 'key-1');
  issuer = await startIssuer([key.jwk]);
  lab.world.trustIssuer({
    accountId: OWN_ACCOUNT,
    issuer: issuer.issuer,
    audiences: [AUDIENCE],
    roles: [{ name: 'app', subject: 'job:*' }],
  });
});
afterAll(async () => {
  await lab.aws.close();
  await issuer[Symbol.asyncDispose]();
});

let home: AwsHome;
beforeEach(async () => {
  const { accessKeyId, secretAccessKey } = credentialsOf(lab.world.user('operator'));
  home = await awsHome(
    `
[profile app]
role_arn = ${APP}
source_profile = operator

[profile etl]
role_arn = ${ETL}
source_profile = operator
external_id = lab-external-id
role_session_name = nightly

[profile chain]
role_arn = ${ETL}
source_profile = app
external_id = lab-external-id

[profile long-chain]
role_arn = ${ETL}
source_profile = app
external_id = lab-external-id
duration_seconds = 3601

[profile wrong-external-id]
role_arn = ${ETL}
source_profile = operator
external_id = another

[profile process]
credential_process = sh -c 'cat "$KEYS"'

[profile web]
role_arn = ${APP}
web_identity_token_file = /nowhere
`,
    `[operator]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
  );
});
afterEach(() => home[Symbol.asyncDispose]());

function run(args: readonly string[], changes: Readonly<Record<string, string>> = {}) {
  const env = {
    PATH: process.env['PATH'] ?? '',
    AWS_REGION: 'eu-west-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL_STS: lab.aws.stsUrl,
    AWS_ENDPOINT_URL_IAM: lab.aws.iamUrl,
    ...changes,
  };
  return runInProcess(args, env, '', { home: home.path, now: lab.now });
}

async function arnOf(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string> {
  const { stdout, stderr } = await run(['whoami', '--json', ...args], env);
  if (stderr !== '') throw new Error(stderr);
  return (JSON.parse(stdout) as { arn: string }).arn;
}

/** The code of the failure, and everything that is said; loopback addresses and request ids are all alike. */
async function refusal(args: readonly string[], env?: Readonly<Record<string, string>>) {
  const { code, stdout, stderr } = await run(args, env);
  expect(stdout).toBe('');
  const text = stderr
    .replaceAll(issuer.issuer, 'ISSUER')
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'STS')
    .replaceAll(/, request id [\w-]+/g, '')
    .replaceAll(/\b\d{10}\b/g, 'TIME');
  return { code, text };
}

describe('profiles', () => {
  test('with source_profile, external_id and a session name', async () => {
    expect(await arnOf(['--profile', 'etl'])).toBe('arn:aws:sts::123456789012:assumed-role/etl/nightly');
  });

  test('from role to role', async () => {
    expect(await arnOf(['--profile', 'chain'])).toMatch(
      /^arn:aws:sts::123456789012:assumed-role\/etl\/fedctl-/,
    );
  });

  test('from role to role for more than an hour', async () => {
    expect(await refusal(['whoami', '--profile', 'long-chain'])).toEqual({
      code: 2,
      text: `error: STS in eu-west-1 (STS) rejected AssumeRole: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.
        AWS response: ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.
cause:  The role allows only a shorter session, or the role is assumed from another role. Role chaining limits a session to one hour.
remedy: Request a session of at most one hour.
code:   sts.duration-refused
`,
    });
  });

  test('with another external id than the role wants', async () => {
    const { code, text } = await refusal(['whoami', '--profile', 'wrong-external-id']);
    expect(code).toBe(4);
    expect(text).toContain(
      'error: arn:aws:iam::123456789012:user/operator is not allowed to assume the role arn:aws:iam::123456789012:role/',
    );
    expect(text).toContain('code:   sts.assume-denied\n');
  });

  test('with credential_process, whose session mints', async () => {
    const session = lab.world.createSession({
      principal: lab.world.role('app'),
      expiresAt: new Date(lab.now().getTime() + 3_600_000),
    });
    const { accessKeyId, secretAccessKey, sessionToken } = credentialsOf(session);
    const keys = await home.write(
      'keys.json',
      JSON.stringify({
        Version: 1,
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        SessionToken: sessionToken,
        Expiration: session.expiresAt.toISOString(),
      }),
    );
    const { code, stdout } = await run(['token', '--audience', 'x', '--profile', 'process'], { KEYS: keys });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^eyJ/);
  });
});

describe('web identity', () => {
  async function identity(changes: Readonly<Record<string, unknown>> = {}, by = key) {
    const iat = Math.floor(lab.now().getTime() / 1000);
    const payload = {
      iss: issuer.issuer,
      aud: AUDIENCE,
      sub: 'job:1',
      iat,
      exp: iat + 600,
      jti: 'j',
      ...changes,
    };
    // As editors and `echo` leave it: AWS would refuse the newline.
    const file = await home.write('token', `${await sign(by, payload)}\n`);
    return { AWS_ROLE_ARN: APP, AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_SESSION_NAME: 'ci-7' };
  }

  test('from the environment', async () => {
    expect(await arnOf([], await identity())).toBe('arn:aws:sts::123456789012:assumed-role/app/ci-7');
  });

  test('from a profile', async () => {
    const { AWS_WEB_IDENTITY_TOKEN_FILE: file } = await identity();
    const config = `[profile pod]\nrole_arn = ${APP}\nweb_identity_token_file = ${file}\nrole_session_name = pod-1\n`;
    const AWS_CONFIG_FILE = await home.write('config', config);
    expect(await arnOf(['--profile', 'pod'], { AWS_CONFIG_FILE })).toBe(
      'arn:aws:sts::123456789012:assumed-role/app/pod-1',
    );
  });

  const REFUSED = `cause:  The account has no identity provider for this issuer, the provider does not list this audience, or the signing key is not published.
remedy: Compare the output of "aws iam list-open-id-connect-providers" with the issuer and audience that "fedctl decode <token file>" prints.
code:   sts.identity-token-refused
`;

  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['for another audience', { aud: 'x' }, 'InvalidIdentityToken: Incorrect token audience'],
    [
      'of another issuer',
      { iss: 'https://other.example' },
      'InvalidIdentityToken: No OpenIDConnect provider found in your account for https://other.example',
    ],
    [
      'that is not valid yet',
      { nbf: 4_000_000_000 },
      'IDPRejectedClaim: The identity provider reported that authentication failed: the token is not valid yet',
    ],
  ])('%s', async (_what, changes, says) => {
    expect(await refusal(['whoami'], await identity(changes))).toEqual({
      code: 4,
      text: `error: STS in eu-west-1 (STS) rejected the web identity token.\n        AWS response: ${says}\n${REFUSED}`,
    });
  });

  test('that has expired', async () => {
    expect(await refusal(['whoami'], await identity({ exp: 1_000_000_000 }))).toEqual({
      code: 3,
      text: `error: The web identity token for AssumeRoleWithWebIdentity has expired.
        AWS response: ExpiredTokenException: Token expired: current date/time TIME must be before the expiration date/time TIME
cause:  The program that writes the token file has not renewed the token.
remedy: Renew the token in the file that is specified by AWS_WEB_IDENTITY_TOKEN_FILE or by the profile.
code:   sts.identity-token-expired
`,
    });
  });

  test('of a subject that the role does not trust', async () => {
    expect(await refusal(['whoami'], await identity({ sub: 'task:1' }))).toEqual({
      code: 4,
      text: `error: The web identity token is not allowed to assume the role arn:aws:iam::123456789012:role/app.
        AWS response: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity
cause:  The trust policy of the role does not allow sts:AssumeRoleWithWebIdentity for the issuer, audience and subject of this token, or the role does not exist.
remedy: Check the trust policy of the role. The policy must allow this principal.
run:    aws iam get-role --role-name app --query Role.AssumeRolePolicyDocument
code:   sts.assume-denied
`,
    });
  });

  test('whose issuer AWS cannot reach', async () => {
    issuer.answers.set(JWKS, (_request, response) => void response.writeHead(503).end());
    const answer = await refusal(['whoami'], await identity());
    issuer.answers.set(JWKS, json({ keys: [key.jwk] }));
    expect(answer).toEqual({
      code: 6,
      text: `error: STS in eu-west-1 (STS) could not reach the issuer of the web identity token in three attempts.
        AWS response: IDPCommunicationError: The request could not be fulfilled because the identity provider could not be reached to verify the token
cause:  STS verifies a web identity token with the keys of its issuer, and the issuer did not respond to AWS.
remedy: Wait a few seconds and repeat the command. The issuer must be reachable from the internet.
code:   sts.identity-provider-unreachable
`,
    });
    const attempts = lab.log.entries().filter(({ reason }) => reason.startsWith('IDPCommunicationError'));
    expect(attempts).toHaveLength(3);
  });
});

test('a federated user mints no token, and is told who can', async () => {
  const session = lab.world.createSession({
    principal: lab.world.user('operator'),
    federatedUser: 'bob',
    expiresAt: new Date(lab.now().getTime() + 3_600_000),
  });
  const { accessKeyId, secretAccessKey, sessionToken = '' } = credentialsOf(session);
  const env = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
  expect(await arnOf([], env)).toBe('arn:aws:sts::123456789012:federated-user/bob');
  expect(await refusal(['token', '--audience', 'x'], env)).toEqual({
    code: 4,
    text: `error: A federated user (GetFederationToken) cannot mint tokens.
        AWS response: AccessDenied: GetWebIdentityToken does not support federated user sessions
cause:  Credentials from GetFederationToken can call only GetCallerIdentity in STS.
remedy: Use the credentials of a role or of an IAM user.
code:   sts.federated-user
`,
  });
});
