import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createAws } from '../../../src/lib/aws/aws.ts';
import { Interruption } from '../../../src/lib/core/deadline.ts';
import { byAction, IDENTITY } from '../../support/aws-answers.ts';
import { awsHome } from '../../support/aws-home.ts';
import { createTestCa, type TestCa } from '../../support/certificates.ts';
import { closedPort } from '../../support/listen.ts';
import { connectProxy, loopbackServer } from '../../support/loopback-server.ts';
import { memoryContext } from '../../support/memory-context.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-west-1' };
const STS_HOST = 'sts.eu-west-1.amazonaws.com';

let directory: string;
let bundle: string;
let ca: TestCa;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fedctl-aws-'));
  bundle = join(directory, 'ca.pem');
  ca = await createTestCa();
  await writeFile(bundle, ca.pem);
});

afterAll(() => rm(directory, { recursive: true }));

/** Asks who we are, in this environment. */
async function whoami(
  env: Record<string, string>,
  { timeoutMs = 5000, signal = new AbortController().signal } = {},
) {
  const context = memoryContext({ env: { ...KEYS, ...env }, signal });
  const aws = await createAws({ timeoutMs }, context);
  return (await aws.sts()).getCallerIdentity(context.signal);
}

describe('on the way to AWS', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('nothing listens', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    await expect(whoami({ AWS_ENDPOINT_URL: url })).rejects.toMatchObject({
      code: 'aws.unreachable',
      message: `Cannot reach STS in eu-west-1 (${url}): the connection was refused (ECONNREFUSED).`,
      exitCode: 6,
    });
  });

  test('the connection is accepted, and nothing comes', async () => {
    await using server = await loopbackServer(() => null);
    await expect(whoami({ AWS_ENDPOINT_URL: server.url }, { timeoutMs: 1000 })).rejects.toMatchObject({
      code: 'aws.timeout',
      message: `STS in eu-west-1 (${server.url}) did not respond to GetCallerIdentity within 1 s.`,
      exitCode: 6,
    });
  });

  test('the certificate is not trusted', async () => {
    await using server = await loopbackServer(byAction({}), await ca.issue(['127.0.0.1']));
    await expect(whoami({ AWS_ENDPOINT_URL: server.url })).rejects.toMatchObject({
      code: 'aws.tls-failed',
      message: expect.stringMatching(
        /^The TLS connection to STS in eu-west-1 \(https:\/\/127\.0\.0\.1:\d+\) failed: it has a certificate that is not trusted on this machine: 127\.0\.0\.1, for 127\.0\.0\.1, issued by fedctl test CA, valid from \S+Z to \S+Z \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)\.$/,
      ),
    });
    expect(server.requests).toEqual([]);
  });

  test('rejects an untrusted certificate even if NODE_TLS_REJECT_UNAUTHORIZED is 0', async () => {
    await using server = await loopbackServer(byAction({}), await ca.issue(['127.0.0.1']));
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    await expect(whoami({ AWS_ENDPOINT_URL: server.url })).rejects.toMatchObject({ code: 'aws.tls-failed' });
    expect(server.requests).toEqual([]);
  });

  test('the certificate is for another host', async () => {
    await using server = await loopbackServer(byAction({}), await ca.issue(['other.example']));
    await expect(whoami({ AWS_ENDPOINT_URL: server.url, AWS_CA_BUNDLE: bundle })).rejects.toMatchObject({
      code: 'aws.tls-failed',
      message: expect.stringMatching(
        /: it has a certificate for other names \(other\.example\), issued by fedctl test CA, valid from \S+Z to \S+Z \(ERR_TLS_CERT_ALTNAME_INVALID\)\.$/,
      ),
    });
  });

  test('AWS_CA_BUNDLE', async () => {
    await using server = await loopbackServer(
      byAction({ GetCallerIdentity: IDENTITY }),
      await ca.issue(['127.0.0.1']),
    );
    const identity = await whoami({ AWS_ENDPOINT_URL: server.url, AWS_CA_BUNDLE: bundle });
    expect(identity.account).toBe('123456789012');
  });

  test.each<[string, string, Record<string, string>]>([
    ['AWS_CA_BUNDLE below the home', '', { AWS_CA_BUNDLE: '~/ca.pem' }],
    ['REQUESTS_CA_BUNDLE', '', { REQUESTS_CA_BUNDLE: '~/ca.pem' }],
    ['ca_bundle of the profile', 'ca_bundle = ~/ca.pem', {}],
    ['it before REQUESTS_CA_BUNDLE', 'ca_bundle = ~/ca.pem', { REQUESTS_CA_BUNDLE: '/nowhere' }],
    ['AWS_CA_BUNDLE before it', 'ca_bundle = /nowhere', { AWS_CA_BUNDLE: '~/ca.pem' }],
  ])('%s', async (_, setting, env) => {
    await using home = await awsHome(`[default]\n${setting}\n`);
    await home.write('ca.pem', ca.pem);
    await using server = await loopbackServer(
      byAction({ GetCallerIdentity: IDENTITY }),
      await ca.issue(['127.0.0.1']),
    );
    const where = { AWS_ENDPOINT_URL: server.url, AWS_CONFIG_FILE: join(home.path, '.aws', 'config') };
    expect((await whoami({ ...where, HOME: home.path, ...env })).account).toBe('123456789012');
  });

  test('an unreadable ca_bundle of the profile', async () => {
    await using home = await awsHome('[profile p]\nca_bundle = /nowhere/ca.pem\n');
    const AWS_CONFIG_FILE = join(home.path, '.aws', 'config');
    const env = { AWS_ENDPOINT_URL: 'https://127.0.0.1:1', AWS_CONFIG_FILE, AWS_PROFILE: 'p' };
    await expect(whoami(env)).rejects.toMatchObject({
      code: 'net.ca-bundle-invalid',
      message: 'The ca_bundle of the profile "p" specifies /nowhere/ca.pem, which cannot be read.',
      remedy: 'Correct or remove ca_bundle of the profile "p".',
      exitCode: 2,
    });
  });

  test('the SDK reads no file of its own: it may be a pipe that nobody writes to again', async () => {
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    vi.stubEnv('AWS_CONFIG_FILE', pipe);
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', pipe);
    await using server = await loopbackServer(byAction({ GetCallerIdentity: IDENTITY }));
    expect((await whoami({ AWS_ENDPOINT_URL: server.url })).account).toBe('123456789012');
  });

  test('a pipe in place of the credentials file is read once', async () => {
    const pipe = join(directory, 'keys');
    execFileSync('mkfifo', [pipe]);
    await using server = await loopbackServer(byAction({ GetCallerIdentity: IDENTITY }));
    const written = writeFile(pipe, '[p]\naws_access_key_id = AKIAPIPE\naws_secret_access_key = s\n');
    const context = memoryContext({
      env: { AWS_SHARED_CREDENTIALS_FILE: pipe, AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: server.url },
    });
    const aws = await createAws({ timeoutMs: 5000, profile: 'p' }, context);
    await (await aws.sts()).getCallerIdentity(context.signal);
    await written;
    expect(server.requests[0]?.headers.authorization).toContain('Credential=AKIAPIPE/');
  });

  test.each<[string, (pipe: string) => Record<string, string>, string]>([
    ['AWS_CONFIG_FILE', (pipe) => ({ AWS_CONFIG_FILE: pipe }), 'usage.unreadable-input'],
    [
      'AWS_WEB_IDENTITY_TOKEN_FILE',
      (pipe) => ({
        AWS_WEB_IDENTITY_TOKEN_FILE: pipe,
        AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/r',
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
      }),
      'usage.unreadable-input',
    ],
    [
      'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
      (pipe) => ({
        AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1',
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: pipe,
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
      }),
      'aws.container-failed',
    ],
  ])('a pipe that nobody writes to is waited for until --timeout: %s', async (name, envOf, code) => {
    const pipe = join(directory, `${name}.pipe`);
    execFileSync('mkfifo', [pipe]);
    await expect(whoami(envOf(pipe), { timeoutMs: 100 })).rejects.toMatchObject({
      code,
      message: expect.stringContaining('reading it took longer than'),
    });
  });

  test('an unreadable AWS_CA_BUNDLE', async () => {
    const env = { AWS_ENDPOINT_URL: 'https://127.0.0.1:1', AWS_CA_BUNDLE: join(directory, 'absent') };
    await expect(whoami(env)).rejects.toMatchObject({ code: 'net.ca-bundle-invalid', exitCode: 2 });
  });

  test('through a proxy, to AWS’s own endpoint', async () => {
    await using server = await loopbackServer(
      byAction({ GetCallerIdentity: IDENTITY }),
      await ca.issue([STS_HOST]),
    );
    await using proxy = await connectProxy(server.port);
    const identity = await whoami({ HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: bundle });
    expect(identity.account).toBe('123456789012');
    expect(proxy.tunnels).toEqual([{ target: `${STS_HOST}:443`, authorization: undefined }]);
    expect(server.requests[0]?.headers.host).toBe(STS_HOST);
  });

  test('a proxy that wants a password', async () => {
    await using proxy = await connectProxy(1, { status: 407 });
    await expect(whoami({ HTTPS_PROXY: proxy.url })).rejects.toMatchObject({
      code: 'aws.unreachable',
      message: `Cannot reach STS in eu-west-1 (https://${STS_HOST}): the proxy requires a user and a password (HTTP 407).`,
    });
  });

  test('a proxy setting that is none', async () => {
    await expect(whoami({ HTTPS_PROXY: 'socks5://127.0.0.1:1' })).rejects.toMatchObject({
      code: 'net.proxy-invalid',
    });
  });

  test('a transient fault is tried again', async () => {
    let attempts = 0;
    await using server = await loopbackServer(() => {
      attempts += 1;
      return attempts < 3 ? { status: 503 } : IDENTITY;
    });
    expect((await whoami({ AWS_ENDPOINT_URL: server.url })).account).toBe('123456789012');
    expect(server.requests.length).toBe(3);
  });
});

describe('an interruption', () => {
  test('ends a call at once, with its own reason', async () => {
    const controller = new AbortController();
    const reason = new Interruption('interrupted');
    await using server = await loopbackServer(() => {
      controller.abort(reason);
      return null;
    });
    const run = whoami({ AWS_ENDPOINT_URL: server.url }, { timeoutMs: 30_000, signal: controller.signal });
    await expect(run).rejects.toBe(reason);
  });

  test('before the call, nothing is sent', async () => {
    await using server = await loopbackServer(() => IDENTITY);
    const reason = new Interruption('terminated');
    const run = whoami({ AWS_ENDPOINT_URL: server.url }, { signal: AbortSignal.abort(reason) });
    await expect(run).rejects.toBe(reason);
    expect(server.requests).toEqual([]);
  });
});

describe('plain http', () => {
  test.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_STS'])(
    'in %s is refused before anything is sent',
    async (name) => {
      await expect(whoami({ [name]: 'http://sts.internal.example:8080/x' })).rejects.toMatchObject({
        code: 'aws.plaintext-refused',
        message: `${name} specifies http://sts.internal.example:8080. fedctl does not send credentials to another machine without TLS.`,
        exitCode: 2,
      });
    },
  );
});

describe('the environment of the process', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('does not reach a run that has its own', async () => {
    for (const [name, value] of Object.entries({
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1',
      AWS_PROFILE: 'of-the-developer',
      AWS_REGION: 'ap-south-1',
      AWS_ACCESS_KEY_ID: 'AKIADEVELOPER',
      AWS_SECRET_ACCESS_KEY: 'developer',
      AWS_SESSION_TOKEN: 'developer',
      AWS_USE_FIPS_ENDPOINT: 'true',
      AWS_USE_DUALSTACK_ENDPOINT: 'true',
      AWS_MAX_ATTEMPTS: '1',
      AWS_RETRY_MODE: 'adaptive',
      AWS_DEFAULTS_MODE: 'nonsense',
      AWS_SDK_UA_APP_ID: 'developer',
      AWS_CONFIG_FILE: '/nonexistent/config',
      HTTPS_PROXY: 'http://127.0.0.1:1',
    })) {
      vi.stubEnv(name, value);
    }
    let attempts = 0;
    await using server = await loopbackServer(
      () => {
        attempts += 1;
        return attempts < 3 ? { status: 503 } : IDENTITY;
      },
      await ca.issue([STS_HOST]),
    );
    await using proxy = await connectProxy(server.port);
    await whoami({ HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: bundle });
    const { headers } = server.requests[2] ?? {};
    expect(headers?.host).toBe(STS_HOST);
    expect(headers?.authorization).toMatch(/Credential=AKIAEXAMPLE\/\d{8}\/eu-west-1\/sts\//);
    expect(headers?.['x-amz-security-token']).toBeUndefined();
    expect(headers?.['user-agent']).not.toContain('developer');
  });
});
