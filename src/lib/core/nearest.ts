/**
 * Returns the known word that is most similar to a misspelled word. Returns null if more than a third of the
 * letters differ.
 */
export function nearest(word: string, known: readonly string[]): string | null {
  const near = known.filter((one) => Math.abs(one.length - word.length) <= limit(word, one));
  const distances = near.map((one) => [distance(word.toLowerCase(), one.toLowerCase()), one] as const);
  const [best] = distances.sort(([a], [b]) => a - b);
  if (best === undefined) return null;
  const [edits, one] = best;
  return edits <= limit(word, one) ? one : null;
}

function limit(word: string, one: string): number {
  return Math.max(1, Math.ceil(Math.max(word.length, one.length) / 3));
}

/** Returns the edit distance: the number of letters to change, add, remove or swap with the next letter. */
function distance(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    rows.push(current);
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (same ? 0 : 1),
          swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(one.length, other.length);
}
