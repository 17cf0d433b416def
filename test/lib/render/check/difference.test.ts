import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { difference, nearest, visible, visiblePiece } from '../../../../src/lib/render/check/difference.ts';

describe('difference', () => {
  test.each([
    ['abc', 'abc', ['abc', '', ''], ['abc', '', '']],
    ['https://a/', 'https://a', ['https://a', '/', ''], ['https://a', '', '']],
    ['role/dev-api', 'role/prod-api', ['role/', 'dev', '-api'], ['role/', 'prod', '-api']],
    ['aXa', 'aa', ['a', 'X', 'a'], ['a', '', 'a']],
    ['', 'x', ['', '', ''], ['', 'x', '']],
    ['💥a', '💧a', ['', '💥', 'a'], ['', '💧', 'a']],
  ])('%j beside %j', (one, other, seen, expected) => {
    const pieces = ({ before, differs, after }: ReturnType<typeof difference>['seen']) => [
      before,
      differs,
      after,
    ];
    const found = difference(one, other);
    expect([pieces(found.seen), pieces(found.expected)]).toEqual([seen, expected]);
  });

  test('the pieces make the values, and share their ends', () => {
    const text = fc.string({ unit: 'binary', maxLength: 12 });
    fc.assert(
      fc.property(text, text, text, text, (front, one, other, end) => {
        const { seen, expected } = difference(front + one + end, front + other + end);
        expect(seen.before + seen.differs + seen.after).toBe(front + one + end);
        expect(expected.before + expected.differs + expected.after).toBe(front + other + end);
        expect([seen.before, seen.after]).toEqual([expected.before, expected.after]);
      }),
    );
  });

  test.each([
    ['a', 'a', null],
    ['https://a/', 'https://a', 'extra trailing slash'],
    ['https://a', 'https://a/', 'missing trailing slash'],
    ['a\n', 'a', 'extra trailing newline'],
    ['a\r\n', 'a', 'extra trailing newline'],
    ['a ', 'a', 'they differ only in leading or trailing white space'],
    ['a\u200b', 'a', 'they differ only in invisible characters'],
    ['My-Atlas', 'my-atlas', 'they differ only in case'],
    ['my-\u0430tlas', 'my-atlas', 'contains characters outside ASCII: U+0430'],
    ['one', 'two', null],
  ])('in words: %j beside %j', (seen, expected, note) => {
    expect(difference(seen, expected).note).toBe(note);
  });
});

test('the nearest of several is the one that shares most', () => {
  expect(nearest('https://a/', ['https://b', 'https://a', 'x'])).toBe('https://a');
  expect(nearest('a', [])).toBeNull();
});

test('what cannot be seen is written out', () => {
  expect(visible('a b\u00a0c\u3000d\n\u202e')).toBe('a b\\u{a0}c\\u{3000}d\\u{a}\\u{202e}');
  expect([visiblePiece(' a b '), visiblePiece('  '), visiblePiece(''), visiblePiece('\t')]).toEqual([
    '\\u{20}a b\\u{20}',
    '\\u{20}\\u{20}',
    '',
    '\\u{9}',
  ]);
});

test('a value that is the end of the other lacks its beginning, and shares no letter of that by chance', () => {
  expect(difference('arn:aws', 'a5e/arn:aws')).toEqual({
    seen: { before: '', differs: '', after: 'arn:aws' },
    expected: { before: '', differs: 'a5e/', after: 'arn:aws' },
    note: null,
  });
});
