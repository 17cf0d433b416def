import type { FailureCode } from '../failures/failures.ts';

/**
 * One reason why a token is rejected. `code` and `claim` are for programs. `expected` and `seen` are for
 * people.
 */
export interface Fault {
  readonly code: Extract<FailureCode, `jwt.${string}`>;
  /** The invalid claim or header parameter; null if the fault is in the signature or in the token as a whole. */
  readonly claim: string | null;
  readonly expected: string;
  /**
   * The value in the token; null if the value is missing. Must be escaped before it is printed on a terminal.
   */
  readonly seen: string | null;
}

const MAX_SHOWN = 500;

/**
 * Converts an untrusted value to text. Strings remain unchanged, and other values are converted to JSON.
 * Returns null if the value is missing. Long text is truncated.
 */
export function shown(value: unknown): string | null {
  if (value === undefined) return null;
  return cut(typeof value === 'string' ? value : JSON.stringify(value));
}

/**
 * Converts an untrusted value to JSON. Returns null if the value is missing. Used for a value of the wrong
 * type, because the quotation marks in JSON show that a value is a string.
 */
export function shownAsJson(value: unknown): string | null {
  return value === undefined ? null : cut(JSON.stringify(value));
}

/** Truncates an untrusted text to the length that a message or a report allows. */
export function cut(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
