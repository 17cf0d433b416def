import { join, parse } from 'node:path';

/**
 * Returns a file name that does not exist yet, such as `fedctl-2.yaml` for `fedctl.yaml`. Tries increasing
 * numbers. Returns null if several attempts find no free name.
 */
export async function freeName(
  name: string,
  isThere: (name: string) => Promise<boolean>,
): Promise<string | null> {
  const { dir, name: stem, ext } = parse(name);
  for (let number = 2; number < 100; number += 1) {
    const other = join(dir, `${stem}-${number}${ext}`);
    if (!(await isThere(other))) return other;
  }
  return null;
}
