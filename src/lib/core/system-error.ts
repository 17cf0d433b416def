/**
 * Returns the code of a Node.js or system error, such as `ENOENT`; an empty string if the error has no code.
 */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
