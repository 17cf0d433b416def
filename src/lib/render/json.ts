/** Control, bidirectional and invisible characters that JSON allows in a text, but a terminal would act on. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * A document as one line of JSON. What a terminal would act on is written as an escape, so that a claim of an attacker
 * is as harmless on a screen as in a parser; every parser reads it back unchanged (RFC 8259, section 7).
 */
export function jsonLine(document: object): string {
  const text = JSON.stringify(document).replace(UNSHOWN, (character) =>
    Array.from({ length: character.length }, (_, index) => {
      return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
    }).join(''),
  );
  return `${text}\n`;
}
