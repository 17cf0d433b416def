/** Factors of a test by name, each with its values. */
export type Factors = Readonly<Record<string, readonly unknown[]>>;

/**
 * Returns combinations in which each value of a factor meets each value of every other factor at least once.
 *
 * Greedy: each combination starts with an uncovered pair, and adds the values that cover the most other pairs.
 */
export function pairwise<Of extends Factors>(
  factors: Of,
): readonly { readonly [Name in keyof Of]: Of[Name][number] }[] {
  const names = Object.keys(factors);
  const missing = new Set<string>();
  const pair = (a: number, x: number, b: number, y: number) =>
    a < b ? `${a} ${x} ${b} ${y}` : `${b} ${y} ${a} ${x}`;
  const sizes = names.map((name) => factors[name]?.length ?? 0);
  sizes.forEach((size, a) => {
    for (let b = a + 1; b < sizes.length; b++) {
      for (let x = 0; x < size; x++) for (let y = 0; y < (sizes[b] ?? 0); y++) missing.add(pair(a, x, b, y));
    }
  });
  const combinations: (readonly number[])[] = [];
  while (missing.size > 0) {
    const [first = ''] = missing;
    const [a = 0, x = 0, b = 0, y = 0] = first.split(' ').map(Number);
    const chosen = new Map([
      [a, x],
      [b, y],
    ]);
    sizes.forEach((size, factor) => {
      if (chosen.has(factor)) return;
      const gain = (value: number) =>
        [...chosen].filter(([other, taken]) => missing.has(pair(other, taken, factor, value))).length;
      // Values that cover equally many pairs alternate.
      const values = [...Array(size).keys()].map((value) => (value + combinations.length) % size);
      chosen.set(
        factor,
        values.reduce((best, value) => (gain(value) > gain(best) ? value : best)),
      );
    });
    for (const [one, value] of chosen) {
      for (const [other, taken] of chosen) if (one < other) missing.delete(pair(one, value, other, taken));
    }
    combinations.push(sizes.map((_, factor) => chosen.get(factor) ?? 0));
  }
  return combinations.map(
    (values) =>
      // Each factor now has one of its values.
      Object.fromEntries(names.map((name, at) => [name, factors[name]?.[values[at] ?? 0]])) as {
        readonly [Name in keyof Of]: Of[Name][number];
      },
  );
}
