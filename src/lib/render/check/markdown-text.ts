import { htmlEscape } from 'escape-goat';
import { escapeText } from '../escape.ts';

/**
 * Characters that Markdown, GitHub or GitLab would interpret, for example as table borders, mentions,
 * references, links or formulas.
 */
const ACTIVE = /[`*_[\]#|~:@$\\!%]/g;

/**
 * Escapes untrusted text. The result is one line in which nothing is interpreted as markup, a link, a table
 * border, HTML or a mention. Uses character references, which Markdown never interprets as syntax
 * (CommonMark, section 2.5).
 */
export function markdownText(text: string): string {
  return htmlEscape(escapeText(text))
    .replace(ACTIVE, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/www\./gi, (www) => `${www.slice(0, 3)}&#46;`);
}

/**
 * Formats an untrusted value as inline code, where GitHub and GitLab ignore mentions. Inserts an invisible
 * character into email addresses, because GitHub creates links for addresses even in escaped text.
 */
export function markdownCode(text: string): string {
  return `<code>${markdownText(text).replaceAll('&#64;', '&#64;<wbr>')}</code>`;
}

/**
 * Formats untrusted lines as a code block. The fence has more backticks than any sequence of backticks in the
 * lines.
 */
export function markdownBlock(lines: readonly string[]): readonly string[] {
  const runs = lines.flatMap((line) => line.match(/`+/g) ?? []).map(({ length }) => length);
  const fence = '`'.repeat(Math.max(3, ...runs.map((length) => length + 1)));
  return [fence, ...lines, fence];
}
