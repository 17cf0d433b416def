import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../../src/lib/core/secret.ts';
import {
  ACCEPT,
  type ApiAnswer,
  type AtlasFixture,
  askToken,
  type DigestParts,
  digestHeader,
  digestResponse,
  send,
  sendRaw,
  startAtlasFixture,
} from '../../support/atlas-fixture.ts';

const UNAUTHORIZED = `{
  "error" : 401,
  "reason" : "Unauthorized",
  "detail" : "You are not authorized for this resource.",
  "errorCode" : "UNEXPECTED_ERROR"
}`;
const CHALLENGE =
  /^Digest realm="MMS Public API", domain="", nonce="([\w+/]{32})", algorithm=MD5, qop="auth", stale=(true|false)$/;
const TARGET = '/api/atlas/v2/orgs?itemsPerPage=5';

let lab: AtlasFixture;
beforeEach(async () => {
  lab = await startAtlasFixture();
});
afterEach(() => lab.api.close());

function expectUnauthorized(answer: ApiAnswer, stale = 'false'): string {
  expect([answer.status, answer.text]).toEqual([401, UNAUTHORIZED]);
  const [, nonce = '', isStale] = CHALLENGE.exec(answer.headers.get('www-authenticate') ?? '') ?? [];
  expect(isStale).toBe(stale);
  return nonce;
}

describe('HTTP Digest', () => {
  /** The challenge, and the parts of a right answer to it. */
  async function challenged(): Promise<DigestParts> {
    const nonce = expectUnauthorized(await send(`${lab.api.url}${TARGET}`));
    const { publicKey, privateKey } = lab.atlas.credentials.apiKey;
    return {
      username: publicKey,
      password: privateKey.reveal(),
      realm: 'MMS Public API',
      nonce,
      uri: TARGET,
      method: 'GET',
      algorithm: 'MD5',
      cnonce: 'a1b2c3',
      nc: '00000001',
    };
  }

  async function answered(parts: DigestParts, header = digestHeader(parts, digestResponse(parts))) {
    return await send(`${lab.api.url}${TARGET}`, { headers: { authorization: header, accept: ACCEPT } });
  }

  test.each(['MD5', 'SHA-256'] as const)('lets in who answers by %s', async (algorithm) => {
    expect((await answered({ ...(await challenged()), algorithm })).status).toBe(200);
    expect(lab.log.entries().at(-1)).toMatchObject({
      hop: 'atlas',
      action: 'GET /orgs',
      principal: lab.atlas.credentials.apiKey.publicKey,
      decision: 'allowed',
      reason: 'responded with 200',
    });
  });

  test.each<[what: string, change: Partial<DigestParts>, reason: string]>([
    ['another public key', { username: 'aaaaaaaa' }, 'the public key is unknown'],
    ['another private key', { password: 'wrong' }, 'the private key is wrong'],
    ['another realm', { realm: 'mms' }, 'the realm is wrong'],
    ['another path', { uri: '/api/atlas/v2/groups' }, 'the Digest uri differs from the request path'],
    [
      'another query',
      { uri: '/api/atlas/v2/orgs?itemsPerPage=6' },
      'the Digest uri differs from the request path',
    ],
    ['another method', { method: 'DELETE' }, 'the private key is wrong'],
    ['no client nonce', { cnonce: '' }, 'nc or cnonce is missing or malformed'],
    ['no count', { nc: '1' }, 'nc or cnonce is missing or malformed'],
  ])('refuses an answer with %s', async (_, change, reason) => {
    expectUnauthorized(await answered({ ...(await challenged()), ...change }));
    expect(lab.refusals().at(-1)).toBe(reason);
  });

  test('refuses an answer in which one character changed after it was made', async () => {
    const parts = await challenged();
    const response = digestResponse(parts);
    const turned = `${response.slice(0, -1)}${response.endsWith('0') ? '1' : '0'}`;
    for (const header of [
      digestHeader(parts, turned),
      digestHeader({ ...parts, nc: '00000002' }, response),
      digestHeader({ ...parts, cnonce: 'a1b2c4' }, response),
      digestHeader(parts, response).replace('qop=auth', 'qop=auth-int'),
      digestHeader(parts, response).replace('algorithm=MD5', 'algorithm=MD4'),
      digestHeader(parts, response).replace('algorithm=MD5', 'algorithm=SHA-256'),
      `${digestHeader(parts, response)}, nc=00000001`,
      'Digest',
      'Digest ,,,',
    ]) {
      expectUnauthorized(await answered(parts, header));
    }
    expect((await answered(parts)).status).toBe(200);
  });

  test('takes each count of a nonce once, in any order', async () => {
    const parts = await challenged();
    expect((await answered({ ...parts, nc: '00000002' })).status).toBe(200);
    expect((await answered({ ...parts, nc: '00000001' })).status).toBe(200);
    expectUnauthorized(await answered({ ...parts, nc: '00000002' }));
    expect(lab.refusals().at(-1)).toBe('the nonce count was used before');
  });

  test('wants a new nonce when the old one is over, or was never given, and says so', async () => {
    const parts = await challenged();
    lab.now = new Date(lab.now.getTime() + 301_000);
    const nonce = expectUnauthorized(await answered(parts), 'true');
    expect((await answered({ ...parts, nonce })).status).toBe(200);
    expectUnauthorized(await answered({ ...parts, nonce: 'A'.repeat(32) }), 'true');
  });

  test.skipIf(spawnSync('curl', ['--version']).status !== 0)('understands curl', async () => {
    const { publicKey, privateKey } = lab.atlas.credentials.apiKey;
    const options = ['-sS', '--noproxy', '*', '--digest', '-H', `Accept: ${ACCEPT}`];
    const user = `${publicKey}:${privateKey.reveal()}`;
    const { stdout } = await promisify(execFile)('curl', [...options, '-u', user, `${lab.api.url}${TARGET}`]);
    expect(JSON.parse(stdout)).toMatchObject({ totalCount: 1 });
  });
});

describe('OAuth', () => {
  test('gives a token for an hour by the lab’s clock', async () => {
    const { clientId, secret } = lab.atlas.credentials.serviceAccount;
    expect(clientId).toMatch(/^mdb_sa_id_[a-f0-9]{24}$/);
    expect(secret.reveal()).toMatch(/^mdb_sa_sk_/);
    const { status, body, headers } = await askToken(lab.api.url, `${clientId}:${secret.reveal()}`);
    expect([status, headers.get('cache-control'), body]).toEqual([
      200,
      'no-store',
      { access_token: expect.stringMatching(/^[\w-]{43}$/), expires_in: 3600, token_type: 'Bearer' },
    ]);
    const bearer = { authorization: `Bearer ${body['access_token']}`, accept: ACCEPT };
    expect((await lab.get('/orgs', bearer)).status).toBe(200);
    lab.now = new Date(lab.now.getTime() + 3_599_000);
    expect((await lab.get('/orgs', bearer)).status).toBe(200);
    lab.now = new Date(lab.now.getTime() + 1000);
    expectUnauthorized(await lab.get('/orgs', bearer));
    expect(lab.refusals()).toEqual(['the bearer token is expired']);
    expect(JSON.stringify(lab.log.entries())).not.toContain(body['access_token']);
  });

  test('takes id and secret as they are, and percent-encoded', async () => {
    const { credentials } = lab.atlas;
    const secret = 'mdb_sa_sk_a+b/c%41';
    credentials.serviceAccount = { ...credentials.serviceAccount, secret: new Secret(secret) };
    const { clientId } = credentials.serviceAccount;
    expect((await askToken(lab.api.url, `${clientId}:${secret}`)).status).toBe(200);
    const encoded = `${clientId}:${encodeURIComponent(secret)}`;
    expect((await askToken(lab.api.url, encoded)).status).toBe(200);
    expect((await askToken(lab.api.url, `${clientId}:mdb_sa_sk_a+b/cA`)).status).toBe(401);
  });

  test.each<[what: string, basic: (right: string) => string]>([
    ['another secret', (right) => `${right.slice(0, -1)}${right.endsWith('0') ? '1' : '0'}`],
    ['another id', (right) => right.replace('mdb_sa_id_', 'mdb_sa_id_0')],
    ['no colon', () => 'mdb_sa_id_'],
    ['nothing', () => ''],
  ])('refuses %s', async (_, basic) => {
    const { clientId, secret } = lab.atlas.credentials.serviceAccount;
    const { status, body } = await askToken(lab.api.url, basic(`${clientId}:${secret.reveal()}`));
    expect([status, body]).toEqual([
      401,
      { error: 'invalid_client', error_description: 'Client authentication failed.' },
    ]);
  });

  test('refuses another grant, another kind of body, and a secret that is over', async () => {
    const { credentials } = lab.atlas;
    const { clientId, secret } = credentials.serviceAccount;
    const right = `${clientId}:${secret.reveal()}`;
    const password = await askToken(lab.api.url, right, 'grant_type=password');
    expect([password.status, password.body['error']]).toEqual([400, 'unsupported_grant_type']);
    const json = await send(`${lab.api.url}/api/oauth/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(right).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: '{"grant_type":"client_credentials"}',
    });
    expect([json.status, json.body['error']]).toEqual([400, 'invalid_request']);
    credentials.serviceAccount = { ...credentials.serviceAccount, expiresAt: lab.now };
    expect((await askToken(lab.api.url, right)).status).toBe(401);
  });

  test('takes a token back', async () => {
    const { clientId, secret } = lab.atlas.credentials.serviceAccount;
    const token = await lab.token();
    const revoke = (basic: string) =>
      send(`${lab.api.url}/api/oauth/revoke`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(basic).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({ token }),
      });
    const bearer = { authorization: `Bearer ${token}`, accept: ACCEPT };
    expect((await revoke(`${clientId}:wrong`)).status).toBe(401);
    expect((await lab.get('/orgs', bearer)).status).toBe(200);
    expect(await revoke(`${clientId}:${secret.reveal()}`)).toMatchObject({ status: 200, text: '' });
    expectUnauthorized(await lab.get('/orgs', bearer));
    expect(lab.refusals().at(-1)).toBe('the bearer token is unknown');
  });

  test('lets in no token that differs in one character, and none that is no token', async () => {
    const token = await lab.token();
    const turned = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    for (const authorization of [`Bearer ${turned}`, 'Bearer', 'Bearer ', `Basic ${token}`, token, '']) {
      expectUnauthorized(await lab.get('/orgs', { authorization, accept: ACCEPT }));
    }
  });
});

test('a credential may be bound to addresses, which is not the access list of the project', async () => {
  const { credentials } = lab.atlas;
  credentials.accessList = ['203.0.113.0/24'];
  const refused = await lab.get('/orgs');
  expect([refused.status, refused.headers.get('x-error-code'), refused.body]).toEqual([
    403,
    'IP_ADDRESS_NOT_ON_ACCESS_LIST',
    {
      detail: 'IP address 127.0.0.1 is not allowed to access this resource.',
      error: 403,
      errorCode: 'IP_ADDRESS_NOT_ON_ACCESS_LIST',
      parameters: ['127.0.0.1'],
      reason: 'Forbidden',
    },
  ]);
  credentials.accessList = ['203.0.113.0/24', '127.0.0.0/8'];
  expect((await lab.get('/orgs')).status).toBe(200);
});

test('what a credential may read depends on its roles', async () => {
  const { credentials, organization, project } = lab.atlas;
  const paths = [
    `/orgs/${organization.id}`,
    `/orgs/${organization.id}/federationSettings`,
    `/groups/${project.id}/databaseUsers`,
    `/groups/${project.id}/dbAccessHistory/clusters/lab`,
  ];
  const statuses = () => Promise.all(paths.map(async (path) => (await lab.get(path)).status));
  expect(await statuses()).toEqual([200, 200, 200, 200]);
  credentials.roles = new Set(['GROUP_OWNER']);
  expect(await statuses()).toEqual([401, 401, 200, 200]);
  credentials.roles = new Set(['GROUP_READ_ONLY']);
  expect(await statuses()).toEqual([401, 401, 200, 401]);
  credentials.roles = new Set();
  const refused = await lab.get('/groups');
  expect(refused.body).toEqual({
    detail: 'Current user is not authorized to perform this action.',
    error: 401,
    errorCode: 'USER_UNAUTHORIZED',
    parameters: [],
    reason: 'Unauthorized',
  });
});

test('a request that was sent to another name gets nothing', async () => {
  const authorization = `Bearer ${await lab.token()}`;
  const { host, port } = new URL(lab.api.url);
  const status = (name: string) =>
    sendRaw(lab.api.url, TARGET, { host: name, authorization, accept: ACCEPT });
  expect(await status(host)).toBe(200);
  expect(await status(`localhost:${port}`)).toBe(200);
  expect(await status(`evil.example:${port}`)).toBe(421);
  expect(await status('127.0.0.1')).toBe(421);
});
