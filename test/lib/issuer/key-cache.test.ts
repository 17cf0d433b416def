import { afterEach, beforeEach, expect, it } from 'vitest';
import { createKeyCache, type KeyCache } from '../../../src/lib/issuer/key-cache.ts';
import { fetch } from '../../support/fetch.ts';
import { DISCOVERY, type IssuerServer, JWKS, json, startIssuer } from '../../support/issuer-server.ts';

const key = (kid: string) => ({ kty: 'RSA', kid, n: 'AQAB', e: 'AQAB' });

let server: IssuerServer;
let now: Date;
let cache: KeyCache;

beforeEach(async () => {
  server = await startIssuer([key('RSA_0')]);
  now = new Date('2026-11-22T12:00:00Z');
  cache = createKeyCache({ fetch, timeoutMs: 5000, signal: new AbortController().signal, now: () => now });
});

afterEach(() => server[Symbol.asyncDispose]());

function fetches(): number {
  return server.requests.filter((path) => path === JWKS).length;
}

it('fetches once for a key that it knows, and for several who ask at once', async () => {
  const [one, two] = await Promise.all([
    cache.keysOf(server.issuer, 'RSA_0'),
    cache.keysOf(server.issuer, 'RSA_0'),
  ]);
  expect(await cache.keysOf(server.issuer, null)).toEqual([key('RSA_0')]);
  expect([one, two]).toEqual([[key('RSA_0')], [key('RSA_0')]]);
  expect(fetches()).toBe(1);
});

it('asks again for an unknown key, but not before the cool-down is over', async () => {
  await cache.keysOf(server.issuer, 'RSA_0');
  server.answers.set(JWKS, json({ keys: [key('RSA_0'), key('RSA_1')] }));
  now = new Date(now.getTime() + 29_999);
  expect(await cache.keysOf(server.issuer, 'RSA_1')).toEqual([key('RSA_0')]);
  expect(fetches()).toBe(1);
  now = new Date(now.getTime() + 1);
  const [one, two] = await Promise.all([
    cache.keysOf(server.issuer, 'RSA_1'),
    cache.keysOf(server.issuer, 'RSA_1'),
  ]);
  expect(one).toEqual([key('RSA_0'), key('RSA_1')]);
  expect(two).toEqual(one);
  expect(fetches()).toBe(2);
});

it('keeps the same key id of two issuers apart', async () => {
  await using other = await startIssuer([{ ...key('RSA_0'), n: 'Aw' }]);
  await cache.keysOf(server.issuer, 'RSA_0');
  expect(await cache.keysOf(other.issuer, 'RSA_0')).toEqual([{ ...key('RSA_0'), n: 'Aw' }]);
});

it('does not keep a failure', async () => {
  const good = server.answers.get(DISCOVERY);
  server.answers.delete(DISCOVERY);
  await expect(cache.keysOf(server.issuer, 'RSA_0')).rejects.toMatchObject({ code: 'issuer.http-status' });
  if (good !== undefined) server.answers.set(DISCOVERY, good);
  expect(await cache.keysOf(server.issuer, 'RSA_0')).toEqual([key('RSA_0')]);
});
