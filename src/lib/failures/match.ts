import { ofHost } from './host-owner.ts';
import { type ExplainedCode, type PageText, type Symptom, symptoms } from './page.ts';
import { type Pasted, plain } from './pasted.ts';

/** A code that a text speaks of, and why. */
export interface Match {
  readonly code: ExplainedCode;
  /** The known text that was found; `fedctl` itself where the code was named. */
  readonly symptom: Symptom;
  /** Where it begins in what was pasted, from 1. */
  readonly line: number;
}

/** What one known text looks like. */
interface Pattern {
  readonly code: ExplainedCode;
  readonly symptom: Symptom;
  /** What stands between the placeholders. */
  readonly parts: readonly Part[];
  /** What was found: CODE, OWN or SHARED. */
  readonly rank: number;
  /** How much of it is fixed: letters and digits. */
  readonly weight: number;
}

interface Part {
  readonly text: string;
  /** What stood in front of it: a value, or an ellipsis. */
  readonly after: Gap;
}

interface Gap {
  /** How many characters it may stand for. */
  readonly reach: number;
  /** It does not run on into another sentence. */
  readonly withinSentence: boolean;
}

interface Hit {
  readonly pattern: Pattern;
  readonly start: number;
  readonly end: number;
}

/** The code itself, a text of its own, one that it shares: the more, the surer. */
const CODE = 2;
const OWN = 1;
const SHARED = 0;
/** `<a value>` */
const VALUE: Gap = { reach: 240, withinSentence: true };
/** `…`: what is told on the way to the reason, such as a stack trace. */
const ELLIPSIS: Gap = { reach: 2000, withinSentence: false };
/** Less than this is no text to know a failure by. */
const MIN_WEIGHT = 8;
/** How far from a failure of the network the host may stand that it is about. */
const AROUND = 200;
const PLACEHOLDER = /(<[^<>]*>|…)/;
const SENTENCE_END = /[.!?] /;

/** What the texts of pages look like. */
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
  // Text and placeholders take turns.
  const pieces = symptom.text.split(PLACEHOLDER);
  const parts = pieces.flatMap((piece, index): Part[] => {
    const text = index % 2 === 0 ? plain(piece) : '';
    return text === '' ? [] : [{ text, after: pieces[index - 1] === '…' ? ELLIPSIS : VALUE }];
  });
  const letters = parts.map(({ text }) => text.replace(/[^a-z0-9]/g, '')).join('');
  return { code, symptom, parts, rank, weight: letters.length };
}

/**
 * The codes that a text speaks of, the likeliest first: those that it names, in their order, then those whose own texts
 * it holds, the longest first; where there are none, those with texts that they share. Of two on the same words, the
 * better counts.
 *
 * @param most how many at most
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
  // That a code has a longer name says nothing.
  return b.pattern.rank - rank || (rank === CODE ? 0 : b.pattern.weight - a.pattern.weight);
}

function overlap(a: Hit, b: Hit): boolean {
  return a.start < b.end && b.start < a.end;
}

/**
 * The last place where the parts stand one after another, no further apart than the placeholders reach: in a log the
 * error stands at the end. Of a code the first: a report names the broken link before what follows from it.
 */
function find(wanted: Pattern, text: string): Hit | null {
  // Most are not there at all, and that is found out fastest this way.
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

/** Words are whole words, and a code is not the beginning of another. */
function standsAlone({ rank }: Pattern, text: string, start: number, end: number): boolean {
  const before = text.charAt(start - 1);
  const after = text.slice(end, end + 2);
  if (rank === CODE) return !/[a-z0-9.-]/.test(before) && !/^(?:[a-z0-9-]|\.[a-z])/.test(after);
  return (
    !(/[a-z0-9]/.test(before) && /[a-z0-9]/.test(text.charAt(start))) &&
    !(/^[a-z0-9]/.test(after) && /[a-z0-9]/.test(text.charAt(end - 1)))
  );
}
