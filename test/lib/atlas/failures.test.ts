import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createAtlas } from '../../../src/lib/atlas/atlas.ts';
import { type FedctlError, isFedctlError } from '../../../src/lib/errors.ts';
import { createTestCa } from '../../support/certificates.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import {
  type Answering,
  type CannedAnswer,
  closedPort,
  loopbackServer,
} from '../../support/loopback-server.ts';
import {
  ACCOUNT,
  apiError,
  CHALLENGE,
  CLIENT_ID,
  json,
  KEY,
  SECRETS,
  scriptedAtlas,
} from '../../support/scripted-atlas.ts';

const GROUP = '/api/atlas/v2/groups/g';
const never = new AbortController().signal;

/** The failure that work ends with. That no face of it shows a secret is seen each time. */
async function failureOf(work: Promise<unknown>): Promise<FedctlError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!isFedctlError(error)) throw new Error('expected a failure of fedctl', { cause: error });
  const { message, likelyCause, remedy, details, stack } = error;
  const shown = `${inspect(error, { depth: 20, showHidden: true })}${JSON.stringify({ message, likelyCause, remedy, details, stack, error })}`;
  for (const secret of Object.values(SECRETS)) expect(shown).not.toContain(secret);
  expect(shown).not.toContain(Buffer.from(`${CLIENT_ID}:${SECRETS.client}`).toString('base64'));
  return error;
}

/** Reads a project where the answer is always the same: code, exit, and message with `<url>` for the server. */
async function told(answer: CannedAnswer | Answering, given: Parameters<typeof scriptedAtlas>[1] = {}) {
  const answering: Answering = typeof answer === 'function' ? answer : () => answer;
  await using lab = await scriptedAtlas(answering, given);
  const error = await failureOf(lab.atlas.project('g', never));
  const message = error.message
    .replaceAll(lab.server.url, '<url>')
    .replaceAll(new URL(lab.server.url).host, '<host>');
  return { code: error.code, exit: error.exitCode, message };
}

function latch() {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe('an answer', () => {
  const text = (body: string, type: string | null, status = 200): CannedAnswer => ({
    status,
    body,
    headers: type === null ? {} : { 'content-type': type },
  });

  test.each<[what: string, answer: CannedAnswer, code: string, exit: number, message: string]>([
    [
      'that redirects',
      { status: 302, headers: { location: 'https://portal.test/%1b[2J' } },
      'atlas.not-atlas',
      6,
      `GET <url>${GROUP} redirects to https://portal.test/%1b[2J, and fedctl does not follow.`,
    ],
    [
      'that redirects nowhere',
      { status: 307 },
      'atlas.not-atlas',
      6,
      `GET <url>${GROUP} redirects to another address, and fedctl does not follow.`,
    ],
    [
      'that is HTML',
      text('<html>', 'text/html'),
      'atlas.not-atlas',
      6,
      `GET <url>${GROUP} answered HTTP 200 with a body that is no JSON object (content type text/html).`,
    ],
    [
      'without a type',
      text('{}', null),
      'atlas.not-atlas',
      6,
      `GET <url>${GROUP} answered HTTP 200 with a body that is no JSON object (no content type).`,
    ],
    [
      'that is a list',
      text('[]', 'application/json'),
      'atlas.not-atlas',
      6,
      `GET <url>${GROUP} answered HTTP 200 with a body that is no JSON object (content type application/json).`,
    ],
    [
      'that is half a document',
      text('{"id":', 'application/json'),
      'atlas.not-atlas',
      6,
      `GET <url>${GROUP} answered HTTP 200 with a body that is no JSON object (content type application/json).`,
    ],
    [
      'that is HTML with 404',
      text('<html>', 'text/html', 404),
      'atlas.not-atlas',
      6,
      `GET <url>${GROUP} answered HTTP 404 with a body that is no JSON object (content type text/html).`,
    ],
    [
      'that is larger than any',
      text(' '.repeat(8 * 1024 * 1024 + 1), 'application/json'),
      'atlas.not-atlas',
      6,
      `GET <url>${GROUP} gave an answer of more than 8 MiB.`,
    ],
    [
      'of another shape',
      json({ id: 7, name: 'x', orgId: 'o' }),
      'atlas.answer-unreadable',
      6,
      `GET <url>${GROUP} answered with a field that fedctl cannot read: id (invalid_type).`,
    ],
    [
      'that has no such project',
      apiError(404, 'GROUP_NOT_FOUND', 'No group with ID g exists.'),
      'atlas.not-found',
      4,
      `GET <url>${GROUP} answered: No group with ID g exists (GROUP_NOT_FOUND).`,
    ],
    [
      'that the version is gone',
      apiError(410, 'VERSION_GONE', 'Gone.'),
      'atlas.version-gone',
      4,
      `GET <url>${GROUP} answered: Gone (VERSION_GONE).`,
    ],
    [
      'that the version is unknown',
      apiError(406, 'INVALID_VERSION_DATE', ''),
      'atlas.version-gone',
      4,
      `GET <url>${GROUP} answered: INVALID_VERSION_DATE.`,
    ],
    [
      'that the request is wrong',
      apiError(400, 'VALIDATION_ERROR', 'Wrong.'),
      'atlas.request-refused',
      4,
      `GET <url>${GROUP} answered: Wrong (VALIDATION_ERROR).`,
    ],
    [
      'of a server that failed',
      apiError(500, 'UNEXPECTED_ERROR', 'Unexpected error.'),
      'atlas.service-failed',
      6,
      `GET <url>${GROUP} answered: Unexpected error (UNEXPECTED_ERROR).`,
    ],
    [
      'of a gateway without its server',
      text('<html>', 'text/html', 502),
      'atlas.service-failed',
      6,
      `GET <url>${GROUP} answered: HTTP 502.`,
    ],
    [
      'that forbids',
      apiError(403, 'ORG_FORBIDDEN', 'No.'),
      'atlas.role-missing',
      4,
      `Atlas does not let service account ${CLIENT_ID} read ${GROUP}: No (ORG_FORBIDDEN). It takes the role Project Read Only.`,
    ],
    [
      'that asks for an access list',
      apiError(
        403,
        'RESOURCE_REQUIRES_ACCESS_LIST',
        'This resource requires access through an access list of ip ranges.',
      ),
      'atlas.api-access-list',
      4,
      `Atlas lets nobody use service account ${CLIENT_ID} from the address of this machine: This resource requires access through an access list of ip ranges (RESOURCE_REQUIRES_ACCESS_LIST).`,
    ],
    [
      'that steers the terminal',
      apiError(404, 'X\u001b[2J', '\u202eeman'),
      'atlas.not-found',
      4,
      `GET <url>${GROUP} answered: \\u{202e}eman (X\\u{1b}[2J).`,
    ],
    [
      'that has no end',
      apiError(404, 'X', 'a'.repeat(5000)),
      'atlas.not-found',
      4,
      `GET <url>${GROUP} answered: ${'a'.repeat(300)}… (X).`,
    ],
  ])('%s', async (_what, answer, code, exit, message) => {
    expect(await told(answer)).toEqual({ code, exit, message });
  });

  test('that repeats what was sent does not show it', async () => {
    const echo: Answering = ({ headers }) => apiError(404, 'X', `You sent ${headers.authorization}.`);
    expect((await told(echo)).message).toBe(`GET <url>${GROUP} answered: You sent [secret] (X).`);
    const portal: Answering = ({ headers }) => ({
      status: 302,
      headers: { location: `https://portal.test/?${headers.authorization}` },
    });
    expect((await told(portal)).message).toBe(
      `GET <url>${GROUP} redirects to https://portal.test/?[secret], and fedctl does not follow.`,
    );
    const typed: Answering = ({ headers }) => ({ headers: { 'content-type': `x/${headers.authorization}` } });
    expect((await told(typed)).message).toContain('(content type x/[secret])');
    const token: Answering = ({ headers }) => {
      const basic = headers.authorization?.slice(6) ?? '';
      return json(
        { error: 'invalid_client', error_description: `${basic} ${Buffer.from(basic, 'base64').toString()}` },
        401,
      );
    };
    expect((await told(echo, { token })).message).toBe(
      `Atlas at <host> does not accept service account ${CLIENT_ID}: [secret] ${CLIENT_ID}:[secret] (invalid_client).`,
    );
  });
});

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
      message: `Atlas at <host> does not accept service account ${CLIENT_ID}: invalid_client.`,
    });
    expect((await token(apiError(401, 'UNEXPECTED_ERROR', 'No.'))).code).toBe(code);
  });

  test('for a secret that has expired, where Atlas says so', async () => {
    expect(await token(apiError(401, 'SERVICE_ACCOUNT_SECRET_EXPIRED', 'Over.'))).toEqual({
      code: 'atlas.secret-expired',
      exit: 3,
      message: `Atlas at <host> says that the secret of service account ${CLIENT_ID} has expired: Over (SERVICE_ACCOUNT_SECRET_EXPIRED).`,
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
      message: `${where} answered with a field that fedctl cannot read: ${field} (${problem}).`,
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
          'Atlas at <host> does not accept API key abcdefgh: You are not authorized for this resource (UNEXPECTED_ERROR).',
      },
    );
    const proxy = { status: 401, headers: { 'www-authenticate': 'Basic', 'content-type': 'text/html' } };
    expect((await told(proxy, { credentials: KEY })).code).toBe('atlas.not-atlas');
  });
});

describe('too many requests', () => {
  const busy = (headers: Record<string, string> = {}) =>
    apiError(429, 'RATE_LIMITED', 'Rate limit exceeded.', headers);
  const project = json({ id: 'g', name: 'n', orgId: 'o' });

  test.each<[what: string, headers: Record<string, string>[], slept: number[]]>([
    ['waits as long as they ask', [{ 'retry-after': '2' }], [2000]],
    ['waits until they ask', [{ 'retry-after': 'Sun, 22 Nov 2026 12:00:03 GMT' }], [3000]],
    ['waits twice, and longer, where they do not say', [{}, {}], [1000, 2000]],
    ['do not wait for the past', [{ 'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT' }], [0]],
  ])('%s', async (_what, refusals, slept) => {
    let next = 0;
    await using lab = await scriptedAtlas(() => {
      const headers = refusals[next++];
      return headers === undefined ? project : busy(headers);
    });
    expect((await lab.atlas.project('g', never)).id).toBe('g');
    expect(lab.clock.slept).toEqual(slept);
  });

  test.each([
    [{}, [1000, 2000]],
    [{ 'retry-after': '3' }, [3000]],
    [{ 'retry-after': '6' }, []],
  ])('%j end in a failure within the time-out', async (headers, slept) => {
    await using lab = await scriptedAtlas(() => busy(headers));
    expect(await failureOf(lab.atlas.project('g', never))).toMatchObject({
      code: 'atlas.rate-limited',
      message: `GET ${lab.server.url}${GROUP} was refused: too many requests in a short time.`,
    });
    expect(lab.clock.slept).toEqual(slept);
  });

  test('wait no longer than the signal lets them', async () => {
    await using server = await loopbackServer(({ method }) =>
      method === 'POST' ? json({ access_token: 'a', expires_in: 60, token_type: 'Bearer' }) : busy(),
    );
    const stop = new AbortController();
    const context = {
      fetch,
      version: '1',
      now: () => new Date(0),
      sleep: async () => {
        stop.abort(new Error('interrupted'));
        throw new Error('what the timer says');
      },
    };
    const atlas = await createAtlas({ url: server.url, credentials: ACCOUNT, timeoutMs: 5000 }, context);
    await expect(atlas.project('g', stop.signal)).rejects.toThrow('interrupted');
  });
});

describe('the way there', () => {
  const context = { ...fakeClock(), fetch, version: '1.2.3' };
  const failing = async (url: string, timeoutMs = 5000) => {
    const atlas = await createAtlas({ url, credentials: KEY, timeoutMs }, context);
    const { code, exitCode, message, details, cause } = await failureOf(atlas.project('g', never));
    return { code, exitCode, message, details, hasCause: cause !== undefined };
  };

  test('a port where nothing listens', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    expect(await failing(url)).toEqual({
      code: 'atlas.unreachable',
      exitCode: 6,
      message: `The Atlas API at ${new URL(url).host} cannot be reached: nothing listens there (ECONNREFUSED).`,
      details: { url: `${url}${GROUP}`, reason: 'ECONNREFUSED' },
      hasCause: true,
    });
  });

  test('a certificate that nobody here trusts', async () => {
    const certificate = await (await createTestCa()).issue(['127.0.0.1']);
    await using server = await loopbackServer(() => json({}), certificate);
    expect(await failing(server.url)).toEqual({
      code: 'atlas.tls-failed',
      exitCode: 6,
      message: `No TLS connection to the Atlas API at ${new URL(server.url).host}: its certificate is not trusted here (UNABLE_TO_VERIFY_LEAF_SIGNATURE).`,
      details: { url: `${server.url}${GROUP}`, reason: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
      hasCause: true,
    });
    expect(server.requests).toEqual([]);
  });

  test('a server that says nothing', async () => {
    await using server = await loopbackServer(() => null);
    expect(await failing(server.url, 50)).toEqual({
      code: 'atlas.timeout',
      exitCode: 6,
      message: `GET ${server.url}${GROUP} gave no whole answer within 0 s.`,
      details: { url: `${server.url}${GROUP}`, timeoutMs: 50 },
      hasCause: true,
    });
  });

  test.each(['POST', 'GET'])('Ctrl-C during a %s ends it with its own reason', async (held) => {
    const { promise: reached, resolve: arrived } = latch();
    const hold = () => {
      arrived();
      return null;
    };
    await using lab = await scriptedAtlas(hold, held === 'POST' ? { token: hold } : {});
    const stop = new AbortController();
    const reason = new Error('interrupted');
    const work = lab.atlas.project('g', stop.signal).catch((error: unknown) => error);
    await reached;
    stop.abort(reason);
    expect(await work).toBe(reason);
    expect(await lab.atlas.project('g', stop.signal).catch((error: unknown) => error)).toBe(reason);
  });
});

describe('lists', () => {
  const user = { username: 'u', databaseName: '$external' };
  const next = [{ rel: 'next', href: 'https://attacker.test/' }];

  test('go on while there is a next page, at the address that we know', async () => {
    await using lab = await scriptedAtlas(({ path }) =>
      json({ results: [user], links: path.endsWith('pageNum=3') ? [] : next }),
    );
    expect(await lab.atlas.databaseUsers('g', never)).toHaveLength(3);
    expect(lab.asked()).toEqual(
      [1, 2, 3].map((page) => `${GROUP}/databaseUsers?itemsPerPage=100&pageNum=${page}`),
    );
  });

  test('end with an empty page, whatever was promised', async () => {
    await using lab = await scriptedAtlas(({ path }) =>
      json({ results: path.endsWith('pageNum=2') ? [] : [user], links: next, totalCount: 1000 }),
    );
    expect(await lab.atlas.databaseUsers('g', never)).toHaveLength(1);
  });

  test('that never end do', async () => {
    await using lab = await scriptedAtlas(() => json({ results: [user], links: next }));
    expect(await failureOf(lab.atlas.databaseUsers('g', never))).toMatchObject({
      code: 'atlas.answer-unreadable',
      message: `The list at ${lab.server.url}${GROUP}/databaseUsers has more than 100 pages.`,
    });
  });

  test.each([
    ['results', { results: {} }, 'results (invalid_type)'],
    [
      'a type of user',
      { results: [user, { ...user, oidcAuthType: 'NEW' }] },
      'results.1.oidcAuthType (invalid_value)',
    ],
    ['a date', { results: [{ ...user, deleteAfterDate: 'soon' }] }, 'results.0.deleteAfterDate (custom)'],
    [
      'a kind of scope',
      { results: [{ ...user, scopes: [{ name: 'x', type: 'NEW' }] }] },
      'results.0.scopes.0.type (invalid_value)',
    ],
  ])('with %s that is none are not read', async (_what, document, where) => {
    await using lab = await scriptedAtlas(() => json(document));
    const { message } = await failureOf(lab.atlas.databaseUsers('g', never));
    expect(message).toBe(
      `GET ${lab.server.url}${GROUP}/databaseUsers answered with a field that fedctl cannot read: ${where}.`,
    );
  });
});
