/**
 * What a terminal might act on instead of showing: C0 and C1 control characters (ESC and CSI among them), the
 * bidirectional controls that reorder what is read, invisible format characters, and halves of surrogate pairs.
 */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Text from outside (a claim, an issuer's answer, a file's name), safe to show on a terminal: what is invisible or
 * would steer the terminal is written as an escape, `\u{1b}`. One line stays one line.
 */
export function printable(text: string): string {
  return text.replace(UNSHOWN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
