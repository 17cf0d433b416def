/** Any run of characters, also an empty one, colons and slashes included. */
export const ANY = Symbol('*');
/** Exactly one character. */
export const ONE = Symbol('?');

/** A text with wildcards: characters that stand for themselves, and the two that do not. */
export type Pattern = readonly (string | typeof ANY | typeof ONE)[];

/** Reads `*` and `?` as wildcards. */
export function patternOf(text: string): Pattern {
  return [...text].map((character) => (character === '*' ? ANY : character === '?' ? ONE : character));
}

/** The text back, where wildcards are ordinary characters: StringEquals knows none. */
export function textOf(pattern: Pattern): string {
  return pattern.map((token) => (token === ANY ? '*' : token === ONE ? '?' : token)).join('');
}

/**
 * Whether a text as a whole fits a pattern. Nothing is turned into a regular expression: the text comes from outside and
 * must not be able to make the match slow. The time is at most pattern length times text length.
 */
export function matches(pattern: Pattern, text: string): boolean {
  const given = [...text];
  let at = 0;
  let from = 0;
  // Where the last star stands and what it has taken so far: only the last one ever has to take more.
  let star = -1;
  let taken = 0;
  while (from < given.length) {
    const token = pattern[at];
    if (token === ANY) {
      star = at;
      taken = from;
      at += 1;
    } else if (token === ONE || (token !== undefined && token === given[from])) {
      at += 1;
      from += 1;
    } else if (star !== -1) {
      taken += 1;
      from = taken;
      at = star + 1;
    } else {
      return false;
    }
  }
  while (pattern[at] === ANY) at += 1;
  return at === pattern.length;
}
