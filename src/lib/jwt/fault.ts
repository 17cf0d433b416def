import type { FailureCode } from '../failures/failures.ts';

/** One reason why a token is not accepted: data for programs, with `expected` and `seen` for people. */
export interface Fault {
  readonly code: Extract<FailureCode, `jwt.${string}`>;
  /** The claim or header parameter it is about; null for the signature and for the text as a whole. */
  readonly claim: string | null;
  readonly expected: string;
  /** What the token has, or null where it has nothing. Not safe to show on a terminal as it is. */
  readonly seen: string | null;
}

const MAX_SHOWN = 500;

/** A value that somebody else wrote as text: strings as they are, anything else as JSON; null when it is absent. Cut when very long. */
export function shown(value: unknown): string | null {
  if (value === undefined) return null;
  return cut(typeof value === 'string' ? value : JSON.stringify(value));
}

/** The same where the type is what is wrong: a string keeps its quotes. */
export function shownAsJson(value: unknown): string | null {
  return value === undefined ? null : cut(JSON.stringify(value));
}

/** As much of a text of somebody else as a message or a report may hold. */
export function cut(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
