/**
 * Waits for two promises. A failure of the first is thrown at once. A failure of the second is thrown after
 * the first has resolved.
 */
export async function sideBySide<First, Second>(
  first: Promise<First>,
  second: Promise<Second>,
): Promise<readonly [First, Second]> {
  second.catch(() => {});
  return [await first, await second];
}
