/**
 * Waits for two things that are under way. A failure of the first is the answer at once, whatever becomes of the second;
 * a failure of the second is the answer once the first is done.
 */
export async function sideBySide<First, Second>(
  first: Promise<First>,
  second: Promise<Second>,
): Promise<readonly [First, Second]> {
  second.catch(() => {});
  return [await first, await second];
}
