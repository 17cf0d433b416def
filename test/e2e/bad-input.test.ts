import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signToken } from '../../src/sandbox/issuer/signing-keys.ts';
import { startLab } from '../../src/sandbox/lab.ts';
import { LAB_AUDIENCE, type Lab } from '../../src/sandbox/running-lab.ts';
import { createTestCa } from '../support/certificates.ts';
import { forgeKey, raw, sign } from '../support/forge.ts';
import { screen } from '../support/golden.ts';
import { DISCOVERY, type IssuerServer, startIssuer } from '../support/issuer-server.ts';
import { closedPort, listenOnLoopback } from '../support/listen.ts';
import { BIN, type BinOptions, runBin } from '../support/run-bin.ts';
import { refusal, type Script, serverFirst, startScriptedMongod } from '../support/scripted-mongod.ts';

/**
 * Mistakes of an operator and faults in the chain, tested with the real binary and the lab. Each row has a
 * page in golden/bad-input/ with the command line, the complete output and the exit code.
 */

let lab: Lab;
let directory: string;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  lab = await startLab({
    now: () => new Date(),
    fedctl: [process.execPath, '--', BIN],
    tls: false,
    replicaSet: null,
    mongoPort: 0,
  });
  lab.world.setFederation('123456789012', true);
  directory = mkdtempSync(join(tmpdir(), 'fedctl-test-'));
});

afterAll(async () => {
  for (const close of closers) await close();
  await lab.close();
  rmSync(directory, { recursive: true });
});

interface Typed extends BinOptions {
  readonly args: readonly string[];
}

/** Runs fedctl in the lab and compares the complete output with the page. */
async function meets(page: string, exit: number, code: string, typed: Typed): Promise<void> {
  const { args, ...options } = typed;
  const result = await runBin(args, { ...options, env: { ...lab.env, ...options.env } });
  expect({ exit: result.code, says: `${result.stdout}${result.stderr}` }).toEqual({
    exit,
    says: expect.stringContaining(code),
  });
  expect(result.stderr).not.toMatch(/\n {4}at |node:internal/);
  await expect(screen(args, result)).toMatchFileSnapshot(`golden/bad-input/${page}.golden`);
}

// Tested with the binary, because the bundler removes a call whose result is unused, even if the call is
// needed for its exception.
test('a proxy password that is not percent-encoded', () =>
  meets('proxy-not-encoded', 2, 'net.proxy-invalid', {
    args: ['whoami'],
    env: { HTTPS_PROXY: 'http://user:100%@127.0.0.1:9', AWS_ENDPOINT_URL_STS: undefined },
  }));

describe('credentials and Region', () => {
  const NO_KEYS = {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
  };

  test('no credentials', () =>
    meets('no-credentials', 3, 'aws.credentials-missing', { args: ['token'], env: NO_KEYS }));

  test('half of a key pair', () =>
    meets('half-a-key-pair', 3, 'aws.credentials-half-set', {
      args: ['token'],
      env: { ...NO_KEYS, AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' },
    }));

  test('no Region', () =>
    meets('no-region', 3, 'aws.region-missing', {
      args: ['token'],
      env: { AWS_REGION: undefined, AWS_CONFIG_FILE: '/nonexistent' },
    }));

  test('the global endpoint', () =>
    meets('aws-global', 2, 'aws.region-global', { args: ['token', '--region', 'aws-global'] }));

  test('a Region that is none', () =>
    meets('region-invalid', 2, 'aws.region-invalid', { args: ['token', '--region', 'eu/west'] }));

  test('a session that has ended', async () => {
    const session = lab.world.createSession({
      principal: lab.world.role('app'),
      expiresAt: new Date(Date.now() - 60_000),
    });
    await meets('expired-credentials', 3, 'aws.credentials-expired', {
      args: ['token'],
      env: {
        AWS_ACCESS_KEY_ID: session.accessKeyId,
        AWS_SECRET_ACCESS_KEY: session.secretAccessKey.reveal(),
        AWS_SESSION_TOKEN: session.sessionToken.reveal(),
      },
    });
  });

  test('a wrong secret key', () =>
    meets('wrong-secret-key', 4, 'aws.signature-refused', {
      args: ['token'],
      env: { AWS_SECRET_ACCESS_KEY: 'not-the-secret-key' },
    }));

  test('an access key that nobody has', () =>
    meets('unknown-access-key', 4, 'aws.access-key-unknown', {
      args: ['token'],
      env: { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' },
    }));

  test('an unknown profile', () =>
    meets('unknown-profile', 3, 'aws.profile-unknown', { args: ['token', '--profile', 'prod'] }));

  test('refuses an endpoint without TLS on another machine', () =>
    meets('plaintext-endpoint', 2, 'aws.plaintext-refused', {
      args: ['token'],
      env: { AWS_ENDPOINT_URL_STS: 'http://sts.example.com' },
    }));

  test('an endpoint where nothing listens', async () =>
    meets('aws-unreachable', 6, 'aws.unreachable', {
      args: ['token'],
      env: { AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${await closedPort()}` },
    }));
});

describe('the mint', () => {
  test('federation disabled', () =>
    meets('federation-disabled', 3, 'sts.federation-disabled', { args: ['token', '--profile', 'org'] }));

  test('AccessDenied', () =>
    meets('access-denied', 4, 'sts.mint-denied', { args: ['token', '--profile', 'no-mint'] }));

  test('no audience', () =>
    meets('no-audience', 2, 'usage.missing-audience', {
      args: ['token'],
      env: { FEDCTL_AUDIENCE: undefined },
    }));

  test('eleven audiences', () =>
    meets('eleven-audiences', 2, 'usage.invalid-value', {
      args: ['token', ...Array.from({ length: 11 }, (_, index) => ['--audience', `a${index}`]).flat()],
    }));

  test('an audience of 1001 characters', () =>
    meets('long-audience', 2, 'usage.invalid-value', { args: ['token', '--audience', 'x'.repeat(1001)] }));

  test('the same tag twice', () =>
    meets('duplicate-tags', 2, 'usage.invalid-value', {
      args: ['token', '--tag', 'Team=a', '--tag', 'team=b'],
    }));

  test('a duration out of bounds', () =>
    meets('duration-out-of-bounds', 2, 'usage.invalid-value', { args: ['token', '--duration', '59s'] }));

  test('a token that would outlive the session', async () => {
    const session = lab.world.createSession({
      principal: lab.world.role('app'),
      expiresAt: new Date(Date.now() + 200_000),
    });
    await meets('session-too-short', 4, 'sts.session-too-short', {
      args: ['token', '--duration', '5m'],
      env: {
        AWS_ACCESS_KEY_ID: session.accessKeyId,
        AWS_SECRET_ACCESS_KEY: session.secretAccessKey.reveal(),
        AWS_SESSION_TOKEN: session.sessionToken.reveal(),
      },
    });
  });

  test('a token given as an argument', () =>
    meets('token-as-argument', 2, 'usage.token-as-argument', {
      args: ['verify', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln'],
    }));
});

describe('a token to decode', () => {
  test.each([
    ['empty', ''],
    ['not-base64url', 'a+b.c/d.e'],
    ['not-json', raw('not JSON', 'nor this', 'sig')],
    ['not-three-parts', 'just some text'],
  ])('%s', (name, input) => meets(`decode-${name}`, 2, 'jwt.not-a-jwt', { args: ['decode', '-'], input }));

  test('huge', () =>
    meets('decode-huge', 2, 'usage.unreadable-input', { args: ['decode'], input: 'x'.repeat(1 << 20) }));

  test('in a file that does not exist', () =>
    meets('decode-no-file', 2, 'usage.unreadable-input', { args: ['decode', '/nonexistent/token.jwt'] }));
});

describe('a token to verify', () => {
  const now = () => Math.floor(Date.now() / 1000);

  function claims(changes: object = {}): object {
    return {
      aud: LAB_AUDIENCE,
      sub: 'arn:aws:iam::123456789012:user/operator',
      iss: lab.env['FEDCTL_ISSUER'],
      exp: now() + 300,
      iat: now(),
      jti: '00000000-0000-4000-8000-000000000000',
      ...changes,
    };
  }

  const signed = (changes: object = {}) =>
    signToken(lab.world.account('123456789012').keys.RS256, claims(changes));

  test('that is no JWT is answered no', () =>
    meets('verify-no-jwt', 5, 'jwt.not-a-jwt', { args: ['verify'], input: 'just some text' }));

  test('with alg none', () =>
    meets('verify-alg-none', 5, 'jwt.algorithm-refused', {
      args: ['verify'],
      input: raw({ alg: 'none', typ: 'JWT' }, claims()),
    }));

  test('signed by another key', async () => {
    const other = await forgeKey('RS256', 'RSA_0');
    await meets('verify-another-key', 5, 'jwt.signature-invalid', {
      args: ['verify'],
      input: await sign(other, { ...claims() }),
    });
  });

  test('expired', async () =>
    meets('verify-expired', 5, 'jwt.expired', {
      args: ['verify'],
      input: await signed({ iat: now() - 600, exp: now() - 300 }),
    }));

  test('from another issuer, without asking that issuer', async () => {
    await using other = await startIssuer([]);
    await meets('verify-another-issuer', 5, 'jwt.issuer-mismatch', {
      args: ['verify'],
      input: await signed({ iss: other.issuer }),
    });
    expect(other.requests).toEqual([]);
  });

  test('with everything wrong at once', async () =>
    meets('verify-everything', 5, 'jwt.audience-mismatch', {
      args: ['verify', '--subject', 'arn:aws:iam::*:role/*'],
      input: await signed({ aud: 'another', exp: now() - 300, iat: now() - 600 }),
    }));

  describe('through an issuer that', () => {
    /** Runs `verify --issuer` against a server with this response for the discovery document. */
    async function through(answer: IssuerServer['answers'] extends Map<string, infer A> ? A : never) {
      const issuer = await startIssuer([]);
      closers.push(() => issuer[Symbol.asyncDispose]());
      issuer.answers.set(DISCOVERY, answer);
      return {
        args: ['verify', '--issuer', issuer.issuer, '--timeout', '1s'],
        input: await signed({ iss: issuer.issuer }),
      };
    }

    test('is not there', async () => {
      const gone = `http://127.0.0.1:${await closedPort()}`;
      await meets('issuer-unreachable', 6, 'issuer.unreachable', {
        args: ['verify', '--issuer', gone],
        input: await signed({ iss: gone }),
      });
    });

    test('is slow', async () => meets('issuer-slow', 6, 'issuer.timeout', await through(() => {})));

    test('redirects', async () =>
      meets(
        'issuer-redirecting',
        6,
        'issuer.redirected',
        await through((_request, response) => {
          response.writeHead(302, { location: 'https://login.example.com/' }).end();
        }),
      ));

    test('serves HTML', async () =>
      meets(
        'issuer-html',
        6,
        'issuer.not-json',
        await through((_request, response) => {
          response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome to the hotel</html>');
        }),
      ));

    test('serves ten megabytes', async () =>
      meets(
        'issuer-ten-megabytes',
        6,
        'issuer.too-large',
        await through((_request, response) => {
          response.writeHead(200, { 'content-type': 'application/json' }).end(`"${'x'.repeat(10 << 20)}"`);
        }),
      ));
  });
});

describe('the connection', () => {
  test('no URI', () =>
    meets('no-uri', 2, 'usage.missing-uri', { args: ['connect'], env: { FEDCTL_URI: undefined } }));

  test.each([
    ['uri-is-none', 2, 'mongo.uri-invalid', 'cluster0.example.net'],
    [
      'uri-with-password',
      2,
      'mongo.password-in-uri',
      'mongodb://user:hunter2@cluster0.example.net/?tls=true',
    ],
    ['uri-plaintext', 2, 'mongo.plaintext-refused', 'mongodb://cluster0.example.net/'],
    [
      'uri-unverified-tls',
      2,
      'mongo.plaintext-refused',
      'mongodb://cluster0.example.net/?tls=true&tlsInsecure=true',
    ],
    // A label of 64 characters is invalid, so the lookup fails without a request to a DNS server.
    ['unknown-host', 6, 'mongo.dns-failed', `mongodb://${'x'.repeat(64)}.invalid/?tls=true`],
  ])('%s', (page, exit, code, uri) => meets(page, exit, code, { args: ['connect', '--uri', uri] }));

  test('a closed port', async () =>
    meets('closed-port', 6, 'mongo.port-closed', {
      args: ['connect', '--uri', `mongodb://127.0.0.1:${await closedPort()}/`],
    }));

  test('a port that accepts and says nothing', async () => {
    const server = await listening(() => {});
    await meets('silent-port', 6, 'mongo.hello-timeout', {
      args: ['connect', '--timeout', '1s'],
      env: { FEDCTL_URI: `mongodb://127.0.0.1:${server}/` },
    });
  });

  test('TLS that is not trusted', async () => {
    const ca = await createTestCa();
    const { cert, key } = await ca.issue(['127.0.0.1']);
    const server = await startScriptedMongod({}, { cert, key });
    closers.push(() => server.close());
    await meets('tls-untrusted', 6, 'mongo.tls-untrusted', {
      args: ['connect'],
      env: { FEDCTL_URI: `mongodb://127.0.0.1:${server.port}/?tls=true` },
    });
  });

  test.each<[string, number, string, Script, string]>([
    ['cut-in-sasl', 6, 'mongo.auth-interrupted', { saslStart: 'close' }, 'oidc'],
    ['bad-nonce', 6, 'mongo.server-nonce-invalid', { saslStart: badNonce }, 'aws'],
    [
      'atlas-8000',
      4,
      'mongo.atlas-auth-error',
      { saslStart: refusal(8000, 'AtlasError', 'bad auth : Authentication failed.') },
      'oidc',
    ],
    [
      'mechanism-unavailable',
      4,
      'mongo.mechanism-unavailable',
      { saslStart: refusal(334, 'MechanismUnavailable', "Unsupported mechanism 'MONGODB-OIDC'") },
      'oidc',
    ],
  ])('%s', async (page, exit, code, script, mechanism) => {
    const server = await startScriptedMongod(script);
    closers.push(() => server.close());
    await meets(page, exit, code, {
      args: ['connect', '--mechanism', mechanism],
      env: { FEDCTL_URI: `mongodb://127.0.0.1:${server.port}/` },
    });
  });

  test('a token for another audience', () =>
    meets('another-audience', 4, 'mongo.oidc-refused', { args: ['connect', '--audience', 'another'] }));

  test('a role whose path the server never learns', () =>
    meets('role-with-path', 4, 'mongo.aws-refused', {
      args: ['connect', '--mechanism', 'aws', '--profile', 'etl'],
    }));

  test('a token file that is not there', () =>
    meets('token-file-missing', 2, 'mongo.token-file-unusable', {
      args: ['connect', '--token-file', '/nonexistent/token.jwt'],
    }));

  test('a token file that is half written', async () => {
    const file = join(directory, 'half.jwt');
    writeFileSync(file, 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIi');
    const { code, stderr } = await runBin(['connect', '--token-file', file], { env: lab.env });
    expect(code).toBe(2);
    expect(stderr).toMatch(/\ncode: {3}mongo\.token-file-unusable\n$/);
    expect(stderr).not.toContain('eyJ');
  });
});

function badNonce(command: Parameters<typeof serverFirst>[0]) {
  return { conversationId: 1, done: false, payload: serverFirst(command, () => Buffer.alloc(64, 7)), ok: 1 };
}

/** Listens on a port and calls `serve` for each connection. */
async function listening(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return listenOnLoopback(server);
}
