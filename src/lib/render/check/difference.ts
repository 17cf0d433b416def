import { escapeText } from '../escape.ts';

/** A value in three pieces, raw: what it shares with the other one in front and at the end, and what it does not. */
export interface Span {
  readonly before: string;
  readonly differs: string;
  readonly after: string;
}

/** Two values side by side. `note` says in words what the eye misses: a slash, a blank, a letter of another script. */
export interface Difference {
  readonly seen: Span;
  readonly expected: Span;
  readonly note: string | null;
}

/**
 * Where two values part: the longest common beginning, then the longest common end of what is left. By code point. Where
 * one is the end of the other, only the beginning differs, whatever letters it happens to share.
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

/** Of several values that would do, the one that shares most with what was seen; null of none. */
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

/** Characters outside ASCII where the other value is plain: they may look just like its letters. */
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

/** Blanks that look like the plain one, or like nothing. */
const STRANGE_BLANK = /[^\P{Zs} ]/gu;

/** As `escapeText`, and blanks other than the plain one are written out too. */
export function visible(text: string): string {
  return escapeText(text).replace(STRANGE_BLANK, escaped);
}

/** The differing piece: as `visible`, and a blank at its edge, which nobody would see underlined, is written out. */
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
