import { createHmac, createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatDuration } from '../../../src/lib/core/duration.ts';
import type { Expectations } from '../../../src/lib/jwt/expectations.ts';
import type { Fault } from '../../../src/lib/jwt/fault.ts';
import { signatureIsBy } from '../../../src/lib/jwt/signature.ts';
import { verifyJwt } from '../../../src/lib/jwt/verify.ts';
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
  SUBJECT,
  sign,
} from '../../support/forge.ts';
import { JWT_IO_ES384, RFC7515_ES256, RFC7515_HS256, RFC7515_RS256 } from '../../support/jose-vectors.ts';

const EXPECTED: Expectations = { issuer: ISSUER, audience: AUDIENCE, subject: null, now: NOW };

let rsa: ForgedKey;
let ec: ForgedKey;
/** Another issuer's key under the same id, as AWS has it in every account. */
let stranger: ForgedKey;
let keys: JWK[];

beforeAll(async () => {
  [rsa, ec, stranger] = await Promise.all([
    forgeKey('RS256', 'RSA_0'),
    forgeKey('ES384', 'EC384_0'),
    forgeKey('RS256', 'RSA_0'),
  ]);
  keys = [rsa.jwk, ec.jwk];
});

async function faultsOf(
  token: string,
  changes: Partial<Expectations> = {},
  jwks: readonly JWK[] = keys,
): Promise<readonly Fault[]> {
  return (await verifyJwt(token, async () => jwks, { ...EXPECTED, ...changes })).faults;
}

const INVALID_SIGNATURE: Fault = {
  code: 'jwt.signature-invalid',
  claim: null,
  expected: 'a signature by the key RSA_0 for this header and payload',
  seen: 'a signature by another key or for different content',
};

describe('a valid token', () => {
  it('is proved with either algorithm', async () => {
    expect(await faultsOf(await sign(rsa))).toEqual([]);
    expect(await faultsOf(await sign(ec))).toEqual([]);
  });

  it.each<[string, Partial<Expectations>, Record<string, unknown>, Record<string, unknown>]>([
    ['several audiences', {}, { aud: ['other', AUDIENCE] }, {}],
    ['any audience', { audience: null }, { aud: 'whoever' }, {}],
    ['a subject that fits', { subject: 'arn:aws:iam::*:role/outbound/*' }, {}, {}],
    ['no typ', {}, {}, { typ: undefined }],
    ['no iat', {}, { iat: undefined }, {}],
    ['an iat within the leeway', {}, { iat: NOW_EPOCH + 60 }, {}],
    ['an nbf within the leeway', {}, { nbf: NOW_EPOCH + 60 }, {}],
    ['an iat before 1970', {}, { iat: -5 }, {}],
    ['an nbf before 1970', {}, { nbf: -1.5 }, {}],
    ['an exp a moment ahead', {}, { exp: NOW_EPOCH + 0.5 }, {}],
    [
      'claims of AWS as a string that are a list',
      {},
      { 'https://sts.amazonaws.com/': { ou_path: 'o/r/' } },
      {},
    ],
  ])('may have %s', async (_name, expected, payload, header) => {
    expect(await faultsOf(await sign(rsa, awsPayload(payload), header), expected)).toEqual([]);
  });

  it('is proved by a key without alg, as some accounts publish it', async () => {
    const { alg: _alg, ...bare } = rsa.jwk;
    expect(await faultsOf(await sign(rsa), {}, [bare])).toEqual([]);
  });

  it('is proved when several keys have the same id', async () => {
    expect(await faultsOf(await sign(rsa), {}, [stranger.jwk, ec.jwk, rsa.jwk])).toEqual([]);
    expect(await faultsOf(await sign(rsa), {}, [{ ...ec.jwk, kid: 'RSA_0' }, rsa.jwk])).toEqual([]);
  });

  it('is proved even if the issuer publishes its private key by mistake', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), kid: 'k', alg: 'RS256' };
    expect(publicKey.type).toBe('public');
    expect(await faultsOf(await sign({ privateKey, jwk }), {}, [jwk])).toEqual([]);
  });
});

describe('signatures made by others', () => {
  it('hold', async () => {
    expect(await signatureIsBy(RFC7515_RS256.key, RFC7515_RS256.token, 'RS256')).toBe('yes');
    expect(await signatureIsBy(JWT_IO_ES384.key, JWT_IO_ES384.token, 'ES384')).toBe('yes');
  });

  it('do not hold under another key or another algorithm', async () => {
    expect(await signatureIsBy(rsa.jwk, RFC7515_RS256.token, 'RS256')).toBe('no');
    expect(await signatureIsBy(ec.jwk, JWT_IO_ES384.token, 'ES384')).toBe('no');
    expect(await signatureIsBy(RFC7515_ES256.key, RFC7515_ES256.token, 'ES384')).toBe('unusable');
  });
});

describe('the header and the signature', () => {
  const algorithm = (seen: string | null): Fault => ({
    code: 'jwt.algorithm-refused',
    claim: 'alg',
    expected: 'RS256 or ES384',
    seen,
  });

  it.each([
    ['none', 'none'],
    ['None', 'None'],
    ['RS512', 'RS512'],
    ['PS256', 'PS256'],
    ['a list', ['RS256']],
    ['missing', undefined],
    ['toString', 'toString'],
  ])('refuse the algorithm %s', async (_name, alg) => {
    const token = raw({ alg, kid: 'RSA_0', typ: 'JWT' }, awsPayload());
    const seen = alg === undefined ? null : Array.isArray(alg) ? '["RS256"]' : alg;
    expect(await faultsOf(token)).toEqual([algorithm(seen)]);
  });

  it('rejects a token that is signed with HS256 and the public key as the secret', async () => {
    const pem = createPublicKey({ key: rsa.jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const input = `${part({ alg: 'HS256', kid: 'RSA_0', typ: 'JWT' })}.${part(awsPayload())}`;
    const token = `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`;
    expect(await faultsOf(token)).toEqual([algorithm('HS256')]);
  });

  it('refuse the published example with HS256 for all that is wrong with it', async () => {
    const codes = (await faultsOf(RFC7515_HS256.token)).map(({ code, claim }) => [code, claim]);
    expect(codes).toEqual([
      ['jwt.algorithm-refused', 'alg'],
      ['jwt.issuer-mismatch', 'iss'],
      ['jwt.claim-missing', 'aud'],
      ['jwt.claim-missing', 'sub'],
      ['jwt.expired', 'exp'],
    ]);
  });

  it("refuse an algorithm that is not of the key's type", async () => {
    const token = await sign(ec, awsPayload(), { kid: 'RSA_0' });
    expect(await faultsOf(token)).toEqual([
      {
        code: 'jwt.algorithm-refused',
        claim: 'alg',
        expected: 'an algorithm for the key RSA_0 (RSA RS256 sig)',
        seen: 'ES384',
      },
    ]);
  });

  it('refuse a key of another type or curve, although it names no algorithm', async () => {
    const { alg: _alg, ...bareRsa } = rsa.jwk;
    const p256 = { ...RFC7515_ES256.key, kid: 'EC384_0' };
    for (const [key, kind] of [
      [{ ...bareRsa, kid: 'EC384_0' }, 'RSA sig'],
      [p256, 'EC P-256'],
    ] as const) {
      expect(await faultsOf(await sign(ec), {}, [key])).toEqual([
        {
          code: 'jwt.algorithm-refused',
          claim: 'alg',
          expected: `an algorithm for the key EC384_0 (${kind})`,
          seen: 'ES384',
        },
      ]);
    }
  });

  it.each<[string, Partial<JWK>]>([
    ['for encryption', { use: 'enc' }],
    ['for another algorithm', { alg: 'RS512' }],
    ['for other operations', { key_ops: ['encrypt'] }],
  ])('refuse a key %s', async (_name, changes) => {
    const [fault, ...others] = await faultsOf(await sign(rsa), {}, [{ ...rsa.jwk, ...changes }]);
    expect(fault?.code).toBe('jwt.algorithm-refused');
    expect(others).toEqual([]);
  });

  it.each([
    ['unknown', 'RSA_9', 'RSA_9'],
    ['missing', undefined, null],
    ['a number', 0, '0'],
  ])('refuse a key id that is %s', async (_name, kid, seen) => {
    expect(await faultsOf(await sign(rsa, awsPayload(), { kid }))).toEqual([
      { code: 'jwt.key-unknown', claim: 'kid', expected: 'RSA_0 or EC384_0', seen },
    ]);
  });

  it('refuse a token without key id though a key has none', async () => {
    const { kid: _kid, ...nameless } = rsa.jwk;
    expect(await faultsOf(await sign(rsa, awsPayload(), { kid: undefined }), {}, [nameless])).toEqual([
      {
        code: 'jwt.key-unknown',
        claim: 'kid',
        expected: 'the ID of a key that the issuer publishes',
        seen: null,
      },
    ]);
  });

  it("refuse another issuer's key of the same id", async () => {
    expect(await faultsOf(await sign(stranger))).toEqual([INVALID_SIGNATURE]);
  });

  it('refuse a key that the token brings along', async () => {
    const token = await sign(stranger, awsPayload(), { jwk: stranger.jwk, jku: 'https://attacker.example/' });
    expect(await faultsOf(token)).toEqual([INVALID_SIGNATURE]);
  });

  it('refuse an empty signature', async () => {
    expect(await faultsOf(raw({ alg: 'RS256', kid: 'RSA_0', typ: 'JWT' }, awsPayload()))).toEqual([
      INVALID_SIGNATURE,
    ]);
  });

  it('refuse an EC signature of zeros', async () => {
    const zeros = Buffer.alloc(96).toString('base64url');
    const faults = await faultsOf(raw({ alg: 'ES384', kid: 'EC384_0', typ: 'JWT' }, awsPayload(), zeros));
    expect(faults.map(({ code }) => code)).toEqual(['jwt.signature-invalid']);
  });

  it.each<[string, JWK]>([
    ['an RSA key without a modulus', { kty: 'RSA', kid: 'RSA_0', e: 'AQAB' }],
    ['an RSA key without an exponent', { kty: 'RSA', kid: 'RSA_0', n: 'AQAB' }],
  ])('refuse %s', async (_name, key) => {
    expect(await faultsOf(await sign(rsa), {}, [key])).toEqual([
      {
        code: 'jwt.key-unknown',
        claim: 'kid',
        expected: 'a valid RSA key',
        seen: 'RSA_0, which is malformed',
      },
    ]);
  });

  it.each<[string, JWK]>([
    ['off the curve', { kty: 'EC', crv: 'P-384', x: 'A'.repeat(64), y: `${'A'.repeat(63)}B` }],
    ['at infinity', { kty: 'EC', crv: 'P-384', x: 'A'.repeat(64), y: 'A'.repeat(64) }],
    ['above the prime of the curve', { kty: 'EC', crv: 'P-384', x: '_'.repeat(64), y: '_'.repeat(64) }],
    ['of another curve', { ...RFC7515_ES256.key, crv: 'P-384' }],
    ['without y', { kty: 'EC', crv: 'P-384', x: 'A'.repeat(64) }],
    ['that is no base64url', { kty: 'EC', crv: 'P-384', x: '!', y: '\0' }],
  ])('refuse an EC key with a point %s', async (_name, key) => {
    expect(await faultsOf(await sign(ec), {}, [{ ...key, kid: 'EC384_0' }])).toEqual([
      {
        code: 'jwt.key-unknown',
        claim: 'kid',
        expected: 'a valid EC key on P-384',
        seen: 'EC384_0, which is malformed',
      },
    ]);
  });

  it('shows no more than the first of a hundred thousand keys', async () => {
    const many = Array.from({ length: 100_000 }, (_, index) => ({ kty: 'RSA', kid: `key-${index}` }));
    const [fault, ...others] = await faultsOf(await sign(rsa), {}, many);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ code: 'jwt.key-unknown', seen: 'RSA_0' });
    expect(fault?.expected).toMatch(/^key-0 or key-1 or .{480,490}…$/);
  });

  it('tries a few keys with the same id, and not a thousand', async () => {
    const malformed = Array.from({ length: 1000 }, () => ({ kty: 'RSA', kid: 'RSA_0', e: 'AQAB' }));
    expect((await faultsOf(await sign(rsa), {}, [...malformed, rsa.jwk])).map(({ code }) => code)).toEqual([
      'jwt.key-unknown',
    ]);
  });

  it('refuse another type and critical extensions, both at once', async () => {
    const token = raw({ alg: 'RS256', kid: 'RSA_0', typ: 'at+jwt', crit: ['b64'], b64: false }, awsPayload());
    expect(await faultsOf(token)).toEqual([
      { code: 'jwt.type-refused', claim: 'typ', expected: 'JWT', seen: 'at+jwt' },
      { code: 'jwt.header-refused', claim: 'crit', expected: 'no critical extension', seen: '["b64"]' },
      INVALID_SIGNATURE,
    ]);
  });

  it('refuse a correctly signed token with a critical extension', async () => {
    const token = await new SignJWT(awsPayload())
      .setProtectedHeader({ alg: 'RS256', kid: 'RSA_0', typ: 'JWT', crit: ['x'], x: 1 })
      .sign(rsa.privateKey, { crit: { x: true } });
    expect((await faultsOf(token)).map(({ code }) => code)).toContain('jwt.header-refused');
  });
});

describe('the claims', () => {
  const aTime = 'a time in seconds since 1970';
  it.each<[string, Record<string, unknown>, Partial<Expectations>, Fault]>([
    [
      'another issuer',
      { iss: 'https://evil.example' },
      {},
      { code: 'jwt.issuer-mismatch', claim: 'iss', expected: ISSUER, seen: 'https://evil.example' },
    ],
    [
      'a slash too many',
      { iss: `${ISSUER}/` },
      {},
      { code: 'jwt.issuer-mismatch', claim: 'iss', expected: ISSUER, seen: `${ISSUER}/` },
    ],
    [
      'no issuer',
      { iss: undefined },
      {},
      { code: 'jwt.claim-missing', claim: 'iss', expected: `"${ISSUER}"`, seen: null },
    ],
    [
      'another audience',
      { aud: 'other' },
      {},
      { code: 'jwt.audience-mismatch', claim: 'aud', expected: AUDIENCE, seen: 'other' },
    ],
    [
      'other audiences',
      { aud: ['a', 'b'] },
      {},
      { code: 'jwt.audience-mismatch', claim: 'aud', expected: AUDIENCE, seen: '["a","b"]' },
    ],
    [
      'an audience spelled otherwise',
      { aud: 'My-Atlas' },
      {},
      { code: 'jwt.audience-mismatch', claim: 'aud', expected: AUDIENCE, seen: 'My-Atlas' },
    ],
    [
      'no audience',
      { aud: undefined },
      { audience: null },
      { code: 'jwt.claim-missing', claim: 'aud', expected: 'a string or a list of strings', seen: null },
    ],
    [
      'audiences that are no strings',
      { aud: [AUDIENCE, 1] },
      {},
      {
        code: 'jwt.claim-missing',
        claim: 'aud',
        expected: 'a string or a list of strings',
        seen: '["my-atlas",1]',
      },
    ],
    [
      'no subject',
      { sub: undefined },
      {},
      { code: 'jwt.claim-missing', claim: 'sub', expected: 'a string that is not empty', seen: null },
    ],
    [
      'a subject that does not fit',
      {},
      { subject: 'arn:aws:iam::*:user/*' },
      { code: 'jwt.subject-mismatch', claim: 'sub', expected: 'arn:aws:iam::*:user/*', seen: SUBJECT },
    ],
    [
      'an expiry in the past',
      { exp: NOW_EPOCH - 192 },
      {},
      {
        code: 'jwt.expired',
        claim: 'exp',
        expected: 'later than 2026-11-22T12:00:00Z',
        seen: '2026-11-22T11:56:48Z, expired 3 min 12 s ago',
      },
    ],
    [
      'an expiry right now',
      { exp: NOW_EPOCH },
      {},
      {
        code: 'jwt.expired',
        claim: 'exp',
        expected: 'later than 2026-11-22T12:00:00Z',
        seen: '2026-11-22T12:00:00Z, expired 0 s ago',
      },
    ],
    [
      'an expiry before 1970',
      { exp: -1 },
      {},
      {
        code: 'jwt.expired',
        claim: 'exp',
        expected: 'later than 2026-11-22T12:00:00Z',
        seen: `1969-12-31T23:59:59Z, expired ${formatDuration(NOW_EPOCH + 1)} ago`,
      },
    ],
    [
      'an expiry before the year 0',
      { exp: -62_167_219_201 },
      {},
      { code: 'jwt.claim-missing', claim: 'exp', expected: aTime, seen: '-62167219201' },
    ],
    [
      'no expiry',
      { exp: undefined },
      {},
      { code: 'jwt.claim-missing', claim: 'exp', expected: aTime, seen: null },
    ],
    [
      'an expiry as text',
      { exp: '1795349040' },
      {},
      { code: 'jwt.claim-missing', claim: 'exp', expected: aTime, seen: '"1795349040"' },
    ],
    [
      'an expiry after all calendars',
      { exp: 1e300 },
      {},
      { code: 'jwt.claim-missing', claim: 'exp', expected: aTime, seen: '1e+300' },
    ],
    [
      'a start in the future',
      { nbf: NOW_EPOCH + 61 },
      {},
      {
        code: 'jwt.not-yet-valid',
        claim: 'nbf',
        expected: 'not later than 2026-11-22T12:00:00Z (60 s of tolerance)',
        seen: '2026-11-22T12:01:01Z, 1 min 1 s from now',
      },
    ],
    [
      'an issue in the future',
      { iat: NOW_EPOCH + 3600 },
      {},
      {
        code: 'jwt.not-yet-valid',
        claim: 'iat',
        expected: 'not later than 2026-11-22T12:00:00Z (60 s of tolerance)',
        seen: '2026-11-22T13:00:00Z, 1 h from now',
      },
    ],
    [
      'a null iat',
      { iat: null },
      {},
      { code: 'jwt.claim-missing', claim: 'iat', expected: aTime, seen: 'null' },
    ],
  ])('are refused for %s', async (_name, payload, expected, fault) => {
    expect(await faultsOf(await sign(rsa, awsPayload(payload)), expected)).toEqual([fault]);
  });

  it('are told all at once', async () => {
    const payload = { iss: ISSUER, aud: 'x', sub: 'y', exp: 1, iat: 'z', nbf: 9e9 };
    const token = await sign(stranger, payload, { typ: 'x' });
    const faults = await faultsOf(token, { subject: 'arn:*' });
    expect(faults.map(({ code, claim }) => `${code} ${claim}`)).toEqual([
      'jwt.type-refused typ',
      'jwt.signature-invalid null',
      'jwt.audience-mismatch aud',
      'jwt.subject-mismatch sub',
      'jwt.expired exp',
      'jwt.not-yet-valid nbf',
      'jwt.claim-missing iat',
    ]);
  });

  it('are cut when they are very long', async () => {
    const [fault] = await faultsOf(await sign(rsa, awsPayload({ aud: 'x'.repeat(9000) })));
    expect(fault?.seen).toBe(`${'x'.repeat(500)}…`);
  });
});

describe('keys', () => {
  it.each([
    ['names another issuer', { alg: 'RS256', kid: 'RSA_0' }, { iss: 'https://evil.example' }],
    ['is not signed', { alg: 'none' }, {}],
  ])('are not asked for when the token %s', async (_name, header, payload) => {
    const proof = await verifyJwt(
      raw(header, awsPayload(payload)),
      () => {
        throw new Error('asked for keys');
      },
      EXPECTED,
    );
    expect(proof.signatureChecked).toBe(false);
    expect(proof.faults).toHaveLength(1);
  });

  it('are asked for by id', async () => {
    const asked: (string | null)[] = [];
    const findKeys = async (kid: string | null) => {
      asked.push(kid);
      return keys;
    };
    await verifyJwt(await sign(ec), findKeys, EXPECTED);
    await verifyJwt(await sign(ec, awsPayload(), { kid: 7 }), findKeys, EXPECTED);
    expect(asked).toEqual(['EC384_0', null]);
  });
});

describe('against jose', () => {
  async function joseAccepts(token: string): Promise<boolean> {
    const options = { issuer: ISSUER, audience: AUDIENCE, typ: 'JWT', currentDate: NOW };
    try {
      await jwtVerify(token, createLocalJWKSet({ keys }), {
        ...options,
        algorithms: ['RS256', 'ES384'],
        requiredClaims: ['exp', 'sub'],
      });
      return true;
    } catch {
      return false;
    }
  }

  it('agrees on good and bad tokens', async () => {
    const claim = fc.constantFrom<Record<string, unknown>>(
      {},
      { aud: [AUDIENCE] },
      { aud: 'x' },
      { aud: undefined },
      { iss: `${ISSUER}/` },
      { sub: undefined },
      { exp: NOW_EPOCH },
      { exp: NOW_EPOCH + 1 },
      { exp: 'soon' },
      { nbf: NOW_EPOCH },
      { nbf: NOW_EPOCH + 100 },
    );
    const header = fc.constantFrom<Record<string, unknown>>({}, { typ: 'x' }, { kid: 'RSA_0' }, { kid: 'x' });
    await fc.assert(
      fc.asyncProperty(fc.nat(2), claim, claim, header, async (which, one, two, head) => {
        const key = [rsa, ec, stranger][which] ?? rsa;
        const token = await sign(key, awsPayload({ ...one, ...two }), head);
        expect((await faultsOf(token)).length === 0).toBe(await joseAccepts(token));
      }),
      { numRuns: 300 },
    );
  });
});

describe('one changed character', () => {
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n\0é';

  it.each([
    ['RS256', () => rsa],
    ['ES384', () => ec],
  ])('is refused anywhere in a token signed with %s', async (_name, key) => {
    const token = await sign(key());
    expect(await faultsOf(token)).toEqual([]);
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom(...ALPHABET), async (at, character) => {
        fc.pre(token[at] !== character);
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        expect(await faultsOf(changed)).not.toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('is refused at the very end, where RSA signatures have bits to spare', async () => {
    const token = await sign(rsa);
    for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      const changed = token.slice(0, -1) + character;
      if (changed !== token) expect(await faultsOf(changed)).not.toEqual([]);
    }
  });

  it('is refused when one is taken away or added', async () => {
    const token = await sign(rsa);
    for (let at = 0; at <= token.length; at += 7) {
      expect(
        await faultsOf(token.slice(0, at) + token.slice(at + 1) + (at === token.length ? 'A' : '')),
      ).not.toEqual([]);
      expect(await faultsOf(`${token.slice(0, at)}A${token.slice(at)}`)).not.toEqual([]);
    }
  });
});
