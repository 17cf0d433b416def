import { describe, expect, it } from 'vitest';
import { Detector, ENCODINGS, secretFor } from './canary.ts';

const SECRET = secretFor('a password', 48, '+/"%&');
const detector = new Detector([{ name: 'a password', value: SECRET }]);

describe('Detector', () => {
  it.each(Object.keys(ENCODINGS) as (keyof typeof ENCODINGS)[])(
    'finds a secret written as %s',
    (encoding) => {
      expect(detector.find(`before ${ENCODINGS[encoding](SECRET)} after`)).toEqual(['a password']);
    },
  );

  it('finds a piece of 16 characters, and none of 15', () => {
    expect(detector.find(`…${SECRET.slice(20, 36)}…`)).toEqual(['a password']);
    expect(detector.find(`…${SECRET.slice(20, 35)}…`)).toEqual([]);
  });

  it.each([
    ['base64 in JSON in a URL', encodeURIComponent(JSON.stringify(Buffer.from(SECRET).toString('base64')))],
    ['upper-case hex', Buffer.from(SECRET).toString('hex').toUpperCase()],
    ['HTML', SECRET.replaceAll('"', '&quot;').replaceAll('&', '&amp;').replaceAll('/', '&#x2f;')],
    ['folded lines', `${SECRET.slice(0, 10)}\n    ${SECRET.slice(10, 20)}\n`],
    ['colors', `${SECRET.slice(0, 10)}\u001b[31m${SECRET.slice(10, 20)}\u001b[39m`],
    ['base64 of the middle of a text', Buffer.from(`xx${SECRET.slice(5, 25)}yy`).toString('base64')],
  ])('finds a secret in %s', (_what, text) => {
    expect(detector.find(text)).toEqual(['a password']);
  });

  it('finds nothing in other text', () => {
    expect(
      detector.find(`${secretFor('another')} ${ENCODINGS.base64('x'.repeat(99))} 100% &amp; \\u0041`),
    ).toEqual([]);
  });
});

describe('secretFor', () => {
  it('gives the same secret for the same name, with the special characters in it', () => {
    expect(secretFor('a password', 48, '+/"%&')).toBe(SECRET);
    expect([...SECRET].filter((letter) => '+/"%&'.includes(letter)).join('')).toBe('+/"%');
  });
});
