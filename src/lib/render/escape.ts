const ESC = String.fromCharCode(27);

/**
 * Characters that a terminal interprets or does not show: C0 and C1 controls (including newline),
 * bidirectional controls, invisible characters (such as format characters), line separators, and unpaired
 * surrogates.
 */
const UNSHOWN = '[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]';

const EACH_UNSHOWN = new RegExp(UNSHOWN, 'gu');

interface Marks {
  /**
   * The start of a fedctl color sequence: ESC, `[` and random numbers that this process generates and never
   * prints. Untrusted text cannot contain these numbers, so only sequences with this start are trusted.
   */
  readonly own: string;
  /** Marks the beginning of the text that may be wrapped. Wrapped lines are indented to this position. */
  readonly hang: string;
  readonly eachUnshownOrOwn: RegExp;
}

/**
 * Null until `loadMarks` is called. Output with neither colors nor wrapping needs no marks, and does not load
 * node:crypto.
 */
let marks: Marks | null = null;

/**
 * Creates the marks for this process. Called when the module for colors or the module for wrapping is
 * loaded.
 */
export async function loadMarks(): Promise<void> {
  if (marks !== null) return;
  const { randomInt } = await import('node:crypto');
  const own = `${ESC}[${Array.from({ length: 4 }, () => randomInt(1000, 10_000)).join(';')};`;
  marks ??= {
    own,
    hang: `${own}h`,
    eachUnshownOrOwn: new RegExp(`${own.replace('[', '\\[')}([\\d;]*m)|${UNSHOWN}`, 'gu'),
  };
}

/**
 * Escapes a text that becomes part of a line. For example, replaces ESC with `\u{1b}`.
 *
 * @param text untrusted, without fedctl color sequences
 */
export function escapeText(text: string): string {
  return text.replace(EACH_UNSHOWN, escaped);
}

/** Escapes a line for a terminal or a file. Converts fedctl color sequences to terminal sequences. */
export function escapeLine(line: string): string {
  if (marks === null) return escapeText(line);
  return line.replace(marks.eachUnshownOrOwn, (found, own?: string) =>
    own === undefined ? escaped(found) : `${ESC}[${own}`,
  );
}

/**
 * Escapes text and colors it. Parts of the text may already be colored.
 *
 * @param style a chalk function; chalk continues an outer style after an inner style ends
 * @returns the colored text, in which `escapeLine` keeps the color codes; the unchanged text if no colors are
 * loaded
 */
export function painted(text: string, style: (text: string) => string): string {
  return marks === null ? text : style(escapeLine(text)).replaceAll(`${ESC}[`, marks.own);
}

/** Marks the last part of a line as text that may be wrapped at spaces. An Output removes the mark. */
export function hanging(text: string): string {
  return marks === null ? text : `${marks.hang}${text}`;
}

/**
 * Splits a line into two parts. The second part is the text that may be wrapped, or null if nothing may be
 * wrapped.
 */
export function splitAtHang(line: string): readonly [before: string, text: string | null] {
  if (marks === null) return [line, null];
  const [before = '', ...rest] = line.split(marks.hang);
  return [before, rest.length === 0 ? null : rest.join('')];
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
