import fc from 'fast-check';
import { expect, it } from 'vitest';
import { escapeLine, escapeText, painted } from '../../../src/lib/render/escape.ts';
import { createTheme, loadColors } from '../../../src/lib/render/theme.ts';

it.each([
  ['plain text, Zürich, 東京, 😀', 'plain text, Zürich, 東京, 😀'],
  ['\u001b[2Jgone', '\\u{1b}[2Jgone'],
  ['\u009b31m', '\\u{9b}31m'],
  ['a\r\nb\tc\0', 'a\\u{d}\\u{a}b\\u{9}c\\u{0}'],
  ['user\u202egnp.exe', 'user\\u{202e}gnp.exe'],
  ['pay\u200bpal\ufeff', 'pay\\u{200b}pal\\u{feff}'],
  ['one\u2028two', 'one\\u{2028}two'],
  ['half \ud800', 'half \\u{d800}'],
  ['\u3164\u034f\ufe0f', '\\u{3164}\\u{34f}\\u{fe0f}'],
])('shows %j as %j', (text, expected) => {
  expect(escapeText(text)).toBe(expected);
  expect(escapeLine(text)).toBe(expected);
});

const { bad, strong, dim } = createTheme(await loadColors());

it('lets colors of fedctl through, also in each other, and no others', () => {
  expect(escapeLine(`${bad('no')} \u001b[31mred`)).toBe('\u001b[31mno\u001b[39m \\u{1b}[31mred');
  expect(escapeLine(dim(`a ${strong('b')} c\u001b[0m`))).toBe(
    '\u001b[2ma \u001b[1mb\u001b[22m\u001b[2m c\\u{1b}[0m\u001b[22m',
  );
  expect(painted('a\nb', (text) => text)).toBe('a\\u{a}b');
});

/** Pieces that terminals and runners act on, and letters. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\u001b', '[', '31', ';', 'm', '\u009b', '\n', '\r', '\u202e', '\u200b', 'a'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
});

it('writes only what a terminal shows, whatever a text contains', () => {
  fc.assert(
    fc.property(hostile, hostile, (plain, colored) => {
      const line = escapeLine(`${plain}${strong(colored)}`);
      expect(line.replace('\u001b[1m', '').replace('\u001b[22m', '')).not.toMatch(
        /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u,
      );
      expect(escapeLine(line.replaceAll('\u001b', ''))).toBe(line.replaceAll('\u001b', ''));
    }),
  );
});
