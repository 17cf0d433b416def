import type { Theme } from './theme.ts';

export type Row = readonly [label: string, value: string];

/**
 * Labels and values in two columns, two blanks in. Values are shown as one line each and never cut or wrapped, so that
 * they can be copied.
 */
export function block(rows: readonly Row[], theme: Theme): readonly string[] {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `  ${theme.dim(label.padEnd(width))}  ${value}`);
}
