import { describe, expect, test } from 'vitest';
import { minting, mintWarnings } from '../../../src/lib/auth/mint.ts';
import { withRequest } from '../../../src/lib/auth/mint-denied.ts';
import { rerun } from '../../../src/lib/core/command-line.ts';
import { FedctlError } from '../../../src/lib/core/errors.ts';
import type { MintRequest } from '../../../src/lib/core/token.ts';
import { fakeAws, forgedToken, jwtOf } from '../../support/fake-aws.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const REQUEST: MintRequest = {
  audience: ['https://my.api'],
  signingAlgorithm: 'RS256',
  durationSeconds: 300,
  tags: [{ key: 'team', value: 'payments' }],
};

interface Mint {
  readonly vend?: (request: MintRequest, signal: AbortSignal) => Promise<string>;
  readonly request?: MintRequest;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly own?: AbortSignal;
}

async function mint({ vend, request = REQUEST, timeoutMs = 30_000, signal, own }: Mint = {}) {
  const fake = fakeAws({ now: () => NOW, ...(vend === undefined ? {} : { vend }) });
  const aws = await fake.aws({ timeoutMs });
  const source = minting(aws, request, { timeoutMs, signal: signal ?? new AbortController().signal });
  return { token: await source.get(own), calls: fake.calls, source };
}

/** Answers when it is told to stop, as an SDK does: with an error of its own. */
function untilStopped(_request: MintRequest, signal: AbortSignal): Promise<string> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('Request aborted')), { once: true });
  });
}

describe('minting', () => {
  test('sends the request as it is, and reads the facts from the token', async () => {
    const { token, calls } = await mint();
    expect(calls).toEqual([{ by: 'AKIAALICE', call: 'getWebIdentityToken', request: REQUEST }]);
    expect({ ...token, token: token.token.reveal() }).toEqual({
      token: forgedToken(REQUEST, NOW),
      issuer: 'https://0a1b2c3d.tokens.sts.global.api.aws',
      subject: 'arn:aws:iam::123456789012:user/alice',
      audience: ['https://my.api'],
      algorithm: 'RS256',
      keyId: 'RSA_0',
      tokenId: '11111111-2222-4333-8444-555555555555',
      issuedAt: NOW,
      expiresAt: new Date('2026-11-22T12:05:00Z'),
    });
  });

  test('mints anew on every call', async () => {
    const { source, calls } = await mint();
    await source.get();
    expect(calls.map(({ call }) => call)).toEqual(['getWebIdentityToken', 'getWebIdentityToken']);
  });

  test('refuses a bad request without a call', async () => {
    await expect(mint({ request: { ...REQUEST, audience: [] } })).rejects.toMatchObject({
      code: 'usage.missing-audience',
    });
  });

  const header = { alg: 'RS256', kid: 'RSA_0', typ: 'JWT' };
  const claims = { iss: 'https://i', sub: 's', aud: 'a', iat: 1, exp: 2, jti: 'j' };
  test.each<[string, string]>([
    ['HTML', '<html>Please log in</html>'],
    ['an empty text', ''],
    ['no issuer', jwtOf(header, { ...claims, iss: undefined })],
    ['a subject that is a number', jwtOf(header, { ...claims, sub: 7 })],
    ['an audience that is a list of numbers', jwtOf(header, { ...claims, aud: [7] })],
    ['an expiry that is a text', jwtOf(header, { ...claims, exp: '2' })],
    ['a time beyond what a date can be', jwtOf(header, { ...claims, iat: 1e300 })],
    ['no algorithm', jwtOf({ kid: 'RSA_0' }, claims)],
  ])('an answer that is no token of AWS is not taken for one: %s', async (_what, text) => {
    const failure = await mint({ vend: async () => text }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(FedctlError);
    expect(failure).toMatchObject({ code: 'aws.not-aws', exitCode: 6 });
    expect(String(failure)).toMatch(
      /^FedctlError: https:\/\/sts\.eu-west-1\.amazonaws\.com\/ responded, but did not return a valid token: (it is not a JWT|a claim that AWS always sets is missing)\.$/,
    );
  });

  test('a token without kid and jti is still one', async () => {
    const { token } = await mint({
      vend: async () => jwtOf({ alg: 'RS256' }, { ...claims, aud: 'https://my.api', jti: undefined }),
    });
    expect([token.keyId, token.tokenId]).toEqual([null, null]);
  });

  test.each<[string, object, string | readonly string[], string]>([
    ['another algorithm', { alg: 'HS256' }, 'https://my.api', 'it is signed with HS256 instead of RS256'],
    [
      'another algorithm of AWS',
      { alg: 'ES384' },
      'https://my.api',
      'it is signed with ES384 instead of RS256',
    ],
    ['another audience', { alg: 'RS256' }, 'https://other', 'it has a different audience than requested'],
    [
      'a second audience',
      { alg: 'RS256' },
      ['https://my.api', 'https://other'],
      'it has a different audience than requested',
    ],
  ])('a token that was not asked for: %s', async (_, header, aud, how) => {
    await expect(mint({ vend: async () => jwtOf(header, { ...claims, aud }) })).rejects.toMatchObject({
      code: 'aws.not-aws',
      message: `https://sts.eu-west-1.amazonaws.com/ did not mint the requested token: ${how}.`,
      likelyCause: 'Tokens from AWS always match the request, so the server is not AWS but an emulator.',
    });
  });

  test('gives up when the time is over, and keeps what the SDK said', async () => {
    const failure: unknown = await mint({ vend: untilStopped, timeoutMs: 5 }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      code: 'aws.timeout',
      message: 'https://sts.eu-west-1.amazonaws.com/ did not mint a token within 0.005 s.',
      cause: { message: 'Request aborted' },
    });
  });

  test.each(['signal', 'own'] as const)('stops with the very reason of the signal (%s)', async (which) => {
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    const minted = mint({ vend: untilStopped, [which]: controller.signal });
    setImmediate(() => controller.abort(reason));
    await expect(minted).rejects.toBe(reason);
  });

  test('a failure of the port comes through unchanged', async () => {
    const disabled = new FedctlError('sts.federation-disabled', { message: 'no' });
    await expect(mint({ vend: () => Promise.reject(disabled) })).rejects.toBe(disabled);
  });

  test('a denial is told of the request', async () => {
    const denied = new FedctlError('sts.mint-denied', { message: 'no' });
    await expect(mint({ vend: () => Promise.reject(denied) })).rejects.toEqual(withRequest(denied, REQUEST));
  });
});

test('warns of what a relying party may refuse', async () => {
  const { token: plain } = await mint();
  expect(mintWarnings(plain, true)).toEqual([]);
  const { token } = await mint({
    request: { ...REQUEST, signingAlgorithm: 'ES384', audience: ['a', 'b', 'c'] },
  });
  expect(mintWarnings(token, false).map(({ code }) => code)).toEqual(['sts.several-audiences']);
  expect(mintWarnings(token, true)).toEqual([
    {
      code: 'sts.es384-and-mongodb',
      message: 'MongoDB 7.0 and 8.0 accept RS256 only and reject this token.',
      remedy: 'For MongoDB, use RS256.',
      command: rerun({ set: { '--signing-algorithm': 'RS256' } }),
    },
    {
      code: 'sts.several-audiences',
      message:
        'The token is valid for 3 relying parties. Each relying party can present the token to the others, and many relying parties reject a list in "aud".',
      remedy: 'Mint a separate token for each relying party: "fedctl token --audience <audience>".',
    },
  ]);
});
