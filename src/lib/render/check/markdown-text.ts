import { htmlEscape } from 'escape-goat';
import { escapeText } from '../escape.ts';

/**
 * Characters that Markdown, its tables, or a forge (mentions, references, links, formulas) would interpret.
 */
const ACTIVE = /[`*_[\]#|~:@$\\!%]/g;

/**
 * Escapes untrusted text for a line or a cell: one line, without markup, links, table borders, HTML or
 * mentions. Character references never count as syntax (CommonMark, section 2.5).
 */
export function markdownText(text: string): string {
  return htmlEscape(escapeText(text))
    .replace(ACTIVE, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/www\./gi, (www) => `${www.slice(0, 3)}&#46;`);
}

/**
 * Formats an untrusted value as code, in which forges look for no mentions. An invisible mark breaks email
 * addresses, because GitHub's parser finds addresses in decoded text.
 */
export function markdownCode(text: string): string {
  return `<code>${markdownText(text).replaceAll('&#64;', '&#64;<wbr>')}</code>`;
}

/** Formats untrusted lines as a code block whose fence is longer than any run of backticks inside. */
export function markdownBlock(lines: readonly string[]): readonly string[] {
  const runs = lines.flatMap((line) => line.match(/`+/g) ?? []).map(({ length }) => length);
  const fence = '`'.repeat(Math.max(3, ...runs.map((length) => length + 1)));
  return [fence, ...lines, fence];
}
