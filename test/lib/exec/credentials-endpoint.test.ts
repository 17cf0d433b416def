import { request } from 'node:http';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Credentials } from '../../../src/lib/core/credentials.ts';
import { Secret } from '../../../src/lib/core/secret.ts';
import { startCredentialsEndpoint } from '../../../src/lib/exec/credentials-endpoint.ts';
import { listenOnLoopback } from '../../support/listen.ts';

const CREDENTIALS: Credentials = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: new Secret('secret'),
  sessionToken: new Secret('session'),
  expiresAt: null,
};
const EXPIRES = new Date('2026-11-22T13:00:00Z');

async function start(valid = true) {
  const endpoint = await startCredentialsEndpoint({
    host: '127.0.0.1',
    port: 0,
    served: () => (valid ? { credentials: CREDENTIALS, expiresAt: EXPIRES } : null),
  });
  onTestFinished(() => endpoint.close());
  const token = endpoint.authorizationToken.reveal();
  const { port } = new URL(endpoint.url);
  const ask = (
    changes: { method?: string; path?: string; headers?: Record<string, string | string[]> } = {},
  ) =>
    new Promise<{ status: number | undefined; body: unknown }>((resolve, reject) => {
      const sent = request({
        host: '127.0.0.1',
        port,
        path: '/credentials',
        ...changes,
        headers: { authorization: token, ...changes.headers },
      });
      sent.on('error', reject).on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode, body: JSON.parse(text) }));
      });
      sent.end();
    });
  return { endpoint, token, port, ask };
}

describe('the credentials endpoint', () => {
  test('hands out the credentials as the container credentials of AWS', async () => {
    const { ask, endpoint, port } = await start();
    expect(endpoint.credentialsUrl).toBe(`http://127.0.0.1:${port}/credentials`);
    const answer = {
      status: 200,
      body: {
        AccessKeyId: 'ASIAEXAMPLE',
        SecretAccessKey: 'secret',
        Token: 'session',
        Expiration: '2026-11-22T13:00:00Z',
      },
    };
    expect(await ask()).toEqual(answer);
    expect(await ask({ headers: { host: `localhost:${port}` } })).toEqual(answer);
  });

  test.each([
    ['no token', { authorization: '' }, 401],
    ['another token', { authorization: 'x'.repeat(43) }, 401],
    ['two tokens', { authorization: ['a', 'b'] }, 401],
    ['the name of another host', { host: 'attacker.example' }, 403],
    ['the address without its port', { host: '127.0.0.1' }, 403],
    ['another port', { host: '127.0.0.1:1' }, 403],
  ])('refuses %s', async (_what, headers, status) => {
    const { ask } = await start();
    const answer = await ask({ headers });
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).not.toMatch(/secret|session/);
  });

  test('refuses another path, another method, and what has expired', async () => {
    const { ask } = await start();
    expect((await ask({ path: '/' })).status).toBe(404);
    expect((await ask({ method: 'POST' })).status).toBe(405);
    expect((await (await start(false)).ask()).status).toBe(503);
  });

  test('has a token of its own each time, of 256 bits', async () => {
    const tokens = [(await start()).token, (await start()).token];
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  });

  test('says so where the port is taken', async () => {
    const taken = createServer();
    const port = await listenOnLoopback(taken);
    onTestFinished(() => void taken.close());
    await expect(
      startCredentialsEndpoint({ host: '127.0.0.1', port, served: () => null }),
    ).rejects.toMatchObject({
      code: 'exec.listen-failed',
      message: `Cannot listen on 127.0.0.1:${port}: another program uses the port.`,
    });
  });
});
