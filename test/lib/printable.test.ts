import { expect, it } from 'vitest';
import { printable } from '../../src/lib/printable.ts';

it.each([
  ['plain text, Zürich, 東京, 😀', 'plain text, Zürich, 東京, 😀'],
  ['\u001b[2Jgone', '\\u{1b}[2Jgone'],
  ['\u009b31m', '\\u{9b}31m'],
  ['a\r\nb\tc\0', 'a\\u{d}\\u{a}b\\u{9}c\\u{0}'],
  ['user\u202egnp.exe', 'user\\u{202e}gnp.exe'],
  ['pay\u200bpal\ufeff', 'pay\\u{200b}pal\\u{feff}'],
  ['one\u2028two', 'one\\u{2028}two'],
  ['half \ud800', 'half \\u{d800}'],
])('shows %j as %j', (text, expected) => {
  expect(printable(text)).toBe(expected);
});
