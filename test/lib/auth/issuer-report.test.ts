import { afterEach, beforeEach, expect, test } from 'vitest';
import { examineIssuer } from '../../../src/lib/auth/issuer-report.ts';
import { Interruption } from '../../../src/lib/core/deadline.ts';
import { fetch } from '../../support/fetch.ts';
import {
  DISCOVERY,
  type IssuerServer,
  JWKS,
  json,
  jsonText,
  startIssuer,
  UNUSABLE_KEYS,
} from '../../support/issuer-server.ts';

let server: IssuerServer;
beforeEach(async () => {
  server = await startIssuer(UNUSABLE_KEYS);
});
afterEach(() => server[Symbol.asyncDispose]());

const options = { fetch, timeoutMs: 5000, signal: new AbortController().signal };
const NOT_ASKED = { url: null, ok: null, failure: null };
const discovery = () => `${server.issuer}/.well-known/openid-configuration`;
const jwks = () => `${server.issuer}/.well-known/jwks.json`;

test('an issuer that answers', async () => {
  expect(await examineIssuer(server.issuer, options)).toEqual({
    discovery: { url: discovery(), ok: true, failure: null },
    jwks: { url: jwks(), ok: true, failure: null },
    keys: [
      { keyId: 'RSA_0', keyType: 'RSA', algorithm: 'RS256' },
      { keyId: 'EC384_0', keyType: 'EC', algorithm: 'ES384' },
    ],
    published: [expect.objectContaining({ kid: 'RSA_0' }), expect.objectContaining({ kid: 'EC384_0' })],
  });
});

test('malformed keys are left out, and of curves that AWS does not use the algorithm', async () => {
  const keys = [
    { kty: 'EC', crv: 'P-256', kid: 7, alg: {} },
    { kty: 'EC', crv: 'P-256', kid: 'a' },
  ];
  server.answers.set(JWKS, json({ keys }));
  const report = await examineIssuer(server.issuer, options);
  expect(report.keys).toEqual([{ keyId: 'a', keyType: 'EC', algorithm: null }]);
});

test('no discovery document: the keys are not asked for', async () => {
  server.answers.set(DISCOVERY, jsonText('no', 404));
  const report = await examineIssuer(server.issuer, options);
  expect(report).toEqual({
    discovery: {
      url: discovery(),
      ok: false,
      failure: expect.objectContaining({ code: 'issuer.http-status' }),
    },
    jwks: NOT_ASKED,
    keys: [],
    published: [],
  });
  expect(report.discovery.failure?.message).toBe(`${discovery()} responded with status 404.`);
});

test('a discovery document that sends elsewhere for the keys', async () => {
  server.answers.set(DISCOVERY, json({ issuer: server.issuer, jwks_uri: 'https://evil.example/k' }));
  const report = await examineIssuer(server.issuer, options);
  expect(report.discovery).toMatchObject({ ok: false, failure: { code: 'issuer.wrong-document' } });
  expect(report.jwks).toEqual(NOT_ASKED);
});

test.each([
  ['HTML', 200, '<html>', 'issuer.not-json'],
  ['an error', 503, 'no', 'issuer.http-status'],
  ['no key', 200, '{"keys":[]}', 'issuer.wrong-document'],
])('%s in place of the keys: discovery answered', async (_what, status, body, code) => {
  server.answers.set(JWKS, jsonText(body, status));
  expect(await examineIssuer(server.issuer, options)).toEqual({
    discovery: { url: discovery(), ok: true, failure: null },
    jwks: { url: jwks(), ok: false, failure: expect.objectContaining({ code }) },
    keys: [],
    published: [],
  });
});

test.each([
  ['http://issuer.example', 'issuer.plaintext-refused'],
  ['no url', 'usage.invalid-value'],
])('an issuer that no relying party may ask: %s', async (issuer, code) => {
  expect(await examineIssuer(issuer, options)).toEqual({
    discovery: { url: null, ok: false, failure: expect.objectContaining({ code }) },
    jwks: NOT_ASKED,
    keys: [],
    published: [],
  });
});

test('an interruption comes out unchanged', async () => {
  const reason = new Interruption('terminated');
  await expect(examineIssuer(server.issuer, { ...options, signal: AbortSignal.abort(reason) })).rejects.toBe(
    reason,
  );
});
