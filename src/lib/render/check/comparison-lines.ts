import type { Comparison } from '../../core/check-run.ts';
import type { Theme } from '../theme.ts';
import { difference, nearest, type Span, visible, visiblePiece } from './difference.ts';

/** The length of the longest label, `expected`. */
const LABEL_WIDTH = 8;

/**
 * Formats comparisons as a table: the actual value above the expected value and its source. A separate line
 * underlines the difference, so that the difference is visible without color. Each value is complete and on
 * one line, so that users can copy the value.
 */
export function comparisonLines(comparisons: readonly Comparison[], indent: string, theme: Theme): string[] {
  const width = Math.max(0, ...comparisons.map(({ what }) => what.length));
  return comparisons.flatMap((comparison) => {
    const [first = '', ...rest] = rows(comparison, theme, indent.length + width + 2);
    return [`${indent}${theme.strong(comparison.what.padEnd(width))}  ${first}`, ...rest];
  });
}

/**
 * Returns the rows of one comparison. The first row starts in column `column`; the other rows are indented to
 * the same column.
 */
function rows({ what: _, ...comparison }: Comparison, theme: Theme, column: number): string[] {
  const { seen, expected, by, matches } = comparison;
  const pad = ' '.repeat(column);
  const row = (label: string, value: string, more: string) =>
    `${theme.dim(label.padEnd(LABEL_WIDTH))}  ${theme.prose(`${value}${more === '' ? '' : `  ${theme.dim(more)}`}`)}`;
  const who = by;
  if (expected.length === 0) {
    // fedctl does not know the expected value. The row names the source of the expected value, and the user
    // must compare the actual value with that source.
    return [
      row('seen', seen === null ? 'nothing' : visible(seen), by === '' ? '' : `to compare with ${who}`),
    ];
  }
  if (matches) return [row('matches', seen === null ? 'nothing' : visible(seen), who)];
  const likest = seen === null ? null : nearest(seen, expected);
  if (seen === null || likest === null) {
    return [
      row('seen', seen === null ? 'nothing' : visible(seen), ''),
      ...expected.map((value) => pad + row('expected', visible(value), who)),
    ];
  }
  const apart = difference(seen, likest);
  const under = (span: Span) => `${pad}${' '.repeat(LABEL_WIDTH + 2)}${underline(span, theme)}`;
  const others = expected.filter((value) => value !== likest);
  return [
    row('seen', painted(apart.seen, theme.bad, theme), ''),
    under(apart.seen),
    pad + row('expected', painted(apart.expected, theme.good, theme), who),
    under(apart.expected),
    ...others.map((value) => pad + row('or', visible(value), who)),
    ...(apart.note === null ? [] : [`${pad}${theme.prose(theme.caution(apart.note))}`]),
  ];
}

function painted({ before, differs, after }: Span, color: Theme['bad'], theme: Theme): string {
  const piece = differs === '' ? '' : theme.underlined(color(visiblePiece(differs)));
  return `${visible(before)}${piece}${visible(after)}`;
}

/** Draws `~~~~` under the difference, or `^` at the position where only the other value has text. */
function underline({ before, differs }: Span, theme: Theme): string {
  const tildes = '~'.repeat(visiblePiece(differs).length);
  return `${' '.repeat(visible(before).length)}${theme.caution(tildes === '' ? '^' : tildes)}`;
}
