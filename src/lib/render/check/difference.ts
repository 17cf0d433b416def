import { escapeText } from '../escape.ts';

/** A value in three parts: common prefix, difference, common suffix. The parts are not escaped. */
export interface Span {
  readonly before: string;
  readonly differs: string;
  readonly after: string;
}

/**
 * Two compared values. `note` describes a difference that is hard to see, such as a slash, a space, or a
 * letter from another script.
 */
export interface Difference {
  readonly seen: Span;
  readonly expected: Span;
  readonly note: string | null;
}

/**
 * Compares two values by code point. Finds the longest common prefix, then the longest common suffix of the
 * remaining text. The text between the prefix and the suffix is the difference. If one value is a suffix of
 * the other value, only the additional text at the beginning is different.
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

/**
 * Returns the expected value that is most similar to the actual value; null if there are no expected values.
 */
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

/**
 * If only the actual value contains non-ASCII characters, describes these characters, because they may look
 * like ASCII letters.
 */
function foreignLetters(seen: string, expected: string): string | null {
  const [one, other] = [seen, expected].map((text) => [...text].filter((point) => point > '\u007f'));
  const strange = other?.length === 0 ? one : [];
  if (strange === undefined || strange.length === 0) return null;
  const names = [...new Set(strange)].slice(0, 4).map(codePoint);
  return `contains characters outside ASCII: ${names.join(', ')}`;
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Matches space characters other than U+0020. They may look like U+0020 or be invisible. */
const STRANGE_BLANK = /[^\P{Zs} ]/gu;

/** Escapes a text as `escapeText` does, and also escapes spaces other than U+0020. */
export function visible(text: string): string {
  return escapeText(text).replace(STRANGE_BLANK, escaped);
}

/**
 * Escapes a difference as `visible` does. Also escapes leading and trailing spaces, because they would not be visible.
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
