/** Any run of characters, also an empty one, colons and slashes included. */
export const ANY = Symbol('*');
/** Exactly one character. */
export const ONE = Symbol('?');

/** A text with wildcards: characters that stand for themselves, and the two that do not. */
export type Pattern = readonly (string | typeof ANY | typeof ONE)[];
type Piece = readonly (string | typeof ONE)[];

/** Reads `*` and `?` as wildcards. */
export function patternOf(text: string): Pattern {
  return [...text].map((character) => (character === '*' ? ANY : character === '?' ? ONE : character));
}

/** The text back, where wildcards are ordinary characters: StringEquals knows none. */
export function textOf(pattern: Pattern): string {
  return pattern.map((token) => (token === ANY ? '*' : token === ONE ? '?' : token)).join('');
}

/**
 * Whether the text as a whole fits. The pieces between the stars are looked for from left to right and never twice, so
 * the time grows with the length of the text and not with the number of stars; only a piece that holds a `?` costs its
 * own length at each character.
 */
export function matches(pattern: Pattern, text: string): boolean {
  const given = [...text];
  const pieces = split(pattern);
  const first = pieces[0] ?? [];
  if (pieces.length === 1) return first.length === given.length && fits(first, given, 0);
  const last = pieces.at(-1) ?? [];
  const end = given.length - last.length;
  if (first.length > end || !fits(first, given, 0) || !fits(last, given, end)) return false;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = find(piece, given, from, end);
    if (found === -1) return false;
    from = found + piece.length;
  }
  return true;
}

function split(pattern: Pattern): Piece[] {
  const pieces: (string | typeof ONE)[][] = [[]];
  for (const token of pattern) {
    if (token === ANY) pieces.push([]);
    else pieces.at(-1)?.push(token);
  }
  return pieces;
}

function fits(piece: Piece, given: readonly string[], at: number): boolean {
  return piece.every((token, index) => token === ONE || token === given[at + index]);
}

/** The first place from `from` where the piece fits and ends by `end`; -1 when there is none. */
function find(piece: Piece, given: readonly string[], from: number, end: number): number {
  if (!piece.includes(ONE)) return findText(piece, given, from, end);
  for (let at = from; at + piece.length <= end; at += 1) if (fits(piece, given, at)) return at;
  return -1;
}

/** Knuth, Morris and Pratt: the text is read once. */
function findText(piece: Piece, given: readonly string[], from: number, end: number): number {
  if (piece.length === 0) return from;
  const borders = bordersOf(piece);
  let fitting = 0;
  for (let at = from; at < end; at += 1) {
    while (fitting > 0 && piece[fitting] !== given[at]) fitting = borders[fitting - 1] ?? 0;
    if (piece[fitting] === given[at]) fitting += 1;
    if (fitting === piece.length) return at - fitting + 1;
  }
  return -1;
}

/** For each prefix of the piece, how long its longest beginning is that is also its end. */
function bordersOf(piece: Piece): readonly number[] {
  const borders = [0];
  let border = 0;
  for (let at = 1; at < piece.length; at += 1) {
    while (border > 0 && piece[border] !== piece[at]) border = borders[border - 1] ?? 0;
    if (piece[border] === piece[at]) border += 1;
    borders.push(border);
  }
  return borders;
}
