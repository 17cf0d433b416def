import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Interruption } from '../../src/lib/core/deadline.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { fetch } from '../support/fetch.ts';
import { type IssuerServer, JWKS, jsonText, startIssuer, UNUSABLE_KEYS } from '../support/issuer-server.ts';
import { type MemoryContextOptions, memoryContext } from '../support/memory-context.ts';
import { runMain } from '../support/run-main.ts';
import { schemaFaults } from '../support/schema.ts';
import { ACCOUNT, failure, type Script, scriptedAws, USER_ARN } from '../support/scripted-aws.ts';

let server: IssuerServer;
beforeEach(async () => {
  server = await startIssuer(UNUSABLE_KEYS);
});
afterEach(() => server[Symbol.asyncDispose]());

async function enable(args: readonly string[], script: Script = {}, given: MemoryContextOptions = {}) {
  const { aws, calls, minted } = scriptedAws({ issuer: server.issuer, ...script });
  const context = memoryContext({ aws, fetch, ...fakeClock(), ...given });
  return { ...(await runMain(['enable', ...args], context)), calls, minted };
}

async function enableJson(args: readonly string[], script: Script = {}) {
  const run = await enable(['--json', ...args], script);
  expect(run.stderr).toBe('');
  const document = JSON.parse(run.stdout);
  expect(schemaFaults('enable', document)).toEqual([]);
  return { ...run, document };
}

const hints = `Enabling outbound federation for the whole account ${ACCOUNT}
  as ${USER_ARN}, Region eu-west-1
`;

describe('the human format', () => {
  test('tells who, where, what changed, how long it took, and what to copy', async () => {
    const run = await enable(['--audience', 'my-atlas'], {
      mints: ['sts.federation-disabled', 'aws.service-failed', 'token'],
    });
    expect(run.stderr).toBe(hints);
    expect(run.stdout).toBe(`enabled Outbound federation of account ${ACCOUNT} is now enabled.

  account    ${ACCOUNT}
  principal  ${USER_ARN}
  Region     eu-west-1
  issuer     ${server.issuer}
  discovery  ${server.issuer}/.well-known/openid-configuration
  keys       ${server.issuer}/.well-known/jwks.json
             RSA_0, RS256
             EC384_0, ES384
  tokens     minted in eu-west-1, 2 s after federation was enabled

Atlas, for MONGODB-OIDC: a workload identity provider and a database user
  issuer URI     ${server.issuer}
  audience       my-atlas
  authorization  USER (in the console: User ID)
  user claim     sub
  database user  <idpId>/<ARN of the role of the workload>
  database       $external

Atlas, for MONGODB-AWS: a database user of type AWS IAM
  type           ROLE
  database user  <ARN of the role of the workload>
  database       $external

The workload is unknown: the operator ${USER_ARN} ran this command.
Specify the role of the workload with --role-arn <arn>, or run fedctl with the credentials of the workload: fedctl whoami --profile <profile of the workload>
`);
    expect(run.code).toBe(0);
    expect(run.minted).toHaveLength(5);
    expect(run.minted[0]).toEqual({
      audience: ['my-atlas'],
      signingAlgorithm: 'RS256',
      durationSeconds: 60,
      tags: [],
    });
  });

  test('names the endpoint overrides before it changes anything', async () => {
    const run = await enable([], {
      overrides: [
        { service: 'sts', url: 'http://127.0.0.1:1', source: 'AWS_ENDPOINT_URL_STS' },
        { service: 'iam', url: 'http://127.0.0.1:2', source: 'profile "lab"' },
      ],
      fail: { enableOutboundFederation: failure('iam.permission-missing') },
    });
    expect(run.stderr).toBe(`${hints}  through http://127.0.0.1:1 for STS (AWS_ENDPOINT_URL_STS)
  through http://127.0.0.1:2 for IAM (profile "lab")
error: AWS says iam.permission-missing.
cause:  The principal lacks the IAM permission that the error message specifies. A policy must grant this permission on Resource "*".
remedy: Ask an administrator of the account for the permission that the error message specifies.
code:   iam.permission-missing, request id request-of-iam.permission-missing
`);
    expect(run.stdout).toBe('');
    expect(run.code).toBe(4);
  });

  test('names the role of the workload, and says who ran it', async () => {
    const role = `arn:aws:iam::${ACCOUNT}:role/team/app`;
    const run = await enable(['--no-wait', '--role-arn', role]);
    expect(run.stdout).toContain(
      'tokens     skipped (--no-wait): STS starts to mint tokens after about ten seconds\n',
    );
    expect(run.stdout.slice(run.stdout.indexOf('  user claim'))).toBe(`  user claim     sub
  database user  <idpId>/${role}
  database       $external

Atlas, for MONGODB-AWS: a database user of type AWS IAM
  type           ROLE
  database user  ${role}
  database       $external

These values are for the role in --role-arn, not for the operator ${USER_ARN} that ran this command.
`);
    expect(run.stderr).toContain(
      `warning: ${role} has a path, but MONGODB-AWS ignores role paths. The login may not find the database user.\n`,
    );
  });

  test('tells how long it took where nothing changed', async () => {
    const { stdout } = await enable([], { federation: 'enabled' });
    expect(stdout).toContain('  tokens     minted in eu-west-1, immediately\n');
  });

  test('a role of another account has another issuer', async () => {
    const run = await enable(['--no-wait', '--role-arn', 'arn:aws:iam::210987654321:role/app']);
    expect(run.stderr).toContain(
      `warning: The role in --role-arn belongs to account 210987654321, but the issuer belongs to account ${ACCOUNT}. Tokens for the role have a different issuer.\n`,
    );
  });

  test('what is no role is refused before anything is changed', async () => {
    const run = await enable(['--role-arn', `arn:aws:sts::${ACCOUNT}:assumed-role/app/session`]);
    expect(run).toMatchObject({ code: 2, stdout: '', calls: [] });
    expect(run.stderr).toContain('code:   usage.invalid-value\n');
  });
});

describe('the JSON format', () => {
  test('is one document', async () => {
    const { document, code } = await enableJson([], { mints: ['sts.federation-disabled', 'token'] });
    const { issuer } = server;
    expect(document).toEqual({
      schema: 'fedctl.enable/v1',
      account: ACCOUNT,
      principal: USER_ARN,
      region: 'eu-west-1',
      endpointOverrides: [],
      state: 'enabled',
      changed: true,
      issuer,
      discovery: { url: `${issuer}/.well-known/openid-configuration`, ok: true, failure: null },
      jwks: { url: `${issuer}/.well-known/jwks.json`, ok: true, failure: null },
      keys: [
        { keyId: 'RSA_0', keyType: 'RSA', algorithm: 'RS256' },
        { keyId: 'EC384_0', keyType: 'EC', algorithm: 'ES384' },
      ],
      propagation: { outcome: 'minting', audience: 'fedctl-enable-probe', ms: 1000, attempts: 4 },
      atlas: {
        identityProvider: { issuer, audience: null, userClaim: 'sub', authorizationType: 'USER' },
        principal: { arn: null, source: null },
        oidcUser: null,
        awsUser: null,
      },
      warnings: [],
    });
    expect(code).toBe(0);
  });

  test('enabling twice changes nothing, and still proves that tokens are minted', async () => {
    const { document, code, calls } = await enableJson([], { federation: 'enabled' });
    expect(document).toMatchObject({ changed: false, issuer: server.issuer });
    expect(document.propagation).toEqual({
      outcome: 'minting',
      audience: 'fedctl-enable-probe',
      ms: 0,
      attempts: 1,
    });
    expect(code).toBe(0);
    expect(calls).toEqual([
      'getCallerIdentity',
      'enableOutboundFederation',
      'outboundFederationInfo',
      'getWebIdentityToken',
    ]);
  });

  test('--no-wait mints nothing', async () => {
    const { document, minted } = await enableJson(['--no-wait']);
    expect(document.propagation).toEqual({
      outcome: 'not-waited',
      audience: 'fedctl-enable-probe',
      ms: null,
      attempts: null,
    });
    expect(minted).toEqual([]);
  });

  test('the issuer comes from the token where it may not be read', async () => {
    const { document } = await enableJson([], { federation: 'info-denied' });
    expect(document).toMatchObject({ changed: false, issuer: server.issuer, warnings: [] });
  });

  test('without token and permission there is no issuer, and it is said', async () => {
    const script: Script = { federation: 'info-denied' };
    const { document } = await enableJson(['--no-wait'], script);
    expect(document).toMatchObject({
      issuer: null,
      discovery: { url: null, ok: null, failure: null },
      jwks: { url: null, ok: null, failure: null },
      keys: [],
    });
    expect((await enable(['--no-wait'], script)).stdout).toContain(
      '  issuer     unknown: this principal lacks the permission to read the issuer\n  discovery  not requested\n',
    );
  });

  test.each([
    [
      'sts.mint-denied',
      `To let fedctl check STS, an administrator of the account must allow sts:GetWebIdentityToken for the audience fedctl-enable-probe in the policies of ${USER_ARN}.`,
      null,
    ],
    ['sts.federated-user', 'Use the credentials of a role or of an IAM user.', null],
    // enable has no --duration, so there is nothing to type.
    [
      'sts.session-too-short',
      'Mint a token that expires before the session, for example with --duration auto. Or renew the session.',
      null,
    ],
  ] as const)('%s ends the wait with a warning and exit code 0', async (code, remedy, command) => {
    const run = await enableJson([], { mints: [code] });
    expect(run.code).toBe(0);
    expect(run.document).toMatchObject({
      changed: true,
      issuer: server.issuer,
      propagation: { outcome: 'caller-cannot-mint', ms: null, attempts: null },
    });
    expect(run.document.warnings).toEqual([
      {
        code,
        message: `Federation is enabled, but this principal cannot mint tokens, so fedctl cannot determine whether STS mints tokens. AWS says ${code}.`,
        remedy,
        command,
      },
    ]);
    expect(run.minted).toHaveLength(1);
  });

  test('an issuer that does not answer is a warning: the account is enabled', async () => {
    server.answers.set(JWKS, jsonText('<html>'));
    const { document, code } = await enableJson([]);
    const url = `${server.issuer}/.well-known/jwks.json`;
    const fault = {
      code: 'issuer.not-json',
      message: `${url} did not return a JSON object (content type application/json).`,
      remedy: 'Inspect the response from this address, and check which server sends it.',
    };
    expect(document).toMatchObject({ jwks: { url, ok: false, failure: fault }, warnings: [fault] });
    expect(code).toBe(0);
  });

  test('a wait without end is exit 6, with nothing on stdout', async () => {
    const run = await enable(['--json', '--wait-timeout', '5s'], { mints: ['sts.federation-disabled'] });
    expect(run.stdout).toBe('');
    expect(run.code).toBe(6);
    const document = JSON.parse(run.stderr);
    expect(schemaFaults('error', document)).toEqual([]);
    expect(document.error).toMatchObject({
      code: 'iam.propagation-timeout',
      message:
        'IAM reports federation as enabled, but STS did not mint 3 tokens in a row within 5 s. The last error: AWS says sts.federation-disabled.',
      remedy: 'Wait longer with --wait-timeout. STS applies a change a few seconds after IAM.',
      exitCode: 6,
      details: { waitMs: 5000, lastCode: 'sts.federation-disabled' },
    });
    expect(run.minted).toHaveLength(6);
  });
});

test('FEDCTL_AUDIENCE is the audience of the proof, and of Atlas', async () => {
  const run = await enable([], {}, { env: { FEDCTL_AUDIENCE: 'from-the-environment' } });
  expect(run.minted[0]?.audience).toEqual(['from-the-environment']);
  expect(run.stdout).toContain('  audience       from-the-environment\n');
});

test.each([
  [['--wait-timeout', '0'], 'Invalid --wait-timeout 0 s: expected 1 s to 1 h.'],
  [['--wait-timeout', '2h'], 'Invalid --wait-timeout 7200 s: expected 1 s to 1 h.'],
  [['--wait-timeout', 'soon'], 'Invalid --wait-timeout "soon": expected a duration such as 90s, 5m or 1h.'],
  [['--audience', ''], 'Audience 1 is empty.'],
  [['--audience', 'a'.repeat(1001)], 'Audience 1 has 1001 characters; AWS accepts at most 1000.'],
])('%j is refused before anything is asked of AWS', async (args, message) => {
  const run = await enable(args);
  expect(run.code).toBe(2);
  expect(run.stderr.split('\n')[0]).toBe(`error: ${message}`);
  expect(run.calls).toEqual([]);
});

test('Ctrl-C during the wait ends the run with 130 and prints no answer', async () => {
  const controller = new AbortController();
  const run = await enable(
    [],
    { mints: ['sts.federation-disabled'] },
    {
      signal: controller.signal,
      sleep: async (_ms, signal) => {
        controller.abort(new Interruption('interrupted'));
        signal.throwIfAborted();
      },
    },
  );
  expect(run).toMatchObject({ code: 130, stdout: '', stderr: hints });
  expect(run.minted).toHaveLength(1);
});
