import { describe, expect, test } from 'vitest';
import { DigestAnswers, readChallenge } from '../../../src/lib/atlas/digest.ts';
import { Secret } from '../../../src/lib/core/secret.ts';

const NONCE = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v';
const OPAQUE = 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS';
const CNONCE = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';
/** The two challenges of RFC 7616, section 3.9.1, as one header. */
const EXAMPLE = ['SHA-256', 'MD5']
  .map(
    (algorithm) =>
      `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${NONCE}", opaque="${OPAQUE}"`,
  )
  .join(', ');

function answer(header: string, count = 1): string | null {
  const answers = new DigestAnswers('Mufasa', new Secret('Circle of Life'));
  const challenge = readChallenge(header);
  if (challenge === null) throw new Error('expected a challenge');
  answers.challenge(challenge);
  let last: string | null = null;
  for (let i = 0; i < count; i += 1) last = answers.answer('GET', '/dir/index.html', CNONCE);
  return last;
}

describe('the example of RFC 7616', () => {
  const rest = (algorithm: string, response: string) =>
    `Digest username="Mufasa", realm="http-auth@example.org", nonce="${NONCE}", uri="/dir/index.html", algorithm=${algorithm}, qop=auth, nc=00000001, cnonce="${CNONCE}", response="${response}", opaque="${OPAQUE}"`;

  test('is answered by SHA-256 where both are offered, in either order', () => {
    const expected = rest('SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1');
    const [first = '', second = ''] = EXAMPLE.split(/, (?=Digest)/);
    expect(answer(EXAMPLE)).toBe(expected);
    expect(answer(`${second}, ${first}`)).toBe(expected);
  });

  test('is answered by MD5 where that is all', () => {
    expect(answer(EXAMPLE.split(/, (?=Digest)/)[1] ?? '')).toBe(
      rest('MD5', '8ca523f5e9506fed4657c9700eebdbec'),
    );
  });
});

test('the count of a nonce grows, and begins anew with the next', () => {
  expect(answer(EXAMPLE, 17)).toContain('nc=00000011');
  const answers = new DigestAnswers('a', new Secret('b'));
  expect(answers.answer('GET', '/')).toBeNull();
  for (const nonce of ['one', 'two']) {
    const challenge = readChallenge(`Digest realm="r", nonce="${nonce}", qop="auth"`);
    if (challenge === null) throw new Error('expected a challenge');
    answers.challenge(challenge);
    expect(answers.answer('GET', '/')).toContain(
      `nonce="${nonce}", uri="/", algorithm=MD5, qop=auth, nc=00000001`,
    );
    expect(answers.answer('GET', '/')).toContain('nc=00000002');
  }
});

describe('a challenge', () => {
  test('is read as Atlas writes it', () => {
    const header =
      'Digest realm="MMS Public API", domain="", nonce="abc=", algorithm=MD5, qop="auth", stale=true';
    expect(readChallenge(header)).toEqual({
      realm: 'MMS Public API',
      nonce: 'abc=',
      opaque: null,
      algorithm: 'MD5',
      hash: 'md5',
      stale: true,
    });
  });

  test('is found among others', () => {
    const header = 'Negotiate, Basic realm="x, Digest", DIGEST Realm="r", NONCE=n,qop=auth, Bearer';
    expect(readChallenge(header)).toMatchObject({ realm: 'r', nonce: 'n', algorithm: 'MD5', stale: false });
  });

  test.each([
    null,
    '',
    'Basic realm="x"',
    'Digest realm="r", qop="auth"',
    'Digest nonce="n", qop="auth"',
    'Digest realm="r", nonce="n"',
    'Digest realm="r", nonce="n", qop="auth-int"',
    'Digest realm="r", nonce="n", qop="auth", algorithm=SHA-512-256',
    'Digest realm="r", nonce="n", qop="auth", algorithm=MD5-sess',
    'Digest',
  ])('that cannot be answered is none: %s', (header) => {
    expect(readChallenge(header)).toBeNull();
  });

  test('of any length is read in no time', () => {
    const started = performance.now();
    for (const text of [
      'a'.repeat(60_000),
      'a="'.repeat(20_000),
      '\\"'.repeat(30_000),
      'a = '.repeat(15_000),
    ]) {
      expect(readChallenge(`Digest ${text}`)).toBeNull();
    }
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
