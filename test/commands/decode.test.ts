import { describe, expect, it } from 'vitest';
import { AWS_NAMESPACE } from '../../src/lib/jwt/claims.ts';
import { awsPayload, NOW, NOW_EPOCH, part, raw, SUBJECT } from '../support/forge.ts';
import { type MemoryContextOptions, memoryContext } from '../support/memory-context.ts';
import { runMain } from '../support/run-main.ts';
import { schemaFaults } from '../support/schema.ts';

const HEADER = { kid: 'RSA_0', typ: 'JWT', alg: 'RS256' };
const HINT = 'Not verified. Use "fedctl verify" to check the signature and claims.\n';

async function run(args: readonly string[], options: MemoryContextOptions = {}) {
  const context = memoryContext({ now: () => NOW, ...options });
  return runMain(['decode', ...args], context);
}

describe('fedctl decode', () => {
  it('shows header, claims and the claims of AWS in words', async () => {
    const payload = awsPayload({
      exp: NOW_EPOCH + 252,
      aud: ['my-atlas', 'my-api'],
      nonce: 'n-1',
      [AWS_NAMESPACE]: {
        org_id: 'o-abcdefghij',
        aws_account: '123456789012',
        ou_path: ['o-abcdefghij/r-ab12/ou-ab12-11111111/'],
        original_session_exp: '2026-11-22T12:51:01Z',
        source_region: 'eu-west-1',
        principal_id: SUBJECT,
        request_tags: { team: 'ops', stage: 'prod' },
        ec2_role_delivery: 2,
        new_claim: { a: 1 },
      },
    });
    expect(await run([], { input: `${raw(HEADER, payload, 'AAAA')}\n` })).toEqual({
      code: 0,
      stdout: `Header
  algorithm (alg)                               RS256
  key ID (kid)                                  RSA_0
  type (typ)                                    JWT

Claims
  issuer (iss)                                  https://a1b2c3d4-0000-4000-8000-000000000001.tokens.sts.global.api.aws
  subject (sub)                                 arn:aws:iam::123456789012:role/outbound/deployer
                                                the IAM role deployer under the path /outbound/ of account 123456789012
  audience (aud)                                my-atlas
                                                my-api
  issued (iat)                                  2026-11-22T11:59:00Z, 1 min ago
  expires (exp)                                 2026-11-22T12:04:12Z, in 4 min 12 s
  token ID (jti)                                0f3c2a10-0000-4000-8000-000000000002

AWS claims
  account (aws_account)                         123456789012
  requested Region (source_region)              eu-west-1
  principal (principal_id)                      arn:aws:iam::123456789012:role/outbound/deployer
                                                the IAM role deployer under the path /outbound/ of account 123456789012
  organization (org_id)                         o-abcdefghij
  organizational unit (ou_path)                 o-abcdefghij/r-ab12/ou-ab12-11111111/
  request tags (request_tags)                   team = ops
                                                stage = prod
  session expires (original_session_exp)        2026-11-22T12:51:01Z, in 51 min 1 s
  metadata service version (ec2_role_delivery)  2
  new_claim                                     {"a":1}

Other claims
  nonce                                         n-1
`,
      stderr: HINT,
    });
  });

  it('answers in JSON with everything, and never with the signature', async () => {
    const payload = awsPayload({ exp: NOW_EPOCH - 1 });
    const { code, stdout, stderr } = await run(['-', '--json'], { input: raw(HEADER, payload, 'c2VjcmV0') });
    const document: unknown = JSON.parse(stdout);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(schemaFaults('decode', document)).toEqual([]);
    expect(document).toMatchObject({
      schema: 'fedctl.decode/v1',
      verified: false,
      header: HEADER,
      payload,
      issuedAt: '2026-11-22T11:59:00Z',
      issuedAtEpoch: NOW_EPOCH - 60,
      expiresAt: '2026-11-22T11:59:59Z',
      expiresAtEpoch: NOW_EPOCH - 1,
      expired: true,
      warnings: [],
    });
    expect(stdout).not.toContain('c2VjcmV0');
  });

  it.each<[string, object]>([
    ['no claims', {}],
    ['claims of odd types', { iss: 1, sub: null, aud: {}, exp: '1', iat: 1e300, [AWS_NAMESPACE]: [] }],
    ['a time after the year 9999', { exp: 253402300800 }],
    ['names from the prototype', { constructor: 1, toString: 'x', ['__proto__']: { a: 1 } }],
  ])('answers within its schema for %s', async (_name, payload) => {
    const { code, stdout } = await run(['--json'], { input: raw({}, payload, '') });
    expect(code).toBe(0);
    expect(schemaFaults('decode', JSON.parse(stdout))).toEqual([]);
    expect((await run([], { input: raw({}, payload, '') })).code).toBe(0);
  });

  it('does not let a token steer the terminal or write lines of its own', async () => {
    const payload = {
      sub: 'x\u001b[2J\nverified (yes)  true',
      '\u202eevil': '\u009b31m',
      ['n'.repeat(900)]: 1,
    };
    const { stdout } = await run([], { input: raw({ alg: '\u0007' }, payload, '') });
    expect(stdout).toBe(`Header
  algorithm (alg)                                    \\u{7}

Claims
  subject (sub)                                      x\\u{1b}[2J\\u{a}verified (yes)  true

Other claims
  \\u{202e}evil                                       \\u{9b}31m
  ${'n'.repeat(48)}…  1
`);
  });

  it('is quiet when asked to be', async () => {
    expect((await run(['--quiet'], { input: raw({}, {}, '') })).stderr).toBe('');
  });

  it('says what it waits for when told to read from a terminal', async () => {
    const { stderr } = await run(['-']);
    expect(stderr).toContain('Paste the token, then press Enter and Ctrl-D.\n');
  });

  const failure = (message: string, cause: string, remedy: string, code: string) => ({
    code: 2,
    stdout: '',
    stderr: `error: ${message}\ncause:  ${cause}\nremedy: ${remedy}\ncode:   ${code}\n`,
  });
  const notAJwt = (reason: string) =>
    failure(
      `The text is not a JWT: ${reason}.`,
      'A JWT has three base64url parts. The first two parts are JSON objects.',
      'Mint a new token with "fedctl token --audience <audience>".',
      'jwt.not-a-jwt',
    );

  it.each([
    ['empty', ' \n', 'it is empty'],
    ['not a token', 'hunter2', 'it is an opaque token, without a dot'],
    ['not base64url', '!.!.!', 'its header is not base64url'],
    ['not JSON', 'aGk.aGk.', 'its header is not JSON'],
    [
      'encrypted',
      `${part({ alg: 'dir', enc: 'A128GCM' })}....`,
      'it has five parts: it is an encrypted token (JWE), not a signed token',
    ],
  ])('fails with exit code 2 for a text that is %s', async (_name, input, reason) => {
    expect(await run([], { input })).toEqual(notAJwt(reason));
  });

  it('fails for a huge text before it looks at it', async () => {
    expect(await run([], { input: 'a'.repeat(70_000) })).toEqual(
      failure(
        'Cannot read standard input: it is larger than 64 KiB.',
        'The input is not a single token, or the pipe was closed.',
        'Mint a new token and pipe it to fedctl: "fedctl token --audience <audience> | fedctl decode".',
        'usage.unreadable-input',
      ),
    );
  });

  it('says what to type when nothing is given', async () => {
    expect(await run([])).toEqual(
      failure(
        'decode requires a token from a file or from standard input.',
        'No file is specified, and standard input is a terminal.',
        'Pipe a token to the command ("fedctl token --audience <audience> | fedctl decode"), specify a file, or use - to paste a token.',
        'usage.invalid-command-line',
      ),
    );
  });

  it.each([[[]], [['--json']], [['--verbose']]])(
    'refuses a token as an argument without repeating it (%j)',
    async (flags) => {
      const token = raw(HEADER, awsPayload(), 'AAAA');
      const { code, stdout, stderr } = await run([token, ...flags]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('usage.token-as-argument');
      for (const piece of token.split('.')) expect(stderr).not.toContain(piece);
    },
  );

  it('tells a failure as JSON', async () => {
    const { stdout, stderr } = await run(['--json'], { input: 'x' });
    expect(stdout).toBe('');
    expect(schemaFaults('error', JSON.parse(stderr))).toEqual([]);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'jwt.not-a-jwt', exitCode: 2, details: { part: null } },
    });
  });
});
