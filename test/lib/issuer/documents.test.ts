import type { RequestListener, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FetchOptions, fetchIssuerDocuments, fetchKeySet } from '../../../src/lib/issuer/documents.ts';
import { rejectionOf } from '../../support/failure-of.ts';
import { fetch } from '../../support/fetch.ts';
import { DISCOVERY, type IssuerServer, JWKS, json, startIssuer } from '../../support/issuer-server.ts';
import { closedPort, listenOnLoopback } from '../../support/listen.ts';

const KEYS = [
  { kty: 'RSA', use: 'sig', kid: 'RSA_0', n: 'AQAB', e: 'AQAB' },
  { kty: 'XYZ', kid: 'of a kind to come' },
];

/** Members of a key with types that they must not have. */
const STRANGE_MEMBERS: readonly [string, unknown][] = [
  ['kid', 5],
  ['kid', { toString: 1, valueOf: 1 }],
  ['kid', null],
  ['use', ['sig']],
  ['alg', { toString: 1 }],
  ['n', 3],
  ['e', 65537],
  ['crv', {}],
  ['x', true],
  ['y', []],
  ['key_ops', 5],
  ['key_ops', null],
  ['key_ops', 'verify'],
  ['key_ops', ['verify', 5]],
  ['x5c', 'MIIB'],
  ['x5c', [[]]],
];

let server: IssuerServer;

beforeEach(async () => {
  server = await startIssuer(KEYS);
});

afterEach(() => server[Symbol.asyncDispose]());

function options(changes: Partial<FetchOptions> = {}): FetchOptions {
  return { fetch, timeoutMs: 5000, signal: new AbortController().signal, ...changes };
}

async function failing(work: Promise<unknown>) {
  const { code, exitCode, message } = await rejectionOf(work);
  return { code, exitCode, message };
}

async function failureWith(path: string, answer: RequestListener, changes: Partial<FetchOptions> = {}) {
  server.answers.set(path, answer);
  return failing(fetchIssuerDocuments(server.issuer, options(changes)));
}

describe('fetchIssuerDocuments', () => {
  it('reads discovery and keys, with no more in the document than a relying party needs', async () => {
    expect(await fetchIssuerDocuments(server.issuer, options())).toEqual({
      issuer: server.issuer,
      discoveryUrl: `${server.issuer}${DISCOVERY}`,
      jwksUri: `${server.issuer}${JWKS}`,
      keys: KEYS,
    });
    expect(server.requests).toEqual([DISCOVERY, JWKS]);
  });

  it('reads an issuer with a path and one with a slash at the end', async () => {
    for (const path of ['/pool', '/pool/']) {
      const issuer = `${server.issuer}${path}`;
      server.answers.set(`/pool${DISCOVERY}`, json({ issuer, jwks_uri: `${server.issuer}${JWKS}` }));
      expect((await fetchIssuerDocuments(issuer, options())).issuer).toBe(issuer);
    }
  });

  it.each([301, 302, 303, 307, 308])('does not follow a redirect with status %i', async (status) => {
    const elsewhere = json({ issuer: server.issuer, jwks_uri: `${server.issuer}${JWKS}` });
    server.answers.set('/elsewhere', elsewhere);
    const failure = await failureWith(DISCOVERY, (_request, response) => {
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
    expect(failure).toEqual({
      code: 'issuer.redirected',
      exitCode: 6,
      message: `${server.issuer}${DISCOVERY} redirects to /elsewhere. fedctl does not follow redirects.`,
    });
    expect(server.requests).toEqual([DISCOVERY]);
  });

  it('does not follow a redirect to the keys either', async () => {
    const failure = await failureWith(JWKS, (_request, response) => {
      response.writeHead(302, { location: 'https://attacker.example/' }).end();
    });
    expect(failure.code).toBe('issuer.redirected');
  });

  it.each([403, 404, 429, 500, 503])('tells status %i', async (status) => {
    const failure = await failureWith(DISCOVERY, (_request, response) => {
      response.writeHead(status).end('{}');
    });
    expect(failure).toEqual({
      code: 'issuer.http-status',
      exitCode: 6,
      message: `${server.issuer}${DISCOVERY} responded with status ${status}.`,
    });
  });

  it('tells HTML', async () => {
    const failure = await failureWith(DISCOVERY, (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in to the Wi-Fi</html>');
    });
    expect(failure).toEqual({
      code: 'issuer.not-json',
      exitCode: 6,
      message: `${server.issuer}${DISCOVERY} did not return a JSON object (content type text/html).`,
    });
  });

  it.each(['', '[]', 'null', '"text"', '{'])('tells %j, which is not a JSON object', async (body) => {
    const failure = await failureWith(DISCOVERY, (_request, response) => {
      response.end(body);
    });
    expect(failure).toEqual({
      code: 'issuer.not-json',
      exitCode: 6,
      message: `${server.issuer}${DISCOVERY} did not return a JSON object (no content type).`,
    });
  });

  it('stops reading an answer of 10 MB', async () => {
    let sent = 0;
    const failure = await failureWith(DISCOVERY, (_request, response) => {
      const chunk = Buffer.alloc(64 * 1024, ' ');
      const more = () => {
        while (sent < 10 * 1024 * 1024) {
          sent += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end('{}');
      };
      more();
    });
    expect(failure).toEqual({
      code: 'issuer.too-large',
      exitCode: 6,
      message: `The response from ${server.issuer}${DISCOVERY} is larger than 512 KiB.`,
    });
    expect(sent).toBeLessThan(10 * 1024 * 1024);
  });

  it('counts the bytes after decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(10 * 1024 * 1024, ' '));
    const failure = await failureWith(DISCOVERY, (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    expect(failure.code).toBe('issuer.too-large');
  });

  it.each<[string, RequestListener]>([
    ['never answers', () => {}],
    [
      'trickles',
      (_request, response) => {
        const timer = setInterval(() => response.write(' '), 10);
        response.once('close', () => clearInterval(timer));
      },
    ],
  ])('gives up an issuer that %s', async (_name, answer) => {
    expect(await failureWith(DISCOVERY, answer, { timeoutMs: 200 })).toEqual({
      code: 'issuer.timeout',
      exitCode: 6,
      message: `${server.issuer}${DISCOVERY} returned no complete response within 0 s.`,
    });
  });

  it.each<[string, RequestListener]>([
    ['before the answer', () => {}],
    ['within the answer', (_request, response) => void response.write('{')],
  ])('ends at once, with the reason of the signal, when stopped %s', async (_name, answer) => {
    const controller = new AbortController();
    const reason = new Error('stopped');
    server.answers.set(DISCOVERY, (request, response) => {
      answer(request, response);
      setImmediate(() => controller.abort(reason));
    });
    const work = fetchIssuerDocuments(server.issuer, options({ signal: controller.signal }));
    await expect(work).rejects.toBe(reason);
  });

  it('tells a connection that is cut in the middle', async () => {
    const failure = await failureWith(DISCOVERY, (_request, response) => {
      response.write('{', () => response.socket?.destroy());
    });
    expect(failure.code).toBe('issuer.unreachable');
    expect(failure.message).toMatch(/^Cannot reach .*: the connection was closed/);
  });

  it('tells a port that nobody listens on', async () => {
    const port = await closedPort();
    expect(await failing(fetchIssuerDocuments(`http://127.0.0.1:${port}`, options()))).toEqual({
      code: 'issuer.unreachable',
      exitCode: 6,
      message: `Cannot reach 127.0.0.1:${port}: the connection was refused (ECONNREFUSED).`,
    });
  });

  it('tells a server that speaks no TLS', async () => {
    const issuer = server.issuer.replace('http:', 'https:');
    const failure = await failing(fetchIssuerDocuments(issuer, options()));
    expect(failure.code).toBe('issuer.tls-failed');
  });

  it('tells a server that breaks the handshake off', async () => {
    const tls = createTlsServer();
    const port = await listenOnLoopback(tls);
    const failure = await failing(fetchIssuerDocuments(`https://127.0.0.1:${port}`, options()));
    expect(failure.code).toBe('issuer.tls-failed');
    tls.closeAllConnections();
    tls.close();
  });

  it('tells a name that does not resolve', async () => {
    const refused = Object.assign(new TypeError('fetch failed'), {
      cause: Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }),
    });
    const fails = options({ fetch: () => Promise.reject(refused) });
    expect(await failing(fetchIssuerDocuments('https://nowhere.example', fails))).toEqual({
      code: 'issuer.unreachable',
      exitCode: 6,
      message: 'Cannot reach nowhere.example: the host name does not resolve (ENOTFOUND).',
    });
  });

  const wrong = (message: string) => ({ code: 'issuer.wrong-document', exitCode: 6, message });

  it.each<[string, (issuer: string) => object, (issuer: string) => string]>([
    [
      'another issuer',
      () => ({ issuer: 'https://evil.example\u001b[2J' }),
      (issuer) =>
        `The discovery document at ${issuer}${DISCOVERY} names a different issuer: https://evil.example\u001b[2J.`,
    ],
    [
      'the issuer with a slash',
      (issuer) => ({ issuer: `${issuer}/` }),
      (issuer) =>
        `The discovery document names the issuer ${issuer}/, with a trailing slash, but the requested issuer is ${issuer}.`,
    ],
    [
      'no issuer',
      () => ({}),
      (issuer) => `The discovery document at ${issuer}${DISCOVERY} contains no issuer.`,
    ],
    [
      'no address of the keys',
      (issuer) => ({ issuer }),
      (issuer) => `The discovery document at ${issuer}${DISCOVERY} has no key set URL (jwks_uri).`,
    ],
    [
      'a relative address of the keys',
      (issuer) => ({ issuer, jwks_uri: JWKS }),
      (issuer) => `The discovery document at ${issuer}${DISCOVERY} has no key set URL (jwks_uri).`,
    ],
    [
      'keys on another host',
      (issuer) => ({ issuer, jwks_uri: 'https://attacker.example/keys' }),
      (issuer) =>
        `The discovery document at ${issuer}${DISCOVERY} names another host for the keys: https://attacker.example.`,
    ],
    [
      'keys on another port',
      (issuer) => ({ issuer, jwks_uri: 'http://127.0.0.1:1/keys' }),
      (issuer) =>
        `The discovery document at ${issuer}${DISCOVERY} names another host for the keys: http://127.0.0.1:1.`,
    ],
    [
      'keys in a file',
      (issuer) => ({ issuer, jwks_uri: 'file:///etc/passwd' }),
      (issuer) => `The discovery document at ${issuer}${DISCOVERY} names another host for the keys: null.`,
    ],
  ])('refuses a document that names %s', async (_name, document, message) => {
    expect(await failureWith(DISCOVERY, json(document(server.issuer)))).toEqual(
      wrong(message(server.issuer)),
    );
    expect(server.requests).toEqual([DISCOVERY]);
  });

  it('names a slash that is missing in the document', async () => {
    const asked = `${server.issuer}/`;
    expect(await failing(fetchIssuerDocuments(asked, options()))).toEqual(
      wrong(
        `The discovery document names the issuer ${server.issuer}, without a trailing slash, but the requested issuer is ${asked}.`,
      ),
    );
  });

  it.each<[unknown, string]>([
    [{}, 'has no list of keys'],
    [{ keys: {} }, 'has no list of keys'],
    [{ keys: [] }, 'has no keys'],
    [{ keys: [{ kid: 'x' }] }, 'has no entry with a key type (kty)'],
    [{ keys: [{ kty: 5, kid: 'x' }] }, 'has no entry with a key type (kty)'],
    [{ keys: [[], 5] }, 'has no entry with a key type (kty)'],
    ...STRANGE_MEMBERS.map<[unknown, string]>(([name, value]) => [
      { keys: [{ ...KEYS[0], [name]: value }] },
      `has no valid key: the "${name}" of the first key has the wrong type`,
    ]),
  ])('refuses the key set %j', async (document, fault) => {
    expect(await failureWith(JWKS, json(document))).toEqual(
      wrong(`The key set at ${server.issuer}${JWKS} ${fault}.`),
    );
  });

  it('leaves out what is no key where there are keys', async () => {
    server.answers.set(JWKS, json({ keys: [null, { kid: 'x' }, { kty: 5 }, [], ...KEYS] }));
    expect((await fetchIssuerDocuments(server.issuer, options())).keys).toEqual(KEYS);
  });

  it('reads documents that begin with a byte order mark', async () => {
    const marked = (document: unknown) => (_request: unknown, response: ServerResponse) =>
      void response.end(`\ufeff${JSON.stringify(document)}`);
    server.answers.set(DISCOVERY, marked({ issuer: server.issuer, jwks_uri: `${server.issuer}${JWKS}` }));
    server.answers.set(JWKS, marked({ keys: KEYS }));
    expect((await fetchIssuerDocuments(server.issuer, options())).keys).toEqual(KEYS);
  });

  it('offers to take keys of another host from there', async () => {
    const jwks = 'https://keys.example.com/certs?v=3';
    server.answers.set(DISCOVERY, json({ issuer: server.issuer, jwks_uri: jwks }));
    await expect(fetchIssuerDocuments(server.issuer, options())).rejects.toMatchObject({
      code: 'issuer.wrong-document',
      remedy: `If you trust https://keys.example.com, specify the key set yourself with fedctl verify --issuer ${server.issuer} --jwks '${jwks}'.`,
    });
  });

  it('leaves malformed keys out where there are others', async () => {
    const malformed = STRANGE_MEMBERS.map(([name, value]) => ({ ...KEYS[0], [name]: value }));
    server.answers.set(JWKS, json({ keys: [...malformed, ...KEYS] }));
    expect((await fetchIssuerDocuments(server.issuer, options())).keys).toEqual(KEYS);
  });

  it.each([DISCOVERY, JWKS])('refuses %s where it is nested too deep', async (path) => {
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const failure = await failureWith(path, (_request, response) => void response.end(deep));
    expect(failure).toEqual(
      wrong(`The document at ${server.issuer}${path} is nested more than 32 levels deep.`),
    );
  });

  it.each<[unknown, string | null]>([
    [5, '5'],
    [null, 'null'],
    [[['x']], '[["x"]]'],
    [{ toString: 1, valueOf: 1 }, '{"toString":1,"valueOf":1}'],
    ['x'.repeat(9000), `${'x'.repeat(500)}…`],
  ])('shows what stands in place of a text: %j', async (value, seen) => {
    for (const document of [{ issuer: value }, { issuer: server.issuer, jwks_uri: value }]) {
      server.answers.set(DISCOVERY, json(document));
      const failure = await fetchIssuerDocuments(server.issuer, options()).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'issuer.wrong-document', details: { seen } });
      expect((failure as Error).message.length).toBeLessThan(800);
    }
  });
});

describe('the address of an issuer', () => {
  it.each([
    ['http://a1.tokens.sts.global.api.aws', 'issuer.plaintext-refused'],
    ['http://localhost.attacker.example', 'issuer.plaintext-refused'],
    ['http://127.0.0.1.attacker.example', 'issuer.plaintext-refused'],
    ['http://0.0.0.0', 'issuer.plaintext-refused'],
    ['ftp://127.0.0.1', 'usage.invalid-value'],
    ['file:///etc', 'usage.invalid-value'],
    ['tokens.sts.global.api.aws', 'usage.invalid-value'],
    ['https://user:secret@issuer.example', 'usage.invalid-value'],
    ['https://issuer.example?x', 'usage.invalid-value'],
    ['https://issuer.example#', 'usage.invalid-value'],
  ])('may not be %s', async (issuer, code) => {
    const asked = options({
      fetch: () => {
        throw new Error('asked');
      },
    });
    const failure = await failing(fetchIssuerDocuments(issuer, asked));
    expect(failure).toMatchObject({ code, exitCode: 2 });
    expect(failure.message).not.toContain('secret');
  });
});

describe('fetchKeySet', () => {
  it('reads keys from their own address', async () => {
    expect(await fetchKeySet(`${server.issuer}${JWKS}`, options())).toEqual(KEYS);
  });

  it('wants https too', async () => {
    expect(await failing(fetchKeySet('http://keys.example/', options()))).toEqual({
      code: 'issuer.plaintext-refused',
      exitCode: 2,
      message: 'The key set http://keys.example/ is not https, and keys.example is not a loopback address.',
    });
  });
});
