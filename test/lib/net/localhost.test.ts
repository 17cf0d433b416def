import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createAws } from '../../../src/lib/aws/aws.ts';
import { createFetch } from '../../../src/lib/net/fetch.ts';
import { processContext } from '../../../src/lib/process-context.ts';
import { byAction, IDENTITY } from '../../support/aws-answers.ts';
import { connectProxy, loopbackServer } from '../../support/loopback-server.ts';
import { memoryContext } from '../../support/memory-context.ts';

const { signal } = new AbortController();
const LIMITS = { maxBytes: 1024, signal };

/** Has every name resolved as if the hosts file said so, until the test ends. */
function hostsFile(address: string) {
  const lookup = vi.fn((_host: string, options: { all?: boolean }, done: (...found: unknown[]) => void) => {
    if (options.all === true) done(null, [{ address, family: 4 }]);
    else done(null, address, 4);
  });
  vi.spyOn(dns, 'lookup').mockImplementation(lookup as unknown as typeof dns.lookup);
  syncBuiltinESMExports();
  return lookup;
}

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

describe('whatever the hosts file says, localhost is this machine', () => {
  test('for what is fetched', async () => {
    await using server = await loopbackServer(() => ({ body: 'hello' }));
    const lookup = hostsFile('192.0.2.1');
    const { body } = await createFetch({})(new URL(`http://localhost:${server.port}/`), LIMITS);
    expect(body).toBe('hello');
    expect(server.requests[0]?.headers.host).toBe(`localhost:${server.port}`);
    expect(lookup).not.toHaveBeenCalled();
  });

  test('for what is signed', async () => {
    await using server = await loopbackServer(byAction({ GetCallerIdentity: IDENTITY }));
    const env = {
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: `http://localhost:${server.port}`,
    };
    const aws = await createAws({ timeoutMs: 5000 }, memoryContext({ env }));
    const lookup = hostsFile('192.0.2.1');
    await (await aws.sts()).getCallerIdentity(signal);
    expect(server.requests).toHaveLength(1);
    expect(lookup).not.toHaveBeenCalled();
  });

  test('for the proxy', async () => {
    await using server = await loopbackServer(() => ({ body: 'hello' }));
    await using proxy = await connectProxy(server.port);
    const env = { HTTP_PROXY: proxy.url.replace('127.0.0.1', 'localhost') };
    const lookup = hostsFile('192.0.2.1');
    const { body } = await createFetch(env)(new URL('http://api.fedctl.test/'), LIMITS);
    expect(body).toBe('hello');
    expect(proxy.tunnels.map(({ target }) => target)).toEqual(['api.fedctl.test:80']);
    expect(lookup).not.toHaveBeenCalled();
  });

  test('and other names are resolved as everywhere', async () => {
    await using server = await loopbackServer(() => ({ body: 'hello' }));
    const lookup = hostsFile('127.0.0.1');
    const { body } = await createFetch({})(new URL(`http://api.fedctl.test:${server.port}/`), LIMITS);
    expect(body).toBe('hello');
    expect(lookup.mock.calls.map(([host]) => host)).toEqual(['api.fedctl.test']);
  });
});

test('the resolver sends no query for localhost', async () => {
  const { resolver } = processContext('', signal);
  expect(await resolver.addresses('LocalHost')).toEqual([
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]);
});
