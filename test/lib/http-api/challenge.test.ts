import { expect, test } from 'vitest';
import { bearerChallenge } from '../../../src/lib/http-api/challenge.ts';

const challenge = (error: string | null, description: string | null) => ({ error, description });

/** The first two are the examples of RFC 6750, section 3. */
test.each<[string | null, ReturnType<typeof bearerChallenge>]>([
  ['Bearer realm="example"', challenge(null, null)],
  [
    'Bearer realm="example",\n  error="invalid_token",\n  error_description="The access token expired"',
    challenge('invalid_token', 'The access token expired'),
  ],
  ['bearer error=invalid_token', challenge('invalid_token', null)],
  ['Bearer', challenge(null, null)],
  ['BEARER ERROR="x" , Error_Description = "y"', challenge('x', 'y')],
  ['Bearer error="a", error="b"', challenge('a', null)],
  [
    String.raw`Bearer error_description="say \"no\", Basic error=\\"`,
    challenge(null, String.raw`say "no", Basic error=\ `.trim()),
  ],
  ['Basic realm="a, Bearer error=b", Bearer error="c"', challenge('c', null)],
  ['Negotiate YWJj==, Bearer error="c"', challenge('c', null)],
  ['Bearer error="a", Bearer error="b"', challenge('a', null)],
  ['Bearer error="c", Basic error="d", error_description="e"', challenge('c', null)],
  ['Bearer error="never ends', challenge(null, null)],
  ['Basic realm="x"', null],
  ['NotBearer error="x"', null],
  ['', null],
  [null, null],
  [`Basic ${'x'.repeat(5000)}, Bearer error="c"`, null],
])('%s', (header, expected) => {
  expect(bearerChallenge(header)).toEqual(expected);
});

test('a header made to be slow is not', () => {
  const since = performance.now();
  bearerChallenge('Bearer '.concat('a="\\'.repeat(1365)));
  expect(performance.now() - since).toBeLessThan(500);
});
