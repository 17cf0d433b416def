import { htmlEscape } from 'escape-goat';
import { escapeText } from '../escape.ts';

/** Complete, escaped markup. Only the functions `markup` and `trusted` create instances. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

type Value = Markup | string | number | readonly (Markup | string | number)[];

/**
 * Creates HTML or SVG from a template. Every string value is untrusted text. The text is escaped for HTML,
 * and invisible characters become escape sequences. `##[` is also escaped, because a GitHub Actions job may
 * print the file to its log. Values are safe only in elements and quoted attributes.
 */
export function markup(template: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(
    template.reduce((text, piece, index) => {
      const value = values[index - 1];
      return `${text}${value === undefined ? '' : shown(value)}${piece}`;
    }),
  );
}

function shown(value: Value): string {
  if (value instanceof Markup) return value.toString();
  if (typeof value === 'string') return htmlEscape(escapeText(value)).replaceAll('##[', '#&#35;[');
  if (typeof value === 'number') return `${value}`;
  return value.map(shown).join('');
}

/**
 * Creates markup without escaping, for fixed text such as the style sheet. Must not be used for untrusted
 * text.
 */
export function trusted(text: string): Markup {
  return new Markup(text);
}
