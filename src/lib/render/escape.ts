import { randomInt } from 'node:crypto';

const ESC = String.fromCharCode(27);

/**
 * Begins a colour of fedctl: ESC, `[` and numbers drawn for this process, which are never written anywhere. Text from
 * outside cannot contain it, so whatever else a text contains was not meant by fedctl.
 */
const OWN = `${ESC}[${Array.from({ length: 4 }, () => randomInt(1000, 10_000)).join(';')};`;

/**
 * Characters that a terminal acts on, or that nobody sees: C0 and C1 controls (newline included), bidirectional
 * controls, format and other invisible characters, line separators, and halves of surrogate pairs.
 */
const UNSHOWN = '[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]';

/** Marks where the text of a line begins, under which it goes on where it is wrapped. */
const HANG = `${OWN}h`;

const EACH_UNSHOWN = new RegExp(UNSHOWN, 'gu');
const EACH_UNSHOWN_OR_OWN = new RegExp(`${OWN.replace('[', '\\[')}([\\d;]*m)|${UNSHOWN}`, 'gu');

/**
 * Escapes a text so that it can be shown as part of one line: `\u{1b}` instead of the character.
 *
 * @param text from anywhere, without colours of fedctl
 */
export function escapeText(text: string): string {
  return text.replace(EACH_UNSHOWN, escaped);
}

/** Escapes a line for a terminal or a file. Colours of fedctl become the sequences that a terminal knows. */
export function escapeLine(line: string): string {
  return line.replace(EACH_UNSHOWN_OR_OWN, (found, own?: string) =>
    own === undefined ? escaped(found) : `${ESC}[${own}`,
  );
}

/**
 * Paints a text, which may be painted in parts already.
 *
 * @param style a function of chalk, so that an outer style goes on after an inner one has ended
 * @returns the text in a colour that `escapeLine` lets through; what else it contains is escaped
 */
export function painted(text: string, style: (text: string) => string): string {
  return style(escapeLine(text)).replaceAll(`${ESC}[`, OWN);
}

/** Marks the rest of a line as text that may be wrapped by words; an Output removes the mark. */
export function hanging(text: string): string {
  return `${HANG}${text}`;
}

/** A line in two: what stands before the text that may be wrapped, and that text; null where nothing may be. */
export function splitAtHang(line: string): readonly [before: string, text: string | null] {
  const [before = '', ...rest] = line.split(HANG);
  return [before, rest.length === 0 ? null : rest.join('')];
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
