import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fetch } from '../support/fetch.ts';
import {
  AUDIENCE,
  awsPayload,
  type ForgedKey,
  forgeKey,
  ISSUER,
  NOW,
  NOW_EPOCH,
  part,
  raw,
  sign,
} from '../support/forge.ts';
import { DISCOVERY, type IssuerServer, JWKS, startIssuer } from '../support/issuer-server.ts';
import { type MemoryContextOptions, memoryContext } from '../support/memory-context.ts';
import { runMain } from '../support/run-main.ts';
import { schemaFaults } from '../support/schema.ts';

let key: ForgedKey;
let other: ForgedKey;
let server: IssuerServer;
let directory: string;

beforeAll(async () => {
  [key, other] = await Promise.all([forgeKey('RS256', 'RSA_0'), forgeKey('RS256', 'RSA_0')]);
  directory = await mkdtemp(join(tmpdir(), 'fedctl-verify-'));
});

afterAll(() => rm(directory, { recursive: true }));

beforeEach(async () => {
  server = await startIssuer([key.jwk]);
});

afterEach(() => server[Symbol.asyncDispose]());

/** A token of the issuer that runs here, with changes. */
function token(changes: Record<string, unknown> = {}, by: ForgedKey = key): Promise<string> {
  return sign(by, awsPayload({ iss: server.issuer, ...changes }));
}

async function run(input: string, args: readonly string[] = [], options: MemoryContextOptions = {}) {
  const env = { FEDCTL_ISSUER: server.issuer, FEDCTL_AUDIENCE: AUDIENCE };
  const context = memoryContext({ now: () => NOW, fetch, env, cwd: directory, input, ...options });
  return runMain(['verify', ...args], context);
}

describe('a valid token', () => {
  it('is answered with what was proved', async () => {
    expect(await run(`${await token()}\n`)).toEqual({
      code: 0,
      stdout: `valid
  issuer    ${server.issuer}
  subject   arn:aws:iam::123456789012:role/outbound/deployer
  audience  my-atlas
  signed    RS256 with the key RSA_0
  expires   2026-11-22T12:04:00Z, in 4 min
`,
      stderr: '',
    });
    expect(server.requests).toEqual([DISCOVERY, JWKS]);
  });

  it('is answered in JSON', async () => {
    const { code, stdout, stderr } = await run(await token(), ['-', '--json']);
    const document: unknown = JSON.parse(stdout);
    expect({ code, stderr, document }).toEqual({
      code: 0,
      stderr: '',
      document: {
        schema: 'fedctl.verify/v1',
        valid: true,
        issuer: server.issuer,
        subject: 'arn:aws:iam::123456789012:role/outbound/deployer',
        faults: [],
        warnings: [],
      },
    });
    expect(schemaFaults('verify', document)).toEqual([]);
  });

  it('is read from a file', async () => {
    await writeFile(join(directory, 'token.jwt'), await token());
    expect((await run('', ['token.jwt'])).code).toBe(0);
  });

  it('fits a subject', async () => {
    expect((await run(await token(), ['--subject', '*:role/outbound/*'])).code).toBe(0);
    expect((await run(await token(), ['--subject', '*:role/ci/*'])).code).toBe(5);
  });

  it('for anybody is accepted only aloud', async () => {
    const text = await token({ aud: ['x', 'y'] });
    const { code, stdout, stderr } = await run(text, ['--any-audience']);
    expect(code).toBe(0);
    expect(stdout).toContain('  audience  not checked (--any-audience); the token has x, y\n');
    expect(stderr).toBe(
      'warning: The audience is not checked (--any-audience). The token may be for a different relying party.\n' +
        '         Specify the expected audience with --audience <audience>.\n',
    );
    const json = await run(text, ['--any-audience', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      valid: true,
      warnings: [{ code: 'jwt.audience-unchecked' }],
    });
    // No environment form: nobody may relax this unseen.
    const env = { FEDCTL_ISSUER: server.issuer, FEDCTL_ANY_AUDIENCE: '1' };
    expect((await run(text, [], { env })).code).toBe(2);
  });
});

describe('an invalid token', () => {
  const fault = (title: string, code: string, expected: string, seen: string, remedy: string) =>
    `✗ ${title}  ${code}\n  expected  ${expected}\n  seen      ${seen}\n  remedy    ${remedy}\n`;
  const answer = (...faults: readonly string[]) =>
    `invalid: ${faults.length === 1 ? '1 fault' : `${faults.length} faults`}\n${faults.join('')}`;
  const UNCHECKED = 'The signature was not checked, because the token is invalid regardless of the key.\n';
  const notAJwt = (reason: string) =>
    answer(
      fault(
        'not a valid JWT',
        'jwt.not-a-jwt',
        'a signed JWT of three parts',
        reason,
        'Mint a new token with "fedctl token --audience <audience>".',
      ),
    );

  it.each([
    ['empty', '', 'it is empty'],
    ['not base64url', '!.!.!', 'its header is not base64url'],
    ['not JSON', 'aGk.aGk.', 'its header is not JSON'],
    ['something else', 'hunter2', 'it is an opaque token, without a dot'],
    [
      'encrypted',
      `${part({ alg: 'dir', enc: 'A128GCM' })}....`,
      'it has five parts: it is an encrypted token (JWE), not a signed token',
    ],
  ])('that is %s is answered no', async (_name, input, reason) => {
    expect(await run(input)).toEqual({ code: 5, stdout: notAJwt(reason), stderr: '' });
    expect(server.requests).toEqual([]);
  });

  it('that is huge cannot be read', async () => {
    const { code, stdout, stderr } = await run('a'.repeat(70_000));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('error: Cannot read standard input: it is larger than 64 KiB.\n');
  });

  it('without a signature is answered with no request', async () => {
    const text = raw({ alg: 'none', kid: 'RSA_0', typ: 'JWT' }, awsPayload({ iss: server.issuer }));
    expect(await run(text)).toEqual({
      code: 5,
      stdout:
        answer(
          fault(
            'the signing algorithm is not accepted (alg)',
            'jwt.algorithm-refused',
            'RS256 or ES384',
            'none',
            'Mint the token with --signing-algorithm RS256.',
          ),
        ) + UNCHECKED,
      stderr: '',
    });
    expect(server.requests).toEqual([]);
  });

  it('signed by another key is answered no', async () => {
    expect(await run(await token({}, other))).toEqual({
      code: 5,
      stdout: answer(
        fault(
          'the signature does not match',
          'jwt.signature-invalid',
          'a signature by the key RSA_0 for this header and payload',
          'a signature by another key or for different content',
          'Mint a new token and compare its issuer with the issuer of the rejected token: "fedctl token --audience <audience> | fedctl decode".',
        ),
      ),
      stderr: '',
    });
  });

  it('that has expired is answered with the distance, and all other faults', async () => {
    const text = await token({ exp: NOW_EPOCH - 192, aud: 'x\u001b[2J' });
    expect(await run(text)).toEqual({
      code: 5,
      stdout: answer(
        fault(
          'the token has a different audience (aud)',
          'jwt.audience-mismatch',
          'my-atlas',
          'x\\u{1b}[2J',
          'Mint the token for the expected audience with --audience <audience>.',
        ),
        fault(
          'the token has expired (exp)',
          'jwt.expired',
          'later than 2026-11-22T12:00:00Z',
          '2026-11-22T11:56:48Z, expired 3 min 12 s ago',
          'Mint a new token with "fedctl token --audience <audience>".',
        ),
      ),
      stderr: '',
    });
  });

  it.each([
    ['another issuer', (_issuer: string) => ISSUER, ISSUER],
    ['a slash too many', (issuer: string) => `${issuer}/`, null],
  ])('from %s is answered with no request', async (_name, named, shown) => {
    const iss = named(server.issuer);
    expect(await run(await token({ iss }))).toEqual({
      code: 5,
      stdout:
        answer(
          fault(
            'the token has a different issuer (iss)',
            'jwt.issuer-mismatch',
            server.issuer,
            shown ?? `${iss} (extra trailing slash)`,
            'Run "fedctl status" to print the issuer of your account. Compare this issuer with the issuer of the token.',
          ),
        ) + UNCHECKED,
      stderr: '',
    });
    expect(server.requests).toEqual([]);
  });

  it('is answered in JSON on stdout', async () => {
    const { code, stdout, stderr } = await run(await token({ sub: undefined }), ['--json']);
    const document: unknown = JSON.parse(stdout);
    expect({ code, stderr, document }).toEqual({
      code: 5,
      stderr: '',
      document: {
        schema: 'fedctl.verify/v1',
        valid: false,
        issuer: server.issuer,
        subject: null,
        faults: [
          { code: 'jwt.claim-missing', claim: 'sub', expected: 'a string that is not empty', seen: null },
        ],
        warnings: [],
      },
    });
    expect(schemaFaults('verify', document)).toEqual([]);
    expect(schemaFaults('verify', JSON.parse((await run('', ['--json'])).stdout))).toEqual([]);
  });
});

describe('a key set of its own', () => {
  it('is read from a file, with no request', async () => {
    await writeFile(join(directory, 'keys.json'), JSON.stringify({ keys: [key.jwk] }));
    expect((await run(await token(), ['--jwks', 'keys.json'])).code).toBe(0);
    expect((await run(await token({}, other), ['--jwks', 'keys.json'])).code).toBe(5);
    expect(server.requests).toEqual([]);
  });

  it('is read past a byte order mark and what is no key', async () => {
    await writeFile(
      join(directory, 'keys.json'),
      `\ufeff${JSON.stringify({ keys: [{ kid: 'x' }, key.jwk] })}`,
    );
    expect((await run(await token(), ['--jwks', 'keys.json'])).code).toBe(0);
  });

  it('is read from its address alone', async () => {
    expect((await run(await token(), ['--jwks', `${server.issuer}${JWKS}`])).code).toBe(0);
    expect(server.requests).toEqual([JWKS]);
  });

  it('--jwks does not make another issuer trusted', async () => {
    expect((await run(await token({ iss: ISSUER }), ['--jwks', `${server.issuer}${JWKS}`])).code).toBe(5);
  });

  it.each<[string, string | Buffer | null, string]>([
    ['none', null, 'Cannot read "<dir>/none": the file does not exist.'],
    ['html', '<html>', 'The key set in "<dir>/html" is not JSON.'],
    [
      'utf16',
      Buffer.from('\ufeff{"keys":[]}', 'utf16le'),
      'The key set in "<dir>/utf16" is UTF-16 or binary instead of UTF-8.',
    ],
    ['list', '[]', 'The key set in "<dir>/list" is not a JSON object.'],
    ['empty', '{"keys":[]}', 'The key set in "<dir>/empty" has no keys.'],
    ['odd', '{"keys":[1]}', 'The key set in "<dir>/odd" has no entry with a key type (kty).'],
  ])('that is %s is a failure', async (name, content, message) => {
    if (content !== null) await writeFile(join(directory, name), content);
    const { code, stdout, stderr } = await run(await token(), ['--jwks', name]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.split('\n')[0]).toBe(`error: ${message.replace('<dir>', directory)}`);
    expect(stderr).toContain('code:   usage.unreadable-input\n');
  });
});

describe('a token that is', () => {
  it.each<[string, (token: string) => string]>([
    ['in the JSON of the AWS CLI', (text) => JSON.stringify({ WebIdentityToken: text, Expiration: 'x' })],
    ['in a header', (text) => `Authorization: Bearer ${text}`],
    ['in quotation marks', (text) => `"${text}"`],
    ['in UTF-16', (text) => Buffer.from(`\ufeff${text}`, 'utf16le').toString('utf8')],
  ])('%s is verified', async (_what, around) => {
    expect((await run(around(await token()))).code).toBe(0);
  });

  it('there twice is not', async () => {
    const text = await token();
    const { code, stdout } = await run(`${text}\n${text}\n`);
    expect(code).toBe(5);
    expect(stdout).toContain('it has two tokens');
  });
});

describe('a failure to answer', () => {
  it('is an issuer that answers badly: exit code 6, nothing on stdout', async () => {
    server.answers.set(DISCOVERY, (_request, response) => {
      response.writeHead(302, { location: 'https://login.example/' }).end();
    });
    expect(await run(await token())).toEqual({
      code: 6,
      stdout: '',
      stderr: `error: ${server.issuer}${DISCOVERY} redirects to https://login.example/. fedctl does not follow redirects.
cause:  The issuer responded with a redirect. A redirect could make fedctl trust the keys of another host, so fedctl does not follow redirects.
remedy: Check which server responds. Common causes are a captive portal and a wrong issuer.
run:    curl -v ${server.issuer}${DISCOVERY}
code:   issuer.redirected
`,
    });
  });

  it('is an issuer that is slow', async () => {
    server.answers.set(DISCOVERY, () => {});
    const { code, stdout, stderr } = await run(await token(), ['--timeout', '1']);
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toBe(`error: ${server.issuer}${DISCOVERY} returned no complete response within 1 s.
cause:  The server did not send a complete response in time, or a firewall dropped the packets.
remedy: Inspect the response from this address, and check which server sends it.
run:    curl -v ${server.issuer}${DISCOVERY}
code:   issuer.timeout
`);
  });

  it('is no audience', async () => {
    expect(await run(await token(), [], { env: { FEDCTL_ISSUER: server.issuer } })).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: The expected audience is missing.
cause:  A relying party accepts only tokens for its own audience, so there is no default.
remedy: Add --audience <audience>, set FEDCTL_AUDIENCE, or accept any audience with --any-audience.
code:   usage.missing-audience
`,
    });
  });

  it('is more than one audience', async () => {
    const { code, stderr } = await run(await token(), ['--audience', 'a', '--audience', 'b']);
    expect(code).toBe(2);
    expect(stderr.split('\n')[0]).toBe(
      'error: Only one --audience is allowed: the audience of this relying party.',
    );
  });

  it('is an issuer in plain text that is not on this machine', async () => {
    const { code, stderr } = await run(await token(), ['--issuer', 'http://issuer.example']);
    expect(code).toBe(2);
    expect(stderr).toContain('error: The issuer http://issuer.example is not https');
    expect(stderr).toContain('code:   issuer.plaintext-refused\n');
  });

  it('rejects a token as an argument', async () => {
    const text = await token();
    const { code, stdout, stderr } = await run('', [text]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('code:   usage.token-as-argument\n');
    for (const piece of text.split('.')) expect(stderr).not.toContain(piece);
  });
});
