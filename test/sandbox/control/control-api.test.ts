import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Lab, startLab } from '../../../src/sandbox/lab.ts';

let lab: Lab;
let url: URL;
let token: string;

beforeEach(async () => {
  lab = await startLab({
    now: () => new Date(),
    fedctl: ['fedctl'],
    tls: false,
    replicaSet: null,
    mongoPort: 0,
  });
  url = new URL(lab.env['FEDCTL_SANDBOX_URL'] ?? '');
  token = lab.env['FEDCTL_SANDBOX_TOKEN'] ?? '';
});

afterEach(() => lab.close());

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

/** One request by hand: fetch would set Host, and refuse what a test wants to send. */
async function send({ method = 'GET', path = '/v1/status', headers = {}, body }: Sent) {
  const sent = { authorization: `Bearer ${token}`, ...headers };
  return await new Promise<{ status: number; headers: object; body: unknown }>((resolve, reject) => {
    const call = request(
      { host: url.hostname, port: url.port, method, path, headers: { ...sent } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: text === '' ? null : JSON.parse(text),
          }),
        );
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

const change = (method: string, path: string, members: object) =>
  send({ method, path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(members) });

describe('the control API refuses', () => {
  test.each([
    ['no token', { authorization: '' }, 401, 'the bearer token is missing'],
    ['another token', { authorization: 'Bearer x' }, 401, 'the bearer token is not the one of this lab'],
    ['another scheme', { authorization: 'Basic x' }, 401, 'the bearer token is not the one of this lab'],
    [
      'a name that leads to loopback',
      { host: 'lab.evil.example' },
      421,
      'the Host header is not the address of the control API',
    ],
    [
      'a host without the port',
      { host: '127.0.0.1' },
      421,
      'the Host header is not the address of the control API',
    ],
    ['a web page', { origin: 'http://127.0.0.1' }, 403, 'web pages may not call the control API'],
    ['a sandboxed web page', { origin: 'null' }, 403, 'web pages may not call the control API'],
  ])('%s', async (_what, headers, status, message) => {
    expect(await send({ method: 'POST', path: '/v1/stop', headers })).toMatchObject({
      status,
      body: { error: { message } },
    });
    expect(lab.controls.stopping.aborted).toBe(false);
    expect(lab.log.entries().at(-1)).toMatchObject({ hop: 'control', decision: 'refused', reason: message });
  });

  test('a token that is cut short', async () => {
    const { status } = await send({ headers: { authorization: `Bearer ${token.slice(0, -1)}` } });
    expect(status).toBe(401);
  });

  test('a body that is too large', async () => {
    const { status } = await change('PUT', '/v1/clock', { offsetSeconds: 1, more: 'x'.repeat(17_000) });
    expect({ status, offset: lab.clock.offsetMs }).toEqual({ status: 413, offset: 0 });
  });

  test.each([
    ['no JSON', { 'content-type': 'application/json' }, '{"offsetSeconds":'],
    ['a list', { 'content-type': 'application/json' }, '[{"offsetSeconds":1}]'],
    ['what a form of a web page can send', { 'content-type': 'text/plain' }, '{"offsetSeconds":1}'],
  ])('%s', async (_what, headers, body) => {
    expect(await send({ method: 'PUT', path: '/v1/clock', headers, body })).toMatchObject({
      status: 415,
      body: { error: { message: 'the body must be one JSON object' } },
    });
    expect(lab.clock.offsetMs).toBe(0);
  });

  test('a path that it lacks, and a method that a path lacks', async () => {
    expect(await send({ path: '/v1/other' })).toMatchObject({ status: 404 });
    expect(await send({ method: 'POST', path: '/v1/clock' })).toMatchObject({
      status: 405,
      headers: { allow: 'GET, PUT' },
    });
  });

  test.each([
    [
      'PUT',
      '/v1/clock',
      { offsetSeconds: 'x' },
      'The control API cannot read "offsetSeconds": expected a number.',
    ],
    [
      'PUT',
      '/v1/clock',
      { offsetSeconds: 1e12 },
      'The lab cannot set that: offsetSeconds must be a number of seconds, ten years at most.',
    ],
    ['PUT', '/v1/federation', {}, 'The control API cannot read "enabled": expected true or false.'],
    ['PUT', '/v1/federation', { enabled: true, account: '1' }, 'The lab has no account "1".'],
    ['POST', '/v1/revoke-identity', { arn: 'x' }, 'The lab has no identity "x".'],
    ['POST', '/v1/revoke-database-user', { username: 'x' }, 'The lab has no database user "x".'],
    [
      'PUT',
      '/v1/delay',
      { hop: 'x', ms: 1 },
      'The control API cannot read "hop": expected sts, iam, issuer, mongod, atlas.',
    ],
    [
      'PUT',
      '/v1/delay',
      { hop: 'sts', ms: -1 },
      'The lab cannot set that: ms must be milliseconds, ten minutes at most.',
    ],
  ])('%s %s %o', async (method, path, members, message) => {
    expect(await change(method, path, members)).toMatchObject({ status: 422, body: { error: { message } } });
  });
});

describe('the control API', () => {
  test('moves the clock', async () => {
    const { body } = await change('PUT', '/v1/clock', { offsetSeconds: -600 });
    expect(body).toMatchObject({ offsetSeconds: -600 });
    expect(lab.clock.offsetMs).toBe(-600_000);
    expect((await send({ path: '/v1/clock' })).body).toMatchObject({ offsetSeconds: -600 });
  });

  test('rotates the keys of one account, and the issuer publishes the new ones alone', async () => {
    const issuer = lab.env['FEDCTL_ISSUER'] ?? '';
    expect((await change('POST', '/v1/rotate-keys', {})).body).toEqual({
      setting: 'keys',
      of: '123456789012',
      value: 'RSA_1, EC384_1',
    });
    const { keys } = (await (await fetch(`${issuer}/.well-known/jwks.json`)).json()) as {
      keys: { kid: string }[];
    };
    expect(keys.map(({ kid }) => kid)).toEqual(['RSA_1', 'EC384_1']);
    expect(lab.world.account('210987654321').keys.RS256.kid).toBe('RSA_0');
  });

  test('turns federation on and off, for the account that is named', async () => {
    await change('PUT', '/v1/federation', { enabled: true, account: '210987654321' });
    const { body } = await send({});
    expect(body).toMatchObject({
      accounts: [
        { id: '123456789012', federation: 'disabled' },
        { id: '210987654321', federation: 'enabled' },
      ],
    });
    await change('PUT', '/v1/federation', { enabled: false, account: '210987654321' });
    expect(lab.world.account('210987654321').federation.enabled).toBe(false);
  });

  test('deletes an identity with its keys, and a database user', async () => {
    const app = lab.world.role('app');
    const session = lab.world.createSession({ principal: app, expiresAt: new Date(Date.now() + 60_000) });
    await change('POST', '/v1/revoke-identity', { arn: app.arn });
    expect(lab.world.holderOf(session.accessKeyId)).toBeUndefined();
    expect(lab.world.roles).not.toContain(app);
    const users = lab.atlas.databaseUsers.length;
    await change('POST', '/v1/revoke-database-user', { username: app.arn });
    expect(lab.atlas.databaseUsers).toHaveLength(users - 1);
    expect(await change('POST', '/v1/revoke-database-user', { username: app.arn })).toMatchObject({
      status: 422,
      body: { error: { code: 'lab.unknown-name' } },
    });
  });

  test('tells what is new in the log, and waits for it when it is asked to', async () => {
    const { body } = await send({ path: '/v1/log?since=0' });
    const { next } = body as { next: number };
    const waiting = send({ path: `/v1/log?since=${next}&wait=20` });
    await change('PUT', '/v1/delay', { hop: 'sts', ms: 0 });
    expect((await waiting).body).toMatchObject({
      entries: [{ hop: 'control', action: 'delay', decision: 'info', reason: 'sts: 0 ms' }],
      next: next + 1,
    });
  });

  test('asks for the end after it has answered', async () => {
    expect((await change('POST', '/v1/stop', {})).body).toEqual({ stopping: true });
    expect(lab.controls.stopping.aborted).toBe(true);
  });
});

test('a slow hop answers late, and the end of the lab ends the waiting', async () => {
  await change('PUT', '/v1/delay', { hop: 'issuer', ms: 600_000 });
  const answer = fetch(`${lab.env['FEDCTL_ISSUER']}/.well-known/jwks.json`).catch(() => 'cut');
  expect(await Promise.race([answer, send({}).then(() => 'still waiting')])).toBe('still waiting');
  await lab.close();
  expect(await answer).toBe('cut');
});
