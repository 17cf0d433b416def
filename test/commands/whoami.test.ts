import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/lib/core/secret.ts';
import { type MemoryContextOptions, memoryContext } from '../support/memory-context.ts';
import { runMain } from '../support/run-main.ts';
import { schemaFaults } from '../support/schema.ts';
import { ACCOUNT, failure, ISSUER, type Script, scriptedAws, USER_ARN } from '../support/scripted-aws.ts';

const SESSION_ARN = `arn:aws:sts::${ACCOUNT}:assumed-role/app/i-0abc`;
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/app`;
const INFO = 'outboundFederationInfo';

async function whoami(args: readonly string[], script: Script = {}, given: MemoryContextOptions = {}) {
  const { aws, calls } = scriptedAws({ federation: 'enabled', ...script });
  const context = memoryContext({ aws, ...given });
  return { ...(await runMain(['whoami', ...args], context)), calls: calls.toSorted() };
}

async function whoamiJson(script: Script, args: readonly string[] = []) {
  const run = await whoami(['--json', ...args], script);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  const document = JSON.parse(run.stdout);
  expect(schemaFaults('whoami', document)).toEqual([]);
  return document;
}

const SESSION: Script = {
  callerArn: SESSION_ARN,
  overrides: [{ service: 'sts', url: 'https://vpce-1.example', source: 'AWS_ENDPOINT_URL_STS' }],
  credentials: {
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    secretAccessKey: new Secret('the-secret-key'),
    sessionToken: new Secret('the-session-token'),
    expiresAt: new Date('2026-11-22T12:47:03Z'),
    provider: 'profile',
    providerDetail: 'profile "prod" (IAM Identity Center)',
  },
  notes: ['--profile beats AWS_ACCESS_KEY_ID, which is set too'],
};

describe('a session of a role', () => {
  test('for people', async () => {
    expect(await whoami(['--audience', 'my-atlas'], SESSION)).toEqual({
      code: 0,
      stdout: `  account      ${ACCOUNT}
  ARN          ${SESSION_ARN}
  role         ${ROLE_ARN}   (if the role has no path)
  credentials  profile "prod" (IAM Identity Center)
  access key   ASIAIOSFODNN7EXAMPLE
  expires      2026-11-22T12:47:03Z, in 47 min 3 s
  Region       eu-west-1   (AWS_REGION)
  STS          https://sts.eu-west-1.amazonaws.com
  IAM          https://iam.amazonaws.com
  override     https://vpce-1.example for STS (AWS_ENDPOINT_URL_STS)
  note         --profile beats AWS_ACCESS_KEY_ID, which is set too

Atlas, for MONGODB-OIDC: a workload identity provider and a database user
  issuer URI     ${ISSUER}
  audience       my-atlas
  authorization  USER (in the console: User ID)
  user claim     sub
  database user  <idpId>/${ROLE_ARN}
  database       $external

Atlas, for MONGODB-AWS: a database user of type AWS IAM
  type           ROLE
  database user  ${ROLE_ARN}
  database       $external

A session ARN does not contain the path of its role. If the role has a path, look up the ARN: fedctl token --audience <audience> | fedctl decode

These values are for the principal that runs whoami. If the workload runs as another principal, run:
fedctl whoami --profile <profile of the workload>   (or --role-arn <arn of its role>)
`,
      stderr: '',
      calls: ['getCallerIdentity', INFO],
    });
  });

  test('as a document, without a secret', async () => {
    const document = await whoamiJson(SESSION, ['--audience', 'my-atlas']);
    expect(document).toEqual({
      schema: 'fedctl.whoami/v1',
      account: ACCOUNT,
      arn: SESSION_ARN,
      userId: 'AIDAEXAMPLE',
      subject: { kind: 'role', arn: ROLE_ARN, certainty: 'guessed' },
      credentials: {
        provider: 'profile',
        detail: 'profile "prod" (IAM Identity Center)',
        accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
        temporary: true,
        expiresAt: '2026-11-22T12:47:03Z',
        expiresAtEpoch: 1795351623,
      },
      region: { name: 'eu-west-1', source: 'AWS_REGION' },
      endpoints: { sts: 'https://sts.eu-west-1.amazonaws.com', iam: 'https://iam.amazonaws.com' },
      endpointOverrides: SESSION.overrides,
      notes: SESSION.notes,
      atlas: {
        principal: { arn: ROLE_ARN, source: 'caller' },
        identityProvider: {
          issuer: ISSUER,
          audience: 'my-atlas',
          userClaim: 'sub',
          authorizationType: 'USER',
        },
        oidcUser: { username: `<idpId>/${ROLE_ARN}`, database: '$external', oidcAuthType: 'USER' },
        awsUser: { username: ROLE_ARN, database: '$external', awsIAMType: 'ROLE' },
      },
      warnings: [],
    });
    expect(JSON.stringify(document)).not.toMatch(/secret|the-session-token/);
  });

  test('of Identity Center, whose role has a path for certain', async () => {
    const callerArn = `arn:aws:sts::${ACCOUNT}:assumed-role/AWSReservedSSO_Admin_01/alice`;
    const run = await whoami([], { callerArn });
    expect(run.stdout).toContain(
      `  role         arn:aws:iam::${ACCOUNT}:role/AWSReservedSSO_Admin_01   (without the path of the role)\n`,
    );
    expect(run.stdout).toContain(
      'This role has a path, which the session ARN does not contain. The ARN above is incomplete.',
    );
    expect(run.stderr).toContain('belongs to a role with a path');
  });
});

describe('the workload', () => {
  const WORKLOAD = `arn:aws:iam::${ACCOUNT}:role/team/app`;

  test('is the role of --role-arn, which is not assumed', async () => {
    const run = await whoami(['--role-arn', WORKLOAD]);
    expect(run.calls).toEqual(['getCallerIdentity', INFO]);
    expect(run.stdout.slice(run.stdout.indexOf('  user claim'))).toBe(`  user claim     sub
  database user  <idpId>/${WORKLOAD}
  database       $external

Atlas, for MONGODB-AWS: a database user of type AWS IAM
  type           ROLE
  database user  ${WORKLOAD}
  database       $external

These values are for the role in --role-arn, not for the operator ${USER_ARN} that ran this command.
`);
    const document = await whoamiJson({}, ['--role-arn', WORKLOAD]);
    expect(document.arn).toBe(USER_ARN);
    expect(document.atlas).toMatchObject({
      principal: { arn: WORKLOAD, source: '--role-arn' },
      oidcUser: { username: `<idpId>/${WORKLOAD}` },
      awsUser: { username: WORKLOAD, awsIAMType: 'ROLE' },
    });
    expect(document.warnings).toMatchObject([{ code: 'mongo.role-path-lost' }]);
  });

  test('is the caller of the profile that is named', async () => {
    const { stdout } = await whoami(['--profile', 'prod'], SESSION);
    expect(stdout).toContain(`  database user  <idpId>/${ROLE_ARN}\n`);
    expect(stdout).not.toContain('Is that an operator');
  });

  test.each(['web-identity', 'container', 'instance-metadata'] as const)(
    'is the caller where the keys are those of a workload: %s',
    async (provider) => {
      const { stdout } = await whoami([], { ...SESSION, credentials: { ...SESSION.credentials, provider } });
      expect(stdout).not.toContain('Is that an operator');
    },
  );
});

describe('an IAM user', () => {
  test('has long-term keys and is its own subject', async () => {
    const { stdout } = await whoami([]);
    expect(
      stdout.startsWith(`  account      ${ACCOUNT}
  ARN          ${USER_ARN}
  credentials  environment (AWS_ACCESS_KEY_ID)
  access key   AKIAIOSFODNN7EXAMPLE
  expires      never (long-term credentials)
`),
    ).toBe(true);
    expect(stdout).toContain(`  type           USER\n  database user  ${USER_ARN}\n`);
    expect(stdout).toContain('  audience       <the audience that the workload mints tokens for>\n');
  });
});

test('a federated user can hold no token', async () => {
  const { stdout } = await whoami([], { callerArn: `arn:aws:sts::${ACCOUNT}:federated-user/bob` });
  expect(stdout).toContain('  subject      none: AWS mints no tokens for this caller\n');
  expect(stdout).toContain('  database user  <idpId>/<ARN of the role of the workload>\n');
  expect(stdout).toContain('  not possible for this caller: use a role or an IAM user\n');
});

test.each([
  [new Date('2026-11-22T11:59:00Z'), '2026-11-22T11:59:00Z, 1 min ago'],
  [null, 'temporary; the provider does not report the expiration'],
])('the expiry of temporary keys: %s', async (expiresAt, shown) => {
  const { stdout } = await whoami([], {
    credentials: { sessionToken: new Secret('the-session-token'), expiresAt },
  });
  expect(stdout).toContain(`  expires      ${shown}\n`);
});

describe('the issuer', () => {
  test.each(['disabled', 'info-denied'] as const)('%s: is left open', async (federation) => {
    const document = await whoamiJson({ federation });
    expect(document.atlas.identityProvider.issuer).toBeNull();
    expect(document.warnings).toEqual([]);
    expect((await whoami([], { federation })).stdout).toContain(
      '  issuer URI     <issuer>   ("fedctl status" prints the issuer if federation is enabled)\n',
    );
  });

  test('IAM out of reach: who the caller is stands', async () => {
    const document = await whoamiJson({ fail: { [INFO]: failure('aws.unreachable') } });
    expect(document).toMatchObject({ arn: USER_ARN, atlas: { identityProvider: { issuer: null } } });
    expect(document.warnings).toEqual([
      {
        code: 'aws.unreachable',
        message: 'The issuer is unknown. AWS says aws.unreachable.',
        remedy: 'Check the network connection, HTTPS_PROXY and the endpoint in the error message.',
        command: null,
      },
    ]);
  });
});

test('FEDCTL_AUDIENCE is shown for Atlas', async () => {
  const { stdout } = await whoami([], {}, { env: { FEDCTL_AUDIENCE: 'from-the-environment' } });
  expect(stdout).toContain('  audience       from-the-environment\n');
});

test('refused keys are a failure', async () => {
  const run = await whoami([], { fail: { getCallerIdentity: failure('aws.access-key-unknown') } });
  expect(run).toMatchObject({ code: 4, stdout: '' });
  expect(run.stderr.split('\n')[0]).toBe('error: AWS says aws.access-key-unknown.');
});
