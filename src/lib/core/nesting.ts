/**
 * The maximum nesting of JSON from other programs. AWS documents have at most three levels. A recursive
 * printer fails at some thousands.
 */
export const MAX_NESTING = 32;

/** Returns whether untrusted JSON is nested so deeply that printing it could exhaust the stack. */
export function isTooDeep(value: object): boolean {
  // The loop proceeds level by level, because recursion would exhaust the stack.
  let level: readonly object[] = [value];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MAX_NESTING) return true;
    level = level
      .flatMap((node) => Object.values(node) as unknown[])
      .filter((child) => typeof child === 'object' && child !== null);
  }
  return false;
}
