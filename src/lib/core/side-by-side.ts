/**
 * Waits for two promises. Throws at once if the first promise rejects. If the second promise rejects, throws
 * after the first promise has resolved.
 */
export async function sideBySide<First, Second>(
  first: Promise<First>,
  second: Promise<Second>,
): Promise<readonly [First, Second]> {
  second.catch(() => {});
  return [await first, await second];
}
