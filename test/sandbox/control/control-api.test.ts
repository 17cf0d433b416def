import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startLab } from '../../../src/sandbox/lab.ts';
import type { Lab } from '../../../src/sandbox/running-lab.ts';
import { LAB_OPTIONS } from '../../support/lab-options.ts';

let lab: Lab;
let url: URL;
let token: string;

beforeEach(async () => {
  lab = await startLab(LAB_OPTIONS);
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
    ['another token', { authorization: 'Bearer x' }, 401, 'the bearer token does not belong to this lab'],
    ['another scheme', { authorization: 'Basic x' }, 401, 'the bearer token does not belong to this lab'],
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
    ['a web page', { origin: 'http://127.0.0.1' }, 403, 'web pages cannot call the control API'],
    ['a sandboxed web page', { origin: 'null' }, 403, 'web pages cannot call the control API'],
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
      body: { error: { message: 'the body must be a single JSON object' } },
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
      'Invalid "offsetSeconds" in the request to the control API: expected a number.',
    ],
    [
      'PUT',
      '/v1/clock',
      { offsetSeconds: 1e12 },
      'Invalid offsetSeconds: expected a number of seconds, at most ten years.',
    ],
    [
      'PUT',
      '/v1/federation',
      {},
      'Invalid "enabled" in the request to the control API: expected true or false.',
    ],
    ['PUT', '/v1/federation', { enabled: true, account: '1' }, 'The lab has no account "1".'],
    ['POST', '/v1/revoke-identity', { arn: 'x' }, 'The lab has no identity "x".'],
    ['POST', '/v1/revoke-database-user', { username: 'x' }, 'The lab has no database user "x".'],
    [
      'PUT',
      '/v1/database-user',
      { username: 'x' },
      'Invalid type: expected one of oidc-user, oidc-group, iam-user, iam-role for a new database user.',
    ],
    [
      'PUT',
      '/v1/database-user',
      { username: 'x', type: 'oidc-user', roles: 'readWrite@app' },
      'Invalid "roles" in the request to the control API: expected a list of strings.',
    ],
    [
      'PUT',
      '/v1/database-user',
      { username: 'x', type: 'oidc-user', roles: ['readWrite'] },
      'Invalid roles: expected role@database, such as readWrite@app.',
    ],
    [
      'PUT',
      '/v1/database-user',
      { username: 'x', type: 'oidc-user', clusters: ['moon'] },
      'The lab has no cluster "moon".',
    ],
    [
      'PUT',
      '/v1/identity-provider',
      { name: 'x', issuer: 'https://issuer.example.com' },
      'Invalid issuer or audience: expected both values for a new identity provider.',
    ],
    [
      'PUT',
      '/v1/organization-link',
      { identityProvider: 'x', connected: true },
      'The lab has no identity provider "x".',
    ],
    [
      'PUT',
      '/v1/access-list',
      { address: '192.0.2.0/33', allowed: true },
      'Invalid address: expected an IP address or a block such as 192.0.2.0/24.',
    ],
    [
      'PUT',
      '/v1/access-list',
      { address: '192.0.2.9', allowed: false },
      'The lab has no access list entry "192.0.2.9".',
    ],
    ['PUT', '/v1/cluster', { name: 'moon', paused: true }, 'The lab has no cluster "moon".'],
    [
      'PUT',
      '/v1/delay',
      { hop: 'x', ms: 1 },
      'Invalid "hop" in the request to the control API: expected sts, iam, issuer, mongod, atlas.',
    ],
    [
      'PUT',
      '/v1/delay',
      { hop: 'sts', ms: -1 },
      'Invalid ms: expected a number of milliseconds, at most ten minutes.',
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

  test('creates a database user, and changes it where it stands', async () => {
    const username = 'arn:aws:iam::123456789012:role/new';
    const put = (members: object) => change('PUT', '/v1/database-user', { username, ...members });
    const created = await put({ type: 'iam-role', roles: ['readWrite@app'], clusters: ['lab'] });
    expect(created.body).toEqual({ setting: 'database-user', of: username, value: 'created' });
    expect(lab.atlas.databaseUser(username)).toEqual({
      username,
      database: '$external',
      oidcAuthType: 'NONE',
      awsIAMType: 'ROLE',
      roles: [{ role: 'readWrite', db: 'app' }],
      scopes: [{ name: 'lab', type: 'CLUSTER' }],
      description: null,
    });
    expect((await put({ type: 'iam-user', clusters: [] })).body).toMatchObject({ value: 'changed' });
    expect(lab.atlas.databaseUser(username)).toMatchObject({
      awsIAMType: 'USER',
      roles: [{ role: 'readWrite', db: 'app' }],
      scopes: [],
    });
  });

  test('creates an identity provider without connecting it, changes it, connects and disconnects it', async () => {
    const members = { name: 'other', issuer: 'https://issuer.example.com', audience: 'a' };
    await change('PUT', '/v1/identity-provider', members);
    const { id } = lab.atlas.identityProviders.find(({ displayName }) => displayName === 'other') ?? {};
    const shown = async () => {
      const { body } = await send({});
      return (body as { identityProviders: { id: string }[] }).identityProviders.find(
        (each) => each.id === id,
      );
    };
    const issuer = 'https://issuer.example.com';
    expect(await shown()).toEqual({
      id,
      displayName: 'other',
      issuer,
      audience: 'a',
      userClaim: 'sub',
      connected: false,
    });
    expect((await change('PUT', '/v1/identity-provider', { name: id, audience: 'b' })).body).toEqual({
      setting: 'identity-provider',
      of: 'other',
      value: `${id}, issuer ${issuer}, audience b`,
    });
    await change('PUT', '/v1/organization-link', { identityProvider: 'other', connected: true });
    expect(await shown()).toMatchObject({ audience: 'b', connected: true });
    await change('PUT', '/v1/organization-link', { identityProvider: id, connected: false });
    expect(await shown()).toMatchObject({ connected: false });
  });

  test('adds an entry to the IP access list and removes it, and pauses and starts the cluster', async () => {
    await change('PUT', '/v1/access-list', { address: '192.0.2.0/24', allowed: true });
    expect(lab.atlas.admits('192.0.2.7')).toBe(true);
    expect((await send({})).body).toMatchObject({
      accessList: expect.arrayContaining(['192.0.2.0/24']),
    });
    await change('PUT', '/v1/access-list', { address: '192.0.2.0/24', allowed: false });
    expect(lab.atlas.admits('192.0.2.7')).toBe(false);
    await change('PUT', '/v1/cluster', { name: 'lab', paused: true });
    expect(lab.atlas.cluster('lab')?.paused).toBe(true);
    await change('PUT', '/v1/cluster', { name: 'lab', paused: false });
    expect(lab.atlas.cluster('lab')?.paused).toBe(false);
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
