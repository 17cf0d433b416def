/**
 * Returns the code of an error of Node.js or of the system, such as `ENOENT`; empty if the error has no code.
 */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
