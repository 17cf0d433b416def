/**
 * Whether `text` as a whole fits a pattern of `*` (any run of characters, slashes too, as in IAM) and `?` (exactly
 * one). Everything else stands for itself. Nothing is turned into a regular expression: the text comes from a token
 * and must not be able to make the match slow. The time is at most pattern length times text length.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const wanted = [...pattern];
  const given = [...text];
  let at = 0;
  let from = 0;
  // Where the last star stands and what it has taken so far: only the last one ever has to take more.
  let star = -1;
  let taken = 0;
  while (from < given.length) {
    if (wanted[at] === '*') {
      star = at;
      taken = from;
      at += 1;
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === given[from])) {
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
  while (wanted[at] === '*') at += 1;
  return at === wanted.length;
}
