import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFetch } from '../../../src/lib/net/fetch.ts';
import { createTestCa, type ServerCertificate } from '../../support/certificates.ts';
import { connectProxy, loopbackServer } from '../../support/loopback-server.ts';

const HOST = 'issuer.fedctl.test';
let directory: string;
let bundle: string;
let certificate: ServerCertificate;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fedctl-net-'));
  bundle = join(directory, 'ca.pem');
  const ca = await createTestCa();
  await writeFile(bundle, ca.pem);
  certificate = await ca.issue(['127.0.0.1', HOST]);
});

afterAll(() => rm(directory, { recursive: true }));

function whyOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error && 'code' in error.cause
    ? error.cause.code
    : error;
}

describe('directly', () => {
  test('plain http on loopback, whatever the proxy', async () => {
    await using server = await loopbackServer(() => ({ body: 'hello' }));
    const answer = await createFetch({ HTTP_PROXY: 'http://127.0.0.1:1' })(server.url);
    expect(await answer.text()).toBe('hello');
  });

  test('https with AWS_CA_BUNDLE', async () => {
    await using server = await loopbackServer((request) => ({ body: request.body }), certificate);
    const fetch = createFetch({ AWS_CA_BUNDLE: bundle });
    const answer = await fetch(server.url, { method: 'PUT', body: 'hello', headers: { 'x-test': '1' } });
    expect(await answer.text()).toBe('hello');
    expect(server.requests[0]?.headers['x-test']).toBe('1');
  });

  test('https without it is refused', async () => {
    await using server = await loopbackServer(() => ({}), certificate);
    const error = await createFetch({})(server.url).catch(whyOf);
    expect(error).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  test('the bundle does not displace NODE_EXTRA_CA_CERTS', async () => {
    const other = join(directory, 'other.pem');
    await writeFile(other, (await createTestCa('another CA')).pem);
    await using server = await loopbackServer(() => ({ body: 'hello' }), certificate);
    const env = { AWS_CA_BUNDLE: other, NODE_EXTRA_CA_CERTS: bundle };
    expect(await (await createFetch(env)(server.url)).text()).toBe('hello');
  });

  test('a redirect is the caller’s', async () => {
    await using server = await loopbackServer(
      () => ({ status: 302, headers: { location: 'https://elsewhere.example' } }),
      certificate,
    );
    const answer = await createFetch({ AWS_CA_BUNDLE: bundle })(server.url, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'https://elsewhere.example']);
  });
});

describe('through a proxy', () => {
  test('the target is trusted by AWS_CA_BUNDLE, and the proxy gets its password', async () => {
    await using server = await loopbackServer(() => ({ body: 'hello' }), certificate);
    await using proxy = await connectProxy(server.port);
    const env = { HTTPS_PROXY: proxy.url.replace('//', '//user:p%40ss@'), AWS_CA_BUNDLE: bundle };
    const answer = await createFetch(env)(`https://${HOST}/keys`);
    expect(await answer.text()).toBe('hello');
    expect(server.requests[0]?.path).toBe('/keys');
    expect(proxy.tunnels).toEqual([
      { target: `${HOST}:443`, authorization: `Basic ${Buffer.from('user:p@ss').toString('base64')}` },
    ]);
  });

  test('a target that nobody vouches for is refused', async () => {
    await using server = await loopbackServer(() => ({}), certificate);
    await using proxy = await connectProxy(server.port);
    const error = await createFetch({ HTTPS_PROXY: proxy.url })(`https://${HOST}`).catch(whyOf);
    expect(error).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    expect(server.requests).toEqual([]);
  });
});

describe('a CA bundle that cannot be used', () => {
  test.each<[string, string | null, string]>([
    ['absent.pem', null, 'it cannot be read'],
    ['empty.pem', 'no certificate', 'it holds no PEM certificate'],
    [
      'damaged.pem',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      'certificate 1 in it is damaged',
    ],
  ])('%s', async (name, content, why) => {
    const path = join(directory, name);
    if (content !== null) await writeFile(path, content);
    await expect(createFetch({ AWS_CA_BUNDLE: path })('https://127.0.0.1:1')).rejects.toMatchObject({
      code: 'net.ca-bundle-invalid',
      message: `AWS_CA_BUNDLE names ${path}, and ${why}.`,
      exitCode: 2,
    });
  });
});
