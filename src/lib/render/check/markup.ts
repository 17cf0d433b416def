import { htmlEscape } from 'escape-goat';
import { escapeText } from '../escape.ts';

/** Markup that is known to be whole and escaped: only `markup` and `trusted` make it. */
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
 * HTML or SVG from a template. Every value that is no Markup is text from outside: what is invisible is written out,
 * and it is escaped for elements and for quoted attributes, and for GitHub Actions, whose log may show the file. Never put a value anywhere else.
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

/** Text of fedctl's own, such as its style sheet. Never with anything from outside in it. */
export function trusted(text: string): Markup {
  return new Markup(text);
}
