import type { Theme } from './theme.ts';

export type Row = readonly [label: string, value: string];

/**
 * Labels and values in two columns, two blanks in. A value without blanks is never cut, so that it can be copied.
 */
export function block(rows: readonly Row[], theme: Theme): readonly string[] {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `  ${theme.dim(label.padEnd(width))}  ${theme.prose(value)}`);
}
