import type { FailureCode } from '../failures/failures.ts';

/** One reason why a token is rejected: data for programs, with `expected` and `seen` for people. */
export interface Fault {
  readonly code: Extract<FailureCode, `jwt.${string}`>;
  /** The claim or header parameter at fault; null for the signature and for the whole text. */
  readonly claim: string | null;
  readonly expected: string;
  /** The value in the token; null when it is missing. Not safe to print on a terminal without escaping. */
  readonly seen: string | null;
}

const MAX_SHOWN = 500;

/**
 * Converts an untrusted value to text: strings unchanged, anything else as JSON; null when it is absent. Very
 * long text is cut.
 */
export function shown(value: unknown): string | null {
  if (value === undefined) return null;
  return cut(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Like `shown`, for a value of the wrong type: a string keeps its quotes. */
export function shownAsJson(value: unknown): string | null {
  return value === undefined ? null : cut(JSON.stringify(value));
}

/** Cuts an untrusted text to the length that a message or a report allows. */
export function cut(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
