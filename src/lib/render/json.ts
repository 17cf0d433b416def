import type { Redactor } from '../core/redactor.ts';
import type { Secret } from '../core/secret.ts';

/**
 * What a terminal would act on or nobody sees, and `##[`, on which GitHub Actions acts anywhere in a line: JSON allows
 * all of them in a text.
 */
const ACTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?<=#)#(?=\[)/gu;

/** A document that an Output writes as one line of JSON. */
export class JsonLine {
  readonly #document: object;

  constructor(document: object) {
    this.#document = document;
  }

  /** Without the secrets of the run; those that are disclosed stay. */
  written(redactor: Redactor, discloses: readonly Secret[]): string {
    return jsonText(redactor.redactAll(this.#document, discloses));
  }
}

/**
 * Writes a document as one line of JSON. What would act is escaped, so that the claim of an attacker is as harmless on a
 * screen as in a parser; every parser reads it back unchanged (RFC 8259, section 7).
 */
export function jsonText(document: object): string {
  return JSON.stringify(document).replace(ACTIVE, (character) =>
    Array.from({ length: character.length }, (_, index) => {
      return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
    }).join(''),
  );
}
