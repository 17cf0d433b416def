import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fetch } from '../support/fetch.ts';
import {
  DISCOVERY,
  type IssuerServer,
  JWKS,
  json,
  jsonText,
  startIssuer,
  UNUSABLE_KEYS,
} from '../support/issuer-server.ts';
import { memoryContext } from '../support/memory-context.ts';
import { runMain } from '../support/run-main.ts';
import { schemaFaults } from '../support/schema.ts';
import { ACCOUNT, failure, type Script, scriptedAws, USER_ARN } from '../support/scripted-aws.ts';

let server: IssuerServer;
beforeEach(async () => {
  server = await startIssuer(UNUSABLE_KEYS);
});
afterEach(() => server[Symbol.asyncDispose]());

const INFO = 'iam:GetOutboundWebIdentityFederationInfo';

async function status(args: readonly string[], script: Script = {}) {
  const { aws, calls } = scriptedAws({ issuer: server.issuer, ...script });
  const context = memoryContext({ aws, fetch });
  return { ...(await runMain(['status', ...args], context)), calls: calls.toSorted() };
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
    server.answers.set(JWKS, jsonText('later', 503));
    const url = `${server.issuer}/.well-known/jwks.json`;
    const document = await statusJson({ federation: 'enabled' });
    expect(document.discovery.ok).toBe(true);
    expect(document.jwks).toEqual({
      url,
      ok: false,
      failure: {
        code: 'issuer.http-status',
        message: `${url} responded with status 503.`,
        remedy: 'Inspect the response from this address, and check which server sends it.',
        command: `curl -v ${url}`,
      },
    });
    expect(document.keys).toEqual([]);
    expect((await status([], { federation: 'enabled' })).stdout).toContain(
      `  keys       failed (issuer.http-status): ${url} responded with status 503.\n`,
    );
  });

  test('with an issuer that is gone', async () => {
    server.answers.set(DISCOVERY, jsonText('', 404));
    const document = await statusJson({ federation: 'enabled' });
    expect(document.discovery).toMatchObject({ ok: false, failure: { code: 'issuer.http-status' } });
    expect(document.jwks).toEqual(nothingRead.jwks);
  });

  test('what an issuer writes cannot steer the terminal', async () => {
    server.answers.set(JWKS, json({ keys: [{ kty: 'RSA', kid: 'a\u001b[2Jb\nc' }] }));
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
      stdout: `disabled Account ${ACCOUNT} does not issue tokens. To enable federation: fedctl enable

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
cause:  Federation was never enabled, or somebody disabled it. The setting applies to the whole account.
remedy: Enable federation for this account with "fedctl enable".
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
      stdout: `unknown This principal lacks ${INFO}, which is required to read the state.

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
      stderr: `error: Cannot determine whether outbound federation is enabled for account ${ACCOUNT}: ${USER_ARN} lacks ${INFO}.
cause:  The principal lacks the IAM permission that the error message specifies. A policy must grant this permission on Resource "*".
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
  expect(run.stderr.split('\n')[0]).toBe('error: Invalid --require "disabled": expected enabled.');
});
