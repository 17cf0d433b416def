import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errors, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { program } from '../../../src/lib/core/command-line.ts';
import { Interruption } from '../../../src/lib/core/deadline.ts';
import type { FedctlError } from '../../../src/lib/core/errors.ts';
import type { Fetch } from '../../../src/lib/core/fetch.ts';
import { Secret } from '../../../src/lib/core/secret.ts';
import { type PresentOptions, presentToken } from '../../../src/lib/http-api/present-token.ts';
import { createFetch } from '../../../src/lib/net/fetch.ts';
import { createTestCa, type ServerCertificate } from '../../support/certificates.ts';
import { rejectionOf } from '../../support/failure-of.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { response } from '../../support/fetch.ts';
import { type ForgedKey, forgeKey, sign } from '../../support/forge.ts';
import { type Behavior, hostileServer } from '../../support/hostile-server.ts';
import {
  type Answering,
  type CannedAnswer,
  loopbackServer,
  type SeenRequest,
} from '../../support/loopback-server.ts';

const AUDIENCE = 'https://api.test';
const ISSUER = 'https://issuer.test';
const ESCAPE = '\u001b';

let directory: string;
let bundle: string;
let certificate: ServerCertificate;
let key: ForgedKey;
const started: { close(): unknown }[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fedctl-api-'));
  bundle = join(directory, 'ca.pem');
  const ca = await createTestCa();
  await writeFile(bundle, ca.pem);
  certificate = await ca.issue(['127.0.0.1']);
  key = await forgeKey('RS256', 'key-1');
});

afterEach(() => {
  for (const each of started.splice(0)) each.close();
});

afterAll(() => rm(directory, { recursive: true }));

async function tokenWith(claims: Record<string, unknown> = {}): Promise<Secret> {
  const seconds = Math.floor(Date.now() / 1000);
  return new Secret(
    await sign(key, {
      iss: ISSUER,
      aud: AUDIENCE,
      sub: 'arn',
      iat: seconds,
      exp: seconds + 60,
      ...claims,
    }),
  );
}

/** An API that verifies what it is shown, as RFC 6750 has it. */
async function relyingParty({ headers }: SeenRequest): Promise<CannedAnswer> {
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  if (bearer === undefined) return { status: 401, headers: { 'www-authenticate': 'Bearer' } };
  try {
    await jwtVerify(bearer, key.jwk, { issuer: ISSUER, audience: AUDIENCE });
    return { body: 'welcome' };
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    const challenge = `Bearer realm="api", error="invalid_token", error_description="${error.code}"`;
    return { status: 401, headers: { 'www-authenticate': challenge } };
  }
}

function present(url: string, token: Secret, options: Partial<PresentOptions> = {}) {
  return presentToken(url, token, {
    fetch: createFetch({ AWS_CA_BUNDLE: bundle }),
    now: fakeClock().now,
    timeoutMs: 5000,
    signal: new AbortController().signal,
    ...options,
  });
}

/** The failure, in which the token is nowhere. */
async function refusal(
  url: string,
  token: Secret,
  options: Partial<PresentOptions> = {},
): Promise<FedctlError> {
  const failure = await rejectionOf(present(url, token, options));
  const { message, likelyCause, remedy, details } = failure;
  expect(JSON.stringify({ message, likelyCause, remedy, details })).not.toContain(token.reveal());
  return failure;
}

describe.each(['http', 'https'])('an API over %s that verifies the token', (scheme) => {
  const start = () => loopbackServer(relyingParty, scheme === 'https' ? certificate : undefined);

  test('takes a good one', async () => {
    await using server = await start();
    const token = await tokenWith();
    const clock = fakeClock();
    const fetch = createFetch({ AWS_CA_BUNDLE: bundle });
    const result = await present(`${server.url}/me?x=1`, token, {
      now: clock.now,
      fetch: async (...args) => {
        const response = await fetch(...args);
        clock.pass(7);
        return response;
      },
    });
    expect(result).toEqual({ status: 200, ms: 7 });
    expect(server.requests).toMatchObject([
      { method: 'GET', path: '/me?x=1', headers: { authorization: `Bearer ${token.reveal()}` }, body: '' },
    ]);
  });

  test('refuses one for another audience, and its reason is told', async () => {
    await using server = await start();
    const failure = await refusal(`${server.url}/me?key=hunter2`, await tokenWith({ aud: 'somebody' }));
    expect(failure).toMatchObject({
      code: 'net.api-refused',
      exitCode: 4,
      message: `${server.url}/me rejected the token with status 401: invalid_token, "ERR_JWT_CLAIM_VALIDATION_FAILED".`,
      likelyCause:
        'The API expects another issuer or audience, does not recognize the subject, or considers the token expired.',
      remedy:
        'Print the issuer, audience and subject with "fedctl token --audience <audience> | fedctl decode". Compare these values with the configuration of the API.',
      details: {
        url: `${server.url}/me`,
        status: 401,
        error: 'invalid_token',
        errorDescription: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
      },
    });
    expect(JSON.stringify(failure)).not.toContain('hunter2');
  });

  test('refuses one that has ended', async () => {
    await using server = await start();
    const failure = await refusal(server.url, await tokenWith({ exp: 1 }));
    expect(failure.message).toBe(
      `${server.url}/ rejected the token with status 401: invalid_token, "ERR_JWT_EXPIRED".`,
    );
  });
});

describe('an answer', () => {
  test.each<[string, CannedAnswer, Partial<FedctlError>]>([
    [
      '403 for want of a scope',
      { status: 403, headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' } },
      {
        code: 'net.api-refused',
        exitCode: 4,
        message: '<url>/ rejected the token with status 403: insufficient_scope.',
        likelyCause:
          'The API accepts the token, but the subject lacks a permission. AWS tokens have no scope, so the API must grant permissions to the subject.',
      },
    ],
    [
      '403 without a word',
      { status: 403 },
      {
        code: 'net.api-refused',
        message: '<url>/ rejected the token with status 403.',
        likelyCause:
          'The API expects another issuer or audience, does not recognize the subject, or considers the token expired.',
      },
    ],
    [
      '401 for other credentials',
      { status: 401, headers: { 'www-authenticate': 'Basic realm="proxy"' } },
      {
        code: 'net.api-refused',
        message: '<url>/ rejected the token with status 401.',
        likelyCause:
          'The response does not request a bearer token (no WWW-Authenticate: Bearer). The API, or a proxy in front of it, may require other credentials.',
      },
    ],
    [
      '401 with an essay',
      { status: 401, headers: { 'www-authenticate': `Bearer error_description="${'x'.repeat(500)}"` } },
      {
        code: 'net.api-refused',
        message: `<url>/ rejected the token with status 401: "${'x'.repeat(300)}…".`,
      },
    ],
    [
      '404 as HTML',
      { status: 404, headers: { 'content-type': 'text/html' }, body: `<h1>${ESCAPE}[2J</h1>` },
      {
        code: 'net.api-failed',
        exitCode: 6,
        message: '<url>/ responded with status 404.',
        likelyCause: 'The API has no resource at this path.',
        remedy: 'Inspect the response from this address, and check which server sends it.',
      },
    ],
    [
      '405',
      { status: 405 },
      {
        code: 'net.api-failed',
        message: '<url>/ responded with status 405.',
        likelyCause: 'The API does not accept GET at this path.',
      },
    ],
    [
      '400',
      { status: 400 },
      {
        code: 'net.api-failed',
        message: '<url>/ responded with status 400.',
        likelyCause: 'The API rejected the request before it checked the token.',
      },
    ],
    ['429', { status: 429 }, { code: 'net.api-failed', likelyCause: 'The API throttled the request.' }],
    [
      '502 as HTML',
      { status: 502, body: '<html>' },
      {
        code: 'net.api-failed',
        exitCode: 6,
        message: '<url>/ responded with status 502.',
        likelyCause: 'The API, or a proxy in front of it, has an internal error.',
      },
    ],
    ['304', { status: 304 }, { code: 'net.api-failed', message: '<url>/ responded with status 304.' }],
  ])('of %s', async (_title, answer, expected) => {
    await using server = await loopbackServer(() => answer);
    const failure = await refusal(server.url, await tokenWith());
    const named = Object.entries(expected).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replaceAll('<url>', server.url) : value,
    ]);
    expect(failure).toMatchObject(Object.fromEntries(named));
  });

  test('is kept as it came: the output layer escapes it', async () => {
    // Node's own server does not send it.
    const url = await listen((socket) =>
      socket.end(
        `HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer error="\u009b2J", error_description="\u009b31mred"\r\nContent-Length: 0\r\n\r\n`,
        'latin1',
      ),
    );
    const failure = await refusal(url, await tokenWith());
    expect(failure.message).toBe(`${url}/ rejected the token with status 401: \u009b2J, "\u009b31mred".`);
    expect(failure.details).toMatchObject({
      error: '\u009b2J',
      errorDescription: '\u009b31mred',
    });
  });

  test('that never ends is not read', async () => {
    const closed: Promise<unknown>[] = [];
    const url = await listen((socket) => {
      closed.push(new Promise((resolve) => socket.on('close', resolve)));
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n');
      const flood = setInterval(() => socket.write('x'.repeat(65_536)), 1);
      socket.on('close', () => clearInterval(flood));
    });
    expect(await present(url, await tokenWith(), { timeoutMs: 60_000 })).toEqual({ status: 200, ms: 0 });
    await Promise.all(closed);
  });

  test.each([200, 500])('of %i has a body that nobody asks for', async (status) => {
    let asked = Number.NaN;
    const fetch: Fetch = async (_url, { maxBytes }) => {
      asked = maxBytes;
      return response(status, null);
    };
    await present('https://api.example.com/', await tokenWith(), { fetch }).catch(() => {});
    expect(asked).toBe(0);
  });

  test.each([301, 302, 303, 307, 308])(
    'of %i is not followed: the other host sees nothing',
    async (status) => {
      await using elsewhere = await loopbackServer(() => ({}));
      const location = `${elsewhere.url}/login`;
      await using server = await loopbackServer(() => ({ status, headers: { location } }));
      expect(await refusal(server.url, await tokenWith())).toMatchObject({
        code: 'net.api-redirected',
        exitCode: 6,
        message: `${server.url}/ redirects to ${location}. fedctl does not send the token there.`,
        details: { url: `${server.url}/`, status, location },
      });
      expect(server.requests).toHaveLength(1);
      expect(elsewhere.requests).toEqual([]);
    },
  );
});

describe('no answer', () => {
  const silent: Answering = () => null;

  test('from a server that is silent', async () => {
    await using server = await loopbackServer(silent);
    expect(await refusal(server.url, await tokenWith(), { timeoutMs: 300 })).toMatchObject({
      code: 'net.api-timeout',
      exitCode: 6,
      message: `${server.url}/ did not respond within 0 s.`,
    });
  });

  test.each<[string, (socket: Socket) => void, string]>([
    ['resets', (socket) => socket.resetAndDestroy(), 'the connection was closed (ECONNRESET)'],
    ['hangs up', (socket) => socket.end(), 'the connection was closed (ECONNRESET)'],
    [
      'speaks no HTTP',
      (socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'),
      'the server does not use HTTP (HPE_INVALID_CONSTANT)',
    ],
  ])('from a server that %s', async (_title, act, why) => {
    const url = await listen((socket) => socket.once('data', () => act(socket)));
    expect(await refusal(url, await tokenWith())).toMatchObject({
      code: 'net.api-unreachable',
      exitCode: 6,
      message: `Cannot reach ${new URL(url).host}: ${why}.`,
      remedy: 'Check that the address is correct, and see which server responds.',
      command: program('curl', '-v', url),
    });
  });

  test('where nothing listens', async () => {
    const server = await loopbackServer(silent);
    await server[Symbol.asyncDispose]();
    expect((await refusal(server.url, await tokenWith())).message).toBe(
      `Cannot reach 127.0.0.1:${server.port}: the connection was refused (ECONNREFUSED).`,
    );
  });

  test('from a name that does not resolve', async () => {
    const notFound = new TypeError('fetch failed', {
      cause: Object.assign(new Error('no'), { code: 'ENOTFOUND' }),
    });
    const failure = await refusal('https://api.test/', await tokenWith(), {
      fetch: () => Promise.reject(notFound),
    });
    expect(failure).toMatchObject({
      code: 'net.api-unreachable',
      message: 'Cannot reach api.test: the host name does not resolve (ENOTFOUND).',
      cause: notFound,
    });
  });
});

describe('TLS', () => {
  test('a certificate that is not trusted gets no token', async () => {
    await using server = await loopbackServer(relyingParty, certificate);
    const failure = await refusal(server.url, await tokenWith(), { fetch: createFetch({}) });
    expect(failure).toMatchObject({
      code: 'net.api-tls-failed',
      exitCode: 6,
      message: expect.stringMatching(
        /: it has a certificate that is not trusted on this machine: 127\.0\.0\.1, for 127\.0\.0\.1, issued by fedctl test CA, valid from \S+Z to \S+Z \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)\.$/,
      ),
      remedy: 'Set AWS_CA_BUNDLE to a file with the CA certificate.',
    });
    expect(server.requests).toEqual([]);
  });

  test('nor where NODE_TLS_REJECT_UNAUTHORIZED would let it pass', async () => {
    await using server = await loopbackServer(relyingParty, certificate);
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const fetch = createFetch({ NODE_TLS_REJECT_UNAUTHORIZED: '0' });
      const failure = await refusal(server.url, await tokenWith(), { fetch });
      expect(failure.code).toBe('net.api-tls-failed');
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    }
    expect(server.requests).toEqual([]);
  });

  test('fails if the server does not use TLS', async () => {
    await using server = await loopbackServer(relyingParty);
    const failure = await refusal(server.url.replace('http:', 'https:'), await tokenWith());
    expect(failure).toMatchObject({ code: 'net.api-tls-failed' });
    expect(failure.message).toContain('the server does not use TLS');
  });
});

describe('before anything is sent', () => {
  const never = () => Promise.reject(new Error('something was sent'));

  test.each<[string, Partial<FedctlError>]>([
    [
      'http://api.example.com/me?key=hunter2',
      {
        code: 'net.plaintext-refused',
        exitCode: 2,
        message:
          'Refused to send the token to http://api.example.com/me: the URL is not https, and api.example.com is not a loopback address.',
        remedy: 'Give the https URL of the API.',
      },
    ],
    [
      'https://user:hunter2@api.example.com/',
      {
        code: 'usage.invalid-value',
        exitCode: 2,
        message: 'The URL of the API at api.example.com has a user name or a password.',
        remedy: 'Specify a URL such as https://api.example.com/me.',
      },
    ],
    [
      'https://user:hunter2@api.example.com:99999/',
      { code: 'usage.invalid-value', message: 'The URL of the API is invalid.' },
    ],
    [
      'ftp://api.example.com/hunter2',
      {
        code: 'usage.invalid-value',
        message: 'The URL of the API starts with ftp: instead of https:.',
        likelyCause:
          'fedctl sends a token to an API only over https. Plain http is allowed for loopback addresses only.',
      },
    ],
  ])('%s is refused', async (url, expected) => {
    const failure = await refusal(url, await tokenWith(), { fetch: never });
    expect(failure).toMatchObject(expected);
    expect(JSON.stringify([failure, failure.message])).not.toContain('hunter2');
  });

  test.each(['http://127.0.0.1.example.com/', 'http://localhost.example.com/', 'http://0.0.0.0/'])(
    '%s is not this machine',
    async (url) => {
      expect((await refusal(url, await tokenWith(), { fetch: never })).code).toBe('net.plaintext-refused');
    },
  );

  test('a token that would split the header is refused without being quoted', async () => {
    const failure = await refusal('https://api.example.com/', new Secret('a.b.c\r\nx: y'), {
      fetch: never,
    });
    expect(failure).toMatchObject({
      code: 'jwt.not-a-jwt',
      message: 'The token has characters that an Authorization header cannot contain.',
    });
    expect(failure.cause).toBeUndefined();
  });
});

test('an interruption ends it within a second, with its own reason', async () => {
  const interruption = new Interruption('interrupted');
  const controller = new AbortController();
  let since = 0;
  await using server = await loopbackServer(() => {
    since = Date.now();
    controller.abort(interruption);
    return null;
  });
  const presented = present(server.url, await tokenWith(), { timeoutMs: 60_000, signal: controller.signal });
  await expect(presented).rejects.toBe(interruption);
  expect(Date.now() - since).toBeLessThan(1000);
});

test('an interruption that came before sends nothing', async () => {
  await using server = await loopbackServer(relyingParty);
  const signal = AbortSignal.abort(new Interruption('terminated'));
  await expect(present(server.url, await tokenWith(), { signal })).rejects.toBe(signal.reason);
  expect(server.requests).toEqual([]);
});

async function listen(serve: Behavior): Promise<string> {
  const server = await hostileServer(serve);
  started.push(server);
  return `http://127.0.0.1:${server.port}`;
}
