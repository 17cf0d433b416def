/** AWS nests three levels deep. A recursive printer fails at some thousands. */
export const MAX_NESTING = 32;

/** Returns whether JSON from outside is nested so deeply that printing it would exhaust the stack. */
export function isTooDeep(value: object): boolean {
  // Level by level, because recursion would exhaust the stack on a deep value.
  let level: readonly object[] = [value];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MAX_NESTING) return true;
    level = level
      .flatMap((node) => Object.values(node) as unknown[])
      .filter((child) => typeof child === 'object' && child !== null);
  }
  return false;
}
