import { htmlEscape } from 'escape-goat';
import { escapeText } from '../escape.ts';

/** What Markdown, a table of it, or a forge (mentions, references, links, formulas) would act on. */
const ACTIVE = /[`*_[\]#|~:@$\\!%]/g;

/**
 * Text from outside for a line or a cell: one line, and no markup, link, table border, HTML or mention. References to
 * characters never count as syntax (CommonMark, section 2.5).
 */
export function markdownText(text: string): string {
  return htmlEscape(escapeText(text))
    .replace(ACTIVE, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/www\./gi, (www) => `${www.slice(0, 3)}&#46;`);
}

/**
 * A value from outside, as code: forges look for no mentions in there. An address is broken by a mark that is not shown,
 * as GitHub's parser finds addresses in decoded text.
 */
export function markdownCode(text: string): string {
  return `<code>${markdownText(text).replaceAll('&#64;', '&#64;<wbr>')}</code>`;
}

/** Lines from outside in a block of code whose fence is longer than any run of backticks inside. */
export function markdownBlock(lines: readonly string[]): readonly string[] {
  const runs = lines.flatMap((line) => line.match(/`+/g) ?? []).map(({ length }) => length);
  const fence = '`'.repeat(Math.max(3, ...runs.map((length) => length + 1)));
  return [fence, ...lines, fence];
}
