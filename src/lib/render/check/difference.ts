import { escapeText } from '../escape.ts';

/** A value in three raw parts: the common beginning, the difference, and the common end. */
export interface Span {
  readonly before: string;
  readonly differs: string;
  readonly after: string;
}

/**
 * Two compared values. `note` describes what is hard to see: a slash, a space, a letter of another script.
 */
export interface Difference {
  readonly seen: Span;
  readonly expected: Span;
  readonly note: string | null;
}

/**
 * Finds the difference of two values: the longest common beginning, then the longest common end of the rest.
 * By code point. When one value is the end of the other, only the beginning counts as different, whatever
 * letters match by chance.
 */
export function difference(seen: string, expected: string): Difference {
  const a = [...seen];
  const b = [...expected];
  const shorter = Math.min(a.length, b.length);
  const isEnd = seen !== expected && (seen.endsWith(expected) || expected.endsWith(seen));
  let front = 0;
  while (!isEnd && front < shorter && a[front] === b[front]) front += 1;
  let back = 0;
  while (back < shorter - front && a[a.length - 1 - back] === b[b.length - 1 - back]) back += 1;
  return { seen: cut(a, front, back), expected: cut(b, front, back), note: note(seen, expected) };
}

function cut(points: readonly string[], front: number, back: number): Span {
  const end = points.length - back;
  return {
    before: points.slice(0, front).join(''),
    differs: points.slice(front, end).join(''),
    after: points.slice(end).join(''),
  };
}

/** Returns the expected value that has most in common with the actual one; null when there is none. */
export function nearest(seen: string, expected: readonly string[]): string | null {
  const shared = (value: string) => {
    const { before, after } = difference(seen, value).seen;
    return before.length + after.length;
  };
  return expected.reduce<string | null>(
    (best, value) => (best === null || shared(value) > shared(best) ? value : best),
    null,
  );
}

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function note(seen: string, expected: string): string | null {
  if (seen === expected) return null;
  if (seen === `${expected}/`) return 'extra trailing slash';
  if (`${seen}/` === expected) return 'missing trailing slash';
  if (/^\r?\n$/.test(seen.slice(expected.length)) && seen.startsWith(expected)) {
    return 'extra trailing newline';
  }
  if (seen.trim() === expected.trim()) return 'they differ only in leading or trailing white space';
  if (seen.replace(INVISIBLE, '') === expected.replace(INVISIBLE, '')) {
    return 'they differ only in invisible characters';
  }
  if (seen.toLowerCase() === expected.toLowerCase()) return 'they differ only in case';
  return foreignLetters(seen, expected);
}

/** Finds characters outside ASCII where the other value is plain: they may look the same as its letters. */
function foreignLetters(seen: string, expected: string): string | null {
  const [one, other] = [seen, expected].map((text) => [...text].filter((point) => point > '\u007f'));
  const strange = other?.length === 0 ? one : [];
  if (strange === undefined || strange.length === 0) return null;
  const names = [...new Set(strange)].slice(0, 4).map(codePoint);
  return `not plain ASCII, although it looks like it: ${names.join(', ')}`;
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Spaces that look like the normal one, or are invisible. */
const STRANGE_BLANK = /[^\P{Zs} ]/gu;

/** Escapes as `escapeText` does, and also writes out spaces other than the normal one. */
export function visible(text: string): string {
  return escapeText(text).replace(STRANGE_BLANK, escaped);
}

/**
 * Formats the difference as `visible` does, and writes out a space at its edge, which would not be visible
 * when underlined.
 */
export function visiblePiece(text: string): string {
  const inner = text.trim();
  const at = text.indexOf(inner);
  const edges = [text.slice(0, at), text.slice(at + inner.length)].map((edge) =>
    visible(edge).replaceAll(' ', '\\u{20}'),
  );
  return edges.join(visible(inner));
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
