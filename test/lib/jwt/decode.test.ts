import fc from 'fast-check';
import { decodeProtectedHeader, decodeJwt as joseDecodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { decodeJwt, looksLikeJwt, MAX_JWT_LENGTH } from '../../../src/lib/jwt/decode.ts';
import { failureOf } from '../../support/failure-of.ts';
import { awsPayload, part, raw } from '../../support/forge.ts';
import { JWT_IO_ES384, RFC7515_HS256, RFC7515_RS256, RFC7519_UNSECURED } from '../../support/jose-vectors.ts';

const HEADER = { alg: 'RS256', kid: 'RSA_0', typ: 'JWT' };
const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const bytes = (...values: number[]) => Buffer.from(values).toString('base64url');

describe('decodeJwt', () => {
  const claims = { iss: 'joe', exp: 1300819380, 'http://example.com/is_root': true };
  it.each([
    ['RFC 7515 A.1', RFC7515_HS256.token, { header: { typ: 'JWT', alg: 'HS256' }, payload: claims }],
    ['RFC 7515 A.2', RFC7515_RS256.token, { header: { alg: 'RS256' }, payload: claims }],
    ['RFC 7519 6.1', RFC7519_UNSECURED.token, { header: { alg: 'none' }, payload: claims }],
    [
      'jwt.io ES384',
      JWT_IO_ES384.token,
      {
        header: { alg: 'ES384', typ: 'JWT' },
        payload: { sub: '1234567890', name: 'John Doe', admin: true, iat: 1516239022 },
      },
    ],
  ])('reads the example of %s', (_name, token, decoded) => {
    expect(decodeJwt(token)).toEqual(decoded);
  });

  it('reads what jose reads', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (payload) => {
        const token = raw(HEADER, JSON.stringify(payload), bytes(1, 2, 3));
        expect(decodeJwt(token)).toEqual({
          header: decodeProtectedHeader(token),
          payload: joseDecodeJwt(token),
        });
      }),
    );
  });

  it('lets the last of two equal members count, as JSON does', () => {
    expect(decodeJwt(raw(HEADER, '{"sub":"a","sub":"b"}')).payload).toEqual({ sub: 'b' });
  });

  it.each([
    ['empty', '', 'it is empty', null],
    ['huge', 'a'.repeat(MAX_JWT_LENGTH + 1), 'it is longer than 65536 characters', null],
    ['one word', 'hello', 'it is an opaque token, without a dot', null],
    ['two parts', 'a.b', 'it has 2 parts instead of three dot-separated parts', null],
    ['four parts', 'a.b.c.d', 'it has 4 parts instead of three dot-separated parts', null],
    [
      'a JWE',
      `${part({ alg: 'dir', enc: 'A256GCM' })}.e30.e30.e30.e30`,
      'it has five parts: it is an encrypted token (JWE), not a signed token',
      null,
    ],
    [
      'five parts that are no JWE',
      'e30.e30.e30.e30.e30',
      'it has 5 parts instead of three dot-separated parts',
      null,
    ],
    ['header with padding', 'e30=.e30.', 'its header is not base64url', 'header'],
    ['header in plain base64', 'e30+.e30.', 'its header is not base64url', 'header'],
    ['inner white space', `${part(HEADER)}.e 30.`, 'its payload is not base64url', 'payload'],
    [
      'a stray bit at the end',
      `${part(HEADER)}.${part({})}.AB`,
      'its signature is not base64url',
      'signature',
    ],
    ['a stray character', `${part(HEADER)}.${part({})}.AAAAA`, 'its signature is not base64url', 'signature'],
    ['header not UTF-8', `${bytes(0x7b, 0xff, 0x7d)}.e30.`, 'its header is not UTF-8', 'header'],
    ['payload not JSON', raw(HEADER, 'secret words'), 'its payload is not JSON', 'payload'],
    ['payload with a byte order mark', raw(HEADER, '\ufeff{}'), 'its payload is not JSON', 'payload'],
    ['header a list', raw('[]', '{}'), 'its header is JSON, but not an object', 'header'],
    ['payload null', raw(HEADER, 'null'), 'its payload is JSON, but not an object', 'payload'],
    ['empty payload', `${part(HEADER)}..`, 'its payload is not JSON', 'payload'],
    ['too deep', raw(HEADER, deep(33)), 'its payload is nested more than 32 levels deep', 'payload'],
    ['far too deep', raw(HEADER, deep(7000)), 'its payload is nested more than 32 levels deep', 'payload'],
  ])('refuses a text that is %s', (_name, text, reason, where) => {
    const failure = failureOf(() => decodeJwt(text));
    expect(failure).toMatchObject({
      code: 'jwt.not-a-jwt',
      exitCode: 2,
      message: `The text is not a JWT: ${reason}.`,
      details: { part: where, reason },
    });
    // Nothing of the text, not even in the cause that --verbose shows.
    expect(`${failure?.message}${String(failure?.cause)}`).not.toContain('secret');
  });

  it('reads 32 levels', () => {
    expect(() => decodeJwt(raw(HEADER, deep(32)))).not.toThrow();
  });

  it('never fails in another way', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.string(), (a, b, c) => {
        for (const text of [a, `${a}.${b}.${c}`, raw(a, b, c)]) {
          try {
            decodeJwt(text);
          } catch (error) {
            expect(error).toMatchObject({ code: expect.any(String), remedy: expect.any(String) });
          }
        }
      }),
    );
  });
});

describe('looksLikeJwt', () => {
  it.each([
    [true, 'a whole token', raw(HEADER, awsPayload(), 'AAAA')],
    [true, 'a header', part(HEADER)],
    [true, 'a token after Bearer', `Bearer ${raw(HEADER, awsPayload())}`],
    [true, 'a header with white space first', raw(`\n ${JSON.stringify(HEADER)}`, {}, 'AAAA')],
    [false, 'a file', 'token.jwt'],
    [false, 'a path with dots', '../a.b.c/token'],
    [false, 'stdin', '-'],
  ])('says %s for %s', (expected, _name, text) => {
    expect(looksLikeJwt(text)).toBe(expected);
  });
});
