import type { Theme } from '../../lib/render/theme.ts';

/** Formats a table with two columns. The second column contains prose. */
export function rows(
  table: readonly (readonly [name: string, text: string])[],
  theme: Theme,
): readonly string[] {
  const width = Math.max(...table.map(([name]) => name.length));
  return table.map(([name, text]) => `  ${name.padEnd(width)}  ${theme.prose(text)}`);
}
