import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matches, patternOf, textOf } from '../../../src/lib/core/wildcard.ts';

test.each([
  ['', '', true],
  ['', 'a', false],
  ['*', '', true],
  ['**', '', true],
  ['?', '', false],
  ['?', '😀', true],
  ['a', 'A', false],
  ['a*', 'a', true],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['*ab', 'aab', true],
  ['*a?b*', 'xxaybz', true],
  ['*aab*', 'aaab', true],
  ['*abab?*', 'abaababc', true],
  ['*abab?', 'abaabab', false],
  ['ab*bc', 'abc', false],
  ['role/.*', 'role/x', false],
  ['[a]', 'a', false],
  ['arn:aws:iam::*:role/ci/*', 'arn:aws:iam::123456789012:role/ci/a/b', true],
  ['arn:aws:iam::*:role/ci/*', 'arn:aws:iam::123456789012:user/ci/a', false],
])('%j against %j is %s', (pattern, text, expected) => {
  expect(matches(patternOf(pattern), text)).toBe(expected);
});

/** The definition, and nothing but: a star takes nothing, or one character and then more. */
function naive(pattern: readonly string[], text: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  if (first === '*') return naive(rest, text) || (text.length > 0 && naive(pattern, text.slice(1)));
  return text.length > 0 && (first === '?' || first === text[0]) && naive(rest, text.slice(1));
}

test('agrees with the definition', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', 'a', '*', '?'), maxLength: 9 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
  fc.assert(
    fc.property(pattern, text, (wanted, given) => {
      expect(matches(patternOf(wanted), given)).toBe(naive([...wanted], [...given]));
    }),
    { numRuns: 5000 },
  );
});

test('takes what is put together to be slow', () => {
  // A policy has at most some thousand characters.
  const text = 'a'.repeat(20_000);
  const piece = `${'a'.repeat(2000)}b`;
  expect(matches(patternOf(`*${piece}*`), text)).toBe(false);
  expect(matches(patternOf(`${'*a'.repeat(2000)}*b`), text)).toBe(false);
}, 5000);

test('a pattern is its text again where wildcards are characters', () => {
  expect(textOf(patternOf('a*b?c'))).toBe('a*b?c');
});
