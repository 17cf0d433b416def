import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matches, patternOf } from '../../../src/lib/core/wildcard.ts';

it.each([
  ['', '', true],
  ['', 'a', false],
  ['*', '', true],
  ['?', '', false],
  ['a', 'a', true],
  ['a', 'A', false],
  ['a*c', 'abbc', true],
  ['a*c', 'abbcd', false],
  ['*ab', 'aab', true],
  ['*a?b*', 'xxaybz', true],
  ['arn:aws:iam::*:role/ci/*', 'arn:aws:iam::123456789012:role/ci/a/b', true],
  ['arn:aws:iam::*:role/ci/*', 'arn:aws:iam::123456789012:user/ci/a', false],
  ['role/.*', 'role/x', false],
  ['role/(a+)+$', 'role/aaaa', false],
  ['[a]', 'a', false],
  ['?', '😀', true],
  ['a\\*', 'ab', false],
])('%j against %j is %s', (pattern, text, expected) => {
  expect(matches(patternOf(pattern), text)).toBe(expected);
});

it('agrees with a regular expression of the same meaning', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 8 });
  fc.assert(
    fc.property(letters, letters, (pattern, text) => {
      const source = pattern.replace(/[.]/g, '\\.').replace(/\*/g, '[^]*').replace(/\?/g, '[^]');
      expect(matches(patternOf(pattern), text)).toBe(new RegExp(`^${source}$`).test(text));
    }),
    { numRuns: 2000 },
  );
});

it('is not made slow by a text that nearly fits', () => {
  // The regular expression of this pattern would run for years.
  expect(matches(patternOf(`${'*a'.repeat(30)}b`), 'a'.repeat(60_000))).toBe(false);
});
