import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { main } from '../../src/commands/main.ts';
import { fetch } from '../support/fetch.ts';
import { type LoopbackIssuer, loopbackIssuer } from '../support/loopback-issuer.ts';
import { memoryContext } from '../support/memory-context.ts';
import { schemaFaults } from '../support/schema.ts';
import { ACCOUNT, failure, type Script, scriptedAws, USER_ARN } from '../support/scripted-aws.ts';

let server: LoopbackIssuer;
beforeEach(async () => {
  server = await loopbackIssuer();
});
afterEach(() => server.close());

const INFO = 'iam:GetOutboundWebIdentityFederationInfo';

async function status(args: readonly string[], script: Script = {}) {
  const { aws, calls } = scriptedAws({ issuer: server.issuer, ...script });
  const context = memoryContext({ aws, fetch });
  const code = await main(['status', ...args], context);
  return { code, stdout: context.stdout.text, stderr: context.stderr.text, calls };
}

async function statusJson(script: Script) {
  const run = await status(['--json'], script);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  const document = JSON.parse(run.stdout);
  expect(schemaFaults('status', document)).toEqual([]);
  return document;
}

const who = { account: ACCOUNT, principal: USER_ARN, region: 'eu-west-1', endpointOverrides: [] };
const nothingRead = {
  discovery: { url: null, ok: null, failure: null },
  jwks: { url: null, ok: null, failure: null },
  keys: [],
};

describe('enabled', () => {
  test('for people', async () => {
    expect(await status([], { federation: 'enabled' })).toEqual({
      code: 0,
      stdout: `enabled Account ${ACCOUNT} issues tokens.

  account    ${ACCOUNT}
  principal  ${USER_ARN}
  Region     eu-west-1
  issuer     ${server.issuer}
  discovery  ${server.issuer}/.well-known/openid-configuration
  keys       ${server.issuer}/.well-known/jwks.json
             RSA_0, RS256
             EC384_0, ES384
`,
      stderr: '',
      calls: ['getCallerIdentity', 'outboundFederationInfo'],
    });
  });

  test('as a document', async () => {
    const { issuer } = server;
    expect(await statusJson({ federation: 'enabled' })).toEqual({
      schema: 'fedctl.status/v1',
      ...who,
      state: 'enabled',
      issuer,
      missingPermission: null,
      discovery: { url: `${issuer}/.well-known/openid-configuration`, ok: true, failure: null },
      jwks: { url: `${issuer}/.well-known/jwks.json`, ok: true, failure: null },
      keys: [
        { keyId: 'RSA_0', keyType: 'RSA', algorithm: 'RS256' },
        { keyId: 'EC384_0', keyType: 'EC', algorithm: 'ES384' },
      ],
      warnings: [],
    });
  });

  test('with keys that do not answer: data, and no failure', async () => {
    server.serve('keys', 503, 'later');
    const url = `${server.issuer}/.well-known/jwks.json`;
    const document = await statusJson({ federation: 'enabled' });
    expect(document.discovery.ok).toBe(true);
    expect(document.jwks).toEqual({
      url,
      ok: false,
      failure: {
        code: 'issuer.http-status',
        message: `${url} answered with status 503.`,
        remedy: 'See what this address returns, and who answers there.',
        command: `curl -v ${url}`,
      },
    });
    expect(document.keys).toEqual([]);
    expect((await status([], { federation: 'enabled' })).stdout).toContain(
      `  keys       does not answer as it should (issuer.http-status): ${url} answered with status 503.\n`,
    );
  });

  test('with an issuer that is gone', async () => {
    server.serve('discovery', 404, '');
    const document = await statusJson({ federation: 'enabled' });
    expect(document.discovery).toMatchObject({ ok: false, failure: { code: 'issuer.http-status' } });
    expect(document.jwks).toEqual(nothingRead.jwks);
  });

  test('what an issuer writes cannot steer the terminal', async () => {
    server.serve('keys', 200, JSON.stringify({ keys: [{ kty: 'RSA', kid: 'a\u001b[2Jb\nc' }] }));
    const { stdout } = await status([], { federation: 'enabled' });
    expect(stdout).toContain('             a\\u{1b}[2Jb\\u{a}c, RS256\n');
  });

  test('--require enabled is met', async () => {
    expect((await status(['--require', 'enabled'], { federation: 'enabled' })).code).toBe(0);
  });
});

describe('disabled', () => {
  test('for people', async () => {
    expect(await status([], { federation: 'disabled' })).toMatchObject({
      code: 0,
      stdout: `disabled Account ${ACCOUNT} issues no tokens. To change that: fedctl enable

  account    ${ACCOUNT}
  principal  ${USER_ARN}
  Region     eu-west-1
`,
      stderr: '',
    });
  });

  test('as a document', async () => {
    expect(await statusJson({ federation: 'disabled' })).toEqual({
      schema: 'fedctl.status/v1',
      ...who,
      state: 'disabled',
      issuer: null,
      missingPermission: null,
      ...nothingRead,
      warnings: [],
    });
  });

  test.each(['human', 'json'])('--require enabled exits 3 (%s)', async (output) => {
    const run = await status(['--require', 'enabled', '--output', output], { federation: 'disabled' });
    expect(run).toMatchObject({ code: 3, stdout: '' });
    if (output === 'human') {
      expect(run.stderr).toBe(`error: Outbound federation is disabled for account ${ACCOUNT}.
cause:  Nobody enabled it, or somebody disabled it: the switch is account-wide.
remedy: Enable federation for this account.
run:    fedctl enable
code:   sts.federation-disabled
`);
    } else {
      expect(schemaFaults('error', JSON.parse(run.stderr))).toEqual([]);
      expect(JSON.parse(run.stderr).error).toMatchObject({
        code: 'sts.federation-disabled',
        exitCode: 3,
        details: { account: ACCOUNT, state: 'disabled' },
      });
    }
  });
});

describe('unknown', () => {
  test('for people', async () => {
    expect(await status([], { federation: 'info-denied' })).toMatchObject({
      code: 0,
      stdout: `unknown This principal may not read the state: it lacks ${INFO}.

  account    ${ACCOUNT}
  principal  ${USER_ARN}
  Region     eu-west-1
`,
      stderr: '',
    });
  });

  test('as a document', async () => {
    expect(await statusJson({ federation: 'info-denied' })).toEqual({
      schema: 'fedctl.status/v1',
      ...who,
      state: 'unknown',
      issuer: null,
      missingPermission: INFO,
      ...nothingRead,
      warnings: [],
    });
  });

  test('--require enabled exits 4', async () => {
    const run = await status(['--require', 'enabled'], { federation: 'info-denied' });
    expect(run).toEqual({
      code: 4,
      stdout: '',
      stderr: `error: Whether outbound federation is enabled for account ${ACCOUNT} is unknown: ${USER_ARN} lacks ${INFO}.
cause:  The principal lacks the IAM permission named above, on Resource "*".
remedy: An administrator of the account must allow ${INFO} on Resource "*" in the policies of ${USER_ARN}.
code:   iam.permission-missing
`,
      calls: ['getCallerIdentity', 'outboundFederationInfo'],
    });
  });
});

test('endpoint overrides are shown', async () => {
  const overrides = [
    { service: 'sts', url: 'http://127.0.0.1:1', source: 'AWS_ENDPOINT_URL_STS' },
    { service: 'iam', url: 'http://127.0.0.1:2', source: 'AWS_ENDPOINT_URL_IAM' },
  ] as const;
  expect((await status([], { overrides })).stdout).toContain(
    '  endpoint   http://127.0.0.1:1 for STS (AWS_ENDPOINT_URL_STS)\n  endpoint   http://127.0.0.1:2 for IAM (AWS_ENDPOINT_URL_IAM)\n',
  );
  expect((await statusJson({ overrides })).endpointOverrides).toEqual(overrides);
});

test('a state that cannot be asked for is a failure, not an answer', async () => {
  const run = await status([], { fail: { outboundFederationInfo: failure('aws.unreachable') } });
  expect(run).toMatchObject({ code: 6, stdout: '' });
  expect(run.stderr.split('\n')[0]).toBe('error: AWS says aws.unreachable.');
});

test('--require takes one state', async () => {
  const run = await status(['--require', 'disabled']);
  expect(run).toMatchObject({ code: 2, stdout: '', calls: [] });
  expect(run.stderr.split('\n')[0]).toBe('error: --require cannot be "disabled": expected enabled.');
});
