/**
 * The maximum nesting depth of JSON from other programs. JSON documents from AWS have at most three levels.
 * Recursive functions that print JSON fail at several thousand levels.
 */
export const MAX_NESTING = 32;

/**
 * Returns whether untrusted JSON exceeds the maximum nesting depth. Printing deeply nested JSON could exhaust
 * the stack.
 */
export function isTooDeep(value: object): boolean {
  // This function uses a loop, because recursion could exhaust the stack.
  let level: readonly object[] = [value];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MAX_NESTING) return true;
    level = level
      .flatMap((node) => Object.values(node) as unknown[])
      .filter((child) => typeof child === 'object' && child !== null);
  }
  return false;
}
