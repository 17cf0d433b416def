import type { Theme } from '../../lib/render/theme.ts';

/** Formats two columns, the second of which is prose. */
export function rows(
  table: readonly (readonly [name: string, text: string])[],
  theme: Theme,
): readonly string[] {
  const width = Math.max(...table.map(([name]) => name.length));
  return table.map(([name, text]) => `  ${name.padEnd(width)}  ${theme.prose(text)}`);
}
