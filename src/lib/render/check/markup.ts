import { htmlEscape } from 'escape-goat';
import { escapeText } from '../escape.ts';

/** Markup that is complete and escaped: only `markup` and `trusted` create it. */
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
 * Creates HTML or SVG from a template. Every value that is not Markup is untrusted text: invisible characters
 * are written out, and it is escaped for elements, for quoted attributes, and for GitHub Actions, whose log
 * may show the file. Values must not be used in any other position.
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

/** Marks fedctl's own text, such as its style sheet. Must never contain untrusted text. */
export function trusted(text: string): Markup {
  return new Markup(text);
}
