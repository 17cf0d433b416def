import type { FailureCode } from '../failures/failures.ts';

/**
 * One reason why a token is rejected. Programs use `code` and `claim`; `expected` and `seen` are for people.
 */
export interface Fault {
  readonly code: Extract<FailureCode, `jwt.${string}`>;
  /** The invalid claim or header parameter; null for the signature and for the whole text. */
  readonly claim: string | null;
  readonly expected: string;
  /** The value in the token; null if missing. Must be escaped before it is printed on a terminal. */
  readonly seen: string | null;
}

const MAX_SHOWN = 500;

/**
 * Converts an untrusted value to text: strings unchanged, anything else as JSON; null if the value is
 * missing. Very long text is truncated.
 */
export function shown(value: unknown): string | null {
  if (value === undefined) return null;
  return cut(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Like `shown`, for a value of the wrong type: a string keeps its quotes. */
export function shownAsJson(value: unknown): string | null {
  return value === undefined ? null : cut(JSON.stringify(value));
}

/** Truncates an untrusted text to the length that a message or a report allows. */
export function cut(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
