/**
 * Waits for two promises. A rejection of the first promise is thrown at once. A rejection of the second
 * promise is thrown after the first has resolved.
 */
export async function sideBySide<First, Second>(
  first: Promise<First>,
  second: Promise<Second>,
): Promise<readonly [First, Second]> {
  second.catch(() => {});
  return [await first, await second];
}
