const ESC = String.fromCharCode(27);

/**
 * Characters that a terminal interprets or does not show: C0 and C1 controls (including newline),
 * bidirectional controls, format and other invisible characters, line separators, and unpaired surrogates.
 */
const UNSHOWN = '[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]';

const EACH_UNSHOWN = new RegExp(UNSHOWN, 'gu');

interface Marks {
  /**
   * The start of a fedctl colour sequence: ESC, `[` and random numbers of this process, which are never
   * printed. Untrusted text cannot contain these numbers, so all other sequences are untrusted.
   */
  readonly own: string;
  /** Marks where the text of a line begins. Wrapped lines are indented to this position. */
  readonly hang: string;
  readonly eachUnshownOrOwn: RegExp;
}

/** Null for plain output without wrapping, which has no marks and does not load node:crypto. */
let marks: Marks | null = null;

/** Creates the marks of this process. The functions that load colours and wrapping call it. */
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
 * Escapes a text as part of one line: `\u{1b}` instead of the character.
 *
 * @param text untrusted, without fedctl colour sequences
 */
export function escapeText(text: string): string {
  return text.replace(EACH_UNSHOWN, escaped);
}

/** Escapes a line for a terminal or a file. fedctl colour sequences become terminal sequences. */
export function escapeLine(line: string): string {
  if (marks === null) return escapeText(line);
  return line.replace(marks.eachUnshownOrOwn, (found, own?: string) =>
    own === undefined ? escaped(found) : `${ESC}[${own}`,
  );
}

/**
 * Colours a text, parts of which may already be coloured.
 *
 * @param style a function of chalk, so that an outer style continues after an inner style ends
 * @returns the escaped text with a colour that `escapeLine` keeps; the unchanged text if no colours are loaded
 */
export function painted(text: string, style: (text: string) => string): string {
  return marks === null ? text : style(escapeLine(text)).replaceAll(`${ESC}[`, marks.own);
}

/** Marks the rest of a line as text that may be wrapped at spaces. An Output removes the mark. */
export function hanging(text: string): string {
  return marks === null ? text : `${marks.hang}${text}`;
}

/**
 * Splits a line into the part before the text that may be wrapped, and this text. The text is null if nothing
 * may be wrapped.
 */
export function splitAtHang(line: string): readonly [before: string, text: string | null] {
  if (marks === null) return [line, null];
  const [before = '', ...rest] = line.split(marks.hang);
  return [before, rest.length === 0 ? null : rest.join('')];
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
