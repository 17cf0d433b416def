import { createHash, generateKeyPairSync } from 'node:crypto';
import type { JWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { rsaWeakness } from '../../../src/lib/jwt/rsa-weakness.ts';
import { verifyJwt } from '../../../src/lib/jwt/verify.ts';
import { AUDIENCE, awsPayload, ISSUER, NOW, part } from '../../support/forge.ts';

const EXPECTED = { issuer: ISSUER, audience: AUDIENCE, subject: null, now: NOW };

function text(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
}

/** The base64url of a number with this many bits, all of them 1, so that no small prime divides it by design. */
let n: string;
let modulus: bigint;

beforeAll(() => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  n = String(publicKey.export({ format: 'jwk' }).n);
  modulus = BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`);
});

function primesBelow(end: bigint): bigint[] {
  const primes: bigint[] = [];
  for (let each = 2n; each < end; each += 1n)
    if (primes.every((prime) => each % prime !== 0n)) primes.push(each);
  return primes;
}

/** A number of 2048 bits that is a power of 65537 modulo every prime below `end`. */
function likeRoca(end: bigint): bigint {
  const product = primesBelow(end).reduce((all, prime) => all * prime, 1n);
  let power = 1n;
  for (let exponent = 0; exponent < 12_345; exponent += 1) power = (power * 65537n) % product;
  return ((3n << 2046n) / product) * product + power;
}

describe('rsaWeakness', () => {
  it.each([3n, 17n, 65537n, 2n ** 32n + 1n])('finds none in a sound key with the exponent %d', (e) => {
    expect(rsaWeakness({ n, e: text(e) })).toBeNull();
  });

  it('finds none in the largest exponent that is legal', () => {
    expect(rsaWeakness({ n, e: text(modulus - 2n) })).toBeNull();
  });

  it('reads a number as Node.js does: leading zeros and padding mean nothing', () => {
    expect(rsaWeakness({ n: `AAAA${n}==`, e: 'AAEAAQ==' })).toBeNull();
    expect(rsaWeakness({ n, e: 'AAAAAQ' })).toBe('has the exponent 1');
  });

  it.each([
    [0n, 'has the exponent 0'],
    [1n, 'has the exponent 1'],
    [2n, 'has the exponent 2'],
    [4n, 'has an even exponent'],
    [65536n, 'has an even exponent'],
  ])('finds the exponent %d', (e, weakness) => {
    expect(rsaWeakness({ n, e: text(e) })).toBe(weakness);
  });

  it('finds an exponent that is not below the modulus', () => {
    expect(rsaWeakness({ n, e: n })).toBe('has an exponent that is not smaller than its modulus');
    expect(rsaWeakness({ n, e: text(modulus + 2n) })).toBe(
      'has an exponent that is not smaller than its modulus',
    );
  });

  it.each([
    ['', 0],
    ['!', 0],
    [text(1n), 1],
    [text(2n ** 2047n - 1n), 2047],
    [text(2n ** 8192n + 1n), 8193],
    [text(2n ** 400_000n + 1n), 400_001],
  ])('finds a modulus that is too short or too long (%#)', (short, bits) => {
    expect(rsaWeakness({ n: short, e: 'AQAB' })).toBe(`has a modulus of ${bits} bits`);
  });

  it.each([
    [2n ** 2048n - 2n, 2],
    [3n * 2n ** 2047n + 3n, 3],
  ])('finds a small factor (%#)', (composite, factor) => {
    expect(rsaWeakness({ n: text(composite), e: 'AQAB' })).toBe(
      `has a modulus that is divisible by ${factor}`,
    );
  });

  it.each([168n, 702n])('finds a modulus of CVE-2017-15361, made with the primes below %d', (end) => {
    const weakness = 'has a modulus that can be factored (CVE-2017-15361, ROCA)';
    expect(rsaWeakness({ n: text(likeRoca(end)), e: 'AQAB' })).toBe(weakness);
  });

  it('finds none in a modulus that is like it for most primes only', () => {
    expect(rsaWeakness({ n: text(likeRoca(100n)), e: 'AQAB' })).toBeNull();
  });

  it('says nothing about keys of another kind', () => {
    expect(rsaWeakness({ e: 'AQAB' })).toBeNull();
    expect(rsaWeakness({ n })).toBeNull();
  });
});

describe('a token with a weak key', () => {
  /** With the exponent 1 a signature is the padded digest itself (RFC 8017, section 9.2): nobody needs a private key. */
  function selfSigned(): { readonly token: string; readonly key: JWK } {
    const data = `${part({ alg: 'RS256', kid: 'RSA_0', typ: 'JWT' })}.${part(awsPayload())}`;
    const digest = createHash('sha256').update(data).digest('hex');
    const info = '3031300d060960864801650304020105000420';
    const signature = Buffer.from(`0001${'ff'.repeat(202)}00${info}${digest}`, 'hex').toString('base64url');
    return { token: `${data}.${signature}`, key: { kty: 'RSA', n, e: 'AQ', kid: 'RSA_0' } };
  }

  it('reports the code jwt.key-weak for an RSA key with the exponent 1', async () => {
    const { token, key } = selfSigned();
    expect((await verifyJwt(token, async () => [key], EXPECTED)).faults).toEqual([
      {
        code: 'jwt.key-weak',
        claim: 'kid',
        expected: 'an RSA key of 2048 to 8192 bits with an odd exponent of 3 or more',
        seen: 'RSA_0, which has the exponent 1',
      },
    ]);
  });

  it('is refused as forged where the issuer has a sound key of the same name', async () => {
    const { token, key } = selfSigned();
    const faults = (await verifyJwt(token, async () => [key, { ...key, e: 'AQAB' }], EXPECTED)).faults;
    expect(faults.map(({ code }) => code)).toEqual(['jwt.signature-invalid']);
  });
});
