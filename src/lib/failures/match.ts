import { ofHost } from './host-owner.ts';
import { type ExplainedCode, type PageText, type Symptom, symptoms } from './page.ts';
import { type Pasted, plain } from './pasted.ts';

/** A failure code, and the known error text that was found in the pasted text. */
export interface Match {
  readonly code: ExplainedCode;
  /**
   * The known text that matched. If the pasted text contains a failure code of fedctl, `symptom.from` is
   * `fedctl`.
   */
  readonly symptom: Symptom;
  /** The line of the pasted text where the match begins. The first line is 1. */
  readonly line: number;
}

/** The parsed form of one known text. */
interface Pattern {
  readonly code: ExplainedCode;
  readonly symptom: Symptom;
  /** The fixed texts between the placeholders. */
  readonly parts: readonly Part[];
  /** The kind of match: CODE, OWN or SHARED. */
  readonly rank: number;
  /** The number of letters and digits in the fixed texts. */
  readonly weight: number;
}

interface Part {
  readonly text: string;
  /** The gap that precedes the part: VALUE or ELLIPSIS. */
  readonly after: Gap;
}

interface Gap {
  /** The maximum length of the gap in characters. */
  readonly reach: number;
  /** Whether the gap must end within the same sentence. */
  readonly withinSentence: boolean;
}

interface Hit {
  readonly pattern: Pattern;
  readonly start: number;
  readonly end: number;
}

/**
 * The kinds of matches, starting with the most certain: a failure code, an error text that only one failure
 * has, an error text that several failures share.
 */
const CODE = 2;
const OWN = 1;
const SHARED = 0;
/** `<a value>` */
const VALUE: Gap = { reach: 240, withinSentence: true };
/** The gap for `…`: any text, such as a stack trace, between the name of the program and the reason. */
const ELLIPSIS: Gap = { reach: 2000, withinSentence: false };
/** The minimum number of fixed letters and digits in a pattern. A shorter text cannot identify a failure. */
const MIN_WEIGHT = 8;
/** The maximum distance in characters between a network error and the host that it refers to. */
const AROUND = 200;
const PLACEHOLDER = /(<[^<>]*>|…)/;
const SENTENCE_END = /[.!?] /;

/** Converts the known error texts to patterns. */
export function patternsOf(
  pages: readonly (Pick<PageText, 'shows' | 'alsoShows'> & { readonly code: ExplainedCode })[],
): readonly Pattern[] {
  return pages.flatMap(({ code, shows, alsoShows }) => [
    pattern(code, { from: 'fedctl', text: code }, CODE),
    ...symptoms(shows).map((symptom) => pattern(code, symptom, OWN)),
    ...symptoms(alsoShows).map((symptom) => pattern(code, symptom, SHARED)),
  ]);
}

function pattern(code: ExplainedCode, symptom: Symptom, rank: number): Pattern {
  // Pieces with an even index are texts. Pieces with an odd index are placeholders.
  const pieces = symptom.text.split(PLACEHOLDER);
  const parts = pieces.flatMap((piece, index): Part[] => {
    const text = index % 2 === 0 ? plain(piece) : '';
    return text === '' ? [] : [{ text, after: pieces[index - 1] === '…' ? ELLIPSIS : VALUE }];
  });
  const letters = parts.map(({ text }) => text.replace(/[^a-z0-9]/g, '')).join('');
  return { code, symptom, parts, rank, weight: letters.length };
}

/**
 * Returns the codes of the failures that match a text, the most likely first. Codes that the text contains come
 * first, in the order of the text. Next are failures with a matching pattern that no other failure has, the
 * longest match first. Patterns that several failures share count only if nothing else matches. If two matches
 * overlap, only the better match counts.
 *
 * @param most the maximum number of results
 */
export function matches(
  patterns: readonly Pattern[],
  { text, lineAt }: Pasted,
  most: number,
): readonly Match[] {
  const found = patterns
    .filter(({ weight }) => weight >= MIN_WEIGHT)
    .map((each) => find(each, text))
    .filter((hit) => hit !== null);
  const own = found.filter(({ pattern: { rank } }) => rank > SHARED);
  const hits = (own.length === 0 ? found : own).sort(
    (a, b) => better(a, b) || (a.pattern.rank === CODE ? a.start - b.start : b.start - a.start),
  );
  const kept: (Hit & { readonly code: ExplainedCode })[] = [];
  for (const hit of hits) {
    if (kept.length === most) break;
    const { start, end, pattern } = hit;
    const around = text.slice(Math.max(0, start - AROUND), end + AROUND);
    const code = pattern.rank === CODE ? pattern.code : ofHost(pattern.code, around);
    if (code === null || kept.some((other) => other.code === code)) continue;
    if (kept.some((other) => better(other, hit) < 0 && overlap(other, hit))) continue;
    kept.push({ ...hit, code });
  }
  return kept.map(({ code, pattern: { symptom }, start }) => ({ code, symptom, line: lineAt(start) }));
}

function better(a: Hit, b: Hit): number {
  const { rank } = a.pattern;
  // If both matches are codes, their length does not matter.
  return b.pattern.rank - rank || (rank === CODE ? 0 : b.pattern.weight - a.pattern.weight);
}

function overlap(a: Hit, b: Hit): boolean {
  return a.start < b.end && b.start < a.end;
}

/**
 * Searches for all parts in order, separated by gaps of the allowed length. Returns the last match, because
 * the error is at the end of a log. If the pattern is a failure code, returns the first match, because a report
 * contains the first failure before its consequences.
 */
function find(wanted: Pattern, text: string): Hit | null {
  // A fast test that rejects most patterns: a text rarely contains all parts.
  if (!wanted.parts.every((part) => text.includes(part.text))) return null;
  const [{ text: first } = { text: '' }, ...rest] = wanted.parts;
  const forward = wanted.rank === CODE;
  const after = (place: number) =>
    forward ? text.indexOf(first, place + 1) : place === 0 ? -1 : text.lastIndexOf(first, place - 1);
  for (
    let start = forward ? text.indexOf(first) : text.lastIndexOf(first);
    start >= 0;
    start = after(start)
  ) {
    const end = endOf(rest, text, start + first.length);
    if (end !== null && standsAlone(wanted, text, start, end)) return { pattern: wanted, start, end };
  }
  return null;
}

function endOf(parts: readonly Part[], text: string, from: number): number | null {
  let end = from;
  for (const { text: part, after } of parts) {
    const window = text.slice(end, end + after.reach + part.length);
    const at = window.indexOf(part);
    if (at < 0 || (after.withinSentence && SENTENCE_END.test(window.slice(0, at)))) return null;
    end += at + part.length;
  }
  return end;
}

/**
 * Returns whether the match has word boundaries on both sides. Without this check, a code would match the
 * beginning of a longer code.
 */
function standsAlone({ rank }: Pattern, text: string, start: number, end: number): boolean {
  const before = text.charAt(start - 1);
  const after = text.slice(end, end + 2);
  if (rank === CODE) return !/[a-z0-9.-]/.test(before) && !/^(?:[a-z0-9-]|\.[a-z])/.test(after);
  return (
    !(/[a-z0-9]/.test(before) && /[a-z0-9]/.test(text.charAt(start))) &&
    !(/^[a-z0-9]/.test(after) && /[a-z0-9]/.test(text.charAt(end - 1)))
  );
}
