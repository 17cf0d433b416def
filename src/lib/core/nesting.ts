/** AWS nests three deep, and a printer that is recursive fails at some thousands. */
export const MAX_NESTING = 32;

/** Whether JSON that somebody else wrote is nested so deep that printing it would exhaust the stack. */
export function isTooDeep(value: object): boolean {
  // Level by level, because recursion is what a deep value is there to break.
  let level: readonly object[] = [value];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MAX_NESTING) return true;
    level = level
      .flatMap((node) => Object.values(node) as unknown[])
      .filter((child) => typeof child === 'object' && child !== null);
  }
  return false;
}
