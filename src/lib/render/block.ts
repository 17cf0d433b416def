import type { Theme } from './theme.ts';

export type Row = readonly [label: string, value: string];

/**
 * Formats labels and values in two columns, indented by two spaces. A value without spaces is not wrapped, so
 * that users can copy the value.
 */
export function block(rows: readonly Row[], theme: Theme): readonly string[] {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `  ${theme.dim(label.padEnd(width))}  ${theme.prose(value)}`);
}
