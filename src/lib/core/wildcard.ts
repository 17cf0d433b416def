/** Matches any text, including an empty text, colons and slashes. */
export const ANY = Symbol('*');
/** Matches exactly one character. */
export const ONE = Symbol('?');

/** A text with wildcards: literal characters, ANY and ONE. */
export type Pattern = readonly (string | typeof ANY | typeof ONE)[];

/** Parses `*` and `?` as wildcards. */
export function patternOf(text: string): Pattern {
  return [...text].map((character) => (character === '*' ? ANY : character === '?' ? ONE : character));
}

/**
 * Returns the original text, with `*` and `?` as ordinary characters. Used for StringEquals, which has no
 * wildcards.
 */
export function textOf(pattern: Pattern): string {
  return pattern.map((token) => (token === ANY ? '*' : token === ONE ? '?' : token)).join('');
}

/**
 * Returns whether a pattern matches the complete text. Does not use a regular expression, because an untrusted
 * text could make the evaluation of a regular expression slow. The time is at most proportional to pattern
 * length times text length.
 */
export function matches(pattern: Pattern, text: string): boolean {
  const given = [...text];
  let at = 0;
  let from = 0;
  // `star` is the index in the pattern of the most recent `*`. `taken` is the end of the text that this `*`
  // matches. If a later character does not match, this `*` must match more text.
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
