import type { Redactor } from '../core/redactor.ts';
import type { Secret } from '../core/secret.ts';

/**
 * Matches characters that a terminal interprets or does not show, and the second `#` of `##[`. GitHub Actions
 * interprets `##[` anywhere in a line.
 */
const ACTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?<=#)#(?=\[)/gu;

/** A document that an Output writes as one line of JSON. */
export class JsonLine {
  readonly #document: object;

  constructor(document: object) {
    this.#document = document;
  }

  /** Returns the document as JSON. Removes the secrets of the run, but keeps the secrets in `discloses`. */
  written(redactor: Redactor, discloses: readonly Secret[]): string {
    return jsonText(redactor.redactAll(this.#document, discloses));
  }
}

/**
 * Formats a document as one line of JSON. Escapes characters that a terminal or GitHub Actions would
 * interpret, because claims are untrusted. Every JSON parser restores the original characters (RFC 8259,
 * section 7).
 */
export function jsonText(document: object): string {
  return JSON.stringify(document).replace(ACTIVE, (character) =>
    Array.from({ length: character.length }, (_, index) => {
      return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
    }).join(''),
  );
}
