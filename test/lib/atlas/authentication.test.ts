import { describe, expect, test } from 'vitest';
import { latch } from '../../support/latch.ts';
import type { CannedAnswer } from '../../support/loopback-server.ts';
import {
  apiError,
  atlasFailure,
  CHALLENGE,
  CLIENT_ID,
  json,
  KEY,
  never,
  SECRETS,
  scriptedAtlas,
  told,
} from '../../support/scripted-atlas.ts';

describe('a token', () => {
  const token = (answer: CannedAnswer) => told(json({}), { token: () => answer });
  const where = 'POST <url>/api/oauth/token';

  test('is asked for with id and secret as they are', async () => {
    await using lab = await scriptedAtlas(() => json({ currentIpv4Address: '192.0.2.1' }));
    expect(await lab.atlas.ownAddress(never)).toBe('192.0.2.1');
    const [asked, read] = lab.server.requests;
    expect(asked).toMatchObject({
      method: 'POST',
      path: '/api/oauth/token',
      body: 'grant_type=client_credentials',
      headers: {
        accept: 'application/json',
        authorization: `Basic ${Buffer.from(`${CLIENT_ID}:${SECRETS.client}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
        'user-agent': 'fedctl/1.2.3',
      },
    });
    expect(read).toMatchObject({
      method: 'GET',
      path: '/api/private/ipinfo',
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${SECRETS.token}`,
        'user-agent': 'fedctl/1.2.3',
      },
    });
  });

  test('that is refused, by OAuth or as Atlas words it', async () => {
    const code = 'atlas.credentials-refused';
    expect(await token(json({ error: 'invalid_client' }, 400))).toEqual({
      code,
      exit: 4,
      message: `Atlas at <host> rejected service account ${CLIENT_ID}: invalid_client.`,
    });
    expect((await token(apiError(401, 'UNEXPECTED_ERROR', 'No.'))).code).toBe(code);
  });

  test('for a secret that has expired, where Atlas says so', async () => {
    expect(await token(apiError(401, 'SERVICE_ACCOUNT_SECRET_EXPIRED', 'Over.'))).toEqual({
      code: 'atlas.secret-expired',
      exit: 3,
      message: `Atlas at <host> reports that the secret of service account ${CLIENT_ID} has expired: Over (SERVICE_ACCOUNT_SECRET_EXPIRED).`,
    });
  });

  test.each([
    ['access_token', { expires_in: 3600, token_type: 'Bearer' }, 'invalid_type'],
    [
      'access_token',
      { access_token: `${SECRETS.token}\n`, expires_in: 3600, token_type: 'Bearer' },
      'invalid_format',
    ],
    ['expires_in', { access_token: SECRETS.token, expires_in: '1', token_type: 'Bearer' }, 'invalid_type'],
    ['token_type', { access_token: SECRETS.token, expires_in: 3600, token_type: 'mac' }, 'invalid_format'],
  ])('without a usable %s', async (field, document, problem) => {
    expect(await token(json(document))).toEqual({
      code: 'atlas.answer-unreadable',
      exit: 6,
      message: `${where} returned an invalid field: ${field} (${problem}).`,
    });
  });

  test('is shared by those who ask at the same time; who gives up leaves the others', async () => {
    const { promise: gate, resolve: open } = latch();
    await using lab = await scriptedAtlas(() => json({ currentIpv4Address: '192.0.2.1' }), {
      token: async () => {
        await gate;
        return json({ access_token: SECRETS.token, expires_in: 3600, token_type: 'Bearer' });
      },
    });
    const leaver = new AbortController();
    const left = lab.atlas.ownAddress(leaver.signal).catch((reason: unknown) => reason);
    const others = [lab.atlas.ownAddress(never), lab.atlas.ownAddress(never)];
    leaver.abort(new Error('gone'));
    expect(await left).toEqual(new Error('gone'));
    open();
    expect(await Promise.all(others)).toEqual(['192.0.2.1', '192.0.2.1']);
    expect(lab.server.requests.map(({ path }) => path)).toEqual([
      '/api/oauth/token',
      '/api/private/ipinfo',
      '/api/private/ipinfo',
    ]);
  });
});

describe('a refused token', () => {
  const READ = '/api/private/ipinfo';
  const TOKEN = '/api/oauth/token';

  /** Reads twice, the first time well, and says what was asked for at the second. */
  async function secondRead(refusal: CannedAnswer) {
    let reads = 0;
    await using lab = await scriptedAtlas(() => {
      reads += 1;
      return reads === 1 ? json({ currentIpv4Address: '192.0.2.1' }) : refusal;
    });
    await lab.atlas.ownAddress(never);
    const { code } = await atlasFailure(lab.atlas.ownAddress(never));
    return { code, asked: lab.server.requests.slice(2).map(({ path }) => path) };
  }

  test('that was kept is replaced, once', async () => {
    expect(await secondRead(apiError(401, 'UNEXPECTED_ERROR', 'No.'))).toEqual({
      code: 'atlas.credentials-refused',
      asked: [READ, TOKEN, READ],
    });
  });

  test('that was just given is not asked for again', async () => {
    await using lab = await scriptedAtlas(() => apiError(401, 'UNEXPECTED_ERROR', 'No.'));
    expect((await atlasFailure(lab.atlas.ownAddress(never))).code).toBe('atlas.credentials-refused');
    expect(lab.server.requests.map(({ path }) => path)).toEqual([TOKEN, READ]);
  });

  test('that lacks a role is kept: another would lack it too', async () => {
    expect(await secondRead(apiError(401, 'USER_UNAUTHORIZED', 'No.'))).toEqual({
      code: 'atlas.role-missing',
      asked: [READ],
    });
  });
});

describe('a challenge', () => {
  const unauthorized = (headers: Record<string, string>) =>
    apiError(401, 'UNEXPECTED_ERROR', 'You are not authorized for this resource.', headers);
  const project = json({ id: 'g', name: 'n', orgId: 'o' });
  const partsOf = (header = '') => ({
    nonce: /nonce="(\w+)"/.exec(header)?.[1] ?? null,
    nc: /nc=(\d+)/.exec(header)?.[1] ?? null,
  });

  /** What the server makes of each request in turn, and what it was sent. */
  async function dance(answers: readonly CannedAnswer[], reads: number) {
    let next = 0;
    await using lab = await scriptedAtlas(() => answers[next++] ?? apiError(500, 'END', ''), {
      credentials: KEY,
    });
    const codes: string[] = [];
    for (let i = 0; i < reads; i += 1) {
      codes.push(
        await lab.atlas.project('g', never).then(
          ({ id }) => id,
          (error) => error.code,
        ),
      );
    }
    return { codes, sent: lab.server.requests.map(({ headers }) => partsOf(headers.authorization)) };
  }

  const none = { nonce: null, nc: null };

  test('is answered, and its nonce used again with the next count', async () => {
    expect(await dance([unauthorized(CHALLENGE('one')), project, project, project], 3)).toEqual({
      codes: ['g', 'g', 'g'],
      sent: [none, ...['1', '2', '3'].map((nc) => ({ nonce: 'one', nc: `0000000${nc}` }))],
    });
  });

  test('that comes for an old nonce is answered, whether it says stale or not', async () => {
    for (const stale of [', stale=true', '']) {
      const again = { 'www-authenticate': `Digest realm="r", nonce="two", qop="auth"${stale}` };
      expect(await dance([unauthorized(CHALLENGE('one')), project, unauthorized(again), project], 2)).toEqual(
        {
          codes: ['g', 'g'],
          sent: [
            none,
            { nonce: 'one', nc: '00000001' },
            { nonce: 'one', nc: '00000002' },
            { nonce: 'two', nc: '00000001' },
          ],
        },
      );
    }
  });

  test('that comes again for a right answer means a wrong key, unless it says stale, and that once', async () => {
    const again = (more: string) => ({
      'www-authenticate': `Digest realm="r", nonce="two", qop="auth"${more}`,
    });
    const wrong = await dance([unauthorized(CHALLENGE('one')), unauthorized(again(''))], 1);
    expect(wrong).toMatchObject({ codes: ['atlas.credentials-refused'], sent: { length: 2 } });
    const stale = unauthorized(again(', stale=true'));
    expect(await dance([unauthorized(CHALLENGE('one')), stale, project], 1)).toMatchObject({ codes: ['g'] });
    expect(await dance([unauthorized(CHALLENGE('one')), stale, stale, project], 1)).toMatchObject({
      codes: ['atlas.credentials-refused'],
      sent: { length: 3 },
    });
  });

  test('of another kind cannot be answered', async () => {
    expect(await told(unauthorized({ 'www-authenticate': 'Basic realm="x"' }), { credentials: KEY })).toEqual(
      {
        code: 'atlas.credentials-refused',
        exit: 4,
        message:
          'Atlas at <host> rejected API key abcdefgh: You are not authorized for this resource (UNEXPECTED_ERROR).',
      },
    );
    const proxy = { status: 401, headers: { 'www-authenticate': 'Basic', 'content-type': 'text/html' } };
    expect((await told(proxy, { credentials: KEY })).code).toBe('atlas.not-atlas');
  });
});
