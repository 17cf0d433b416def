import type { FailureCode } from '../failures.ts';

/** A text by which a failure shows, as it is printed in the field. */
export interface Symptom {
  /** Who prints it: `AWS STS`, `Node.js driver`, `PyMongo`, `OpenSSL`, `Atlas`, `fedctl` … */
  readonly from: string;
  /** The text; `<angle brackets>` stand for whatever differs from case to case. */
  readonly text: string;
}

/** What there is to know about a failure beyond its row in the catalogue (title, cause, remedy, exit code). */
export interface Explanation {
  /** What it means, in a few sentences. */
  readonly meaning: string;
  readonly shows: readonly Symptom[];
  /** What really causes it, the likeliest first. */
  readonly causes: readonly string[];
  /** How to tell it from its nearest neighbours: two of them. */
  readonly apart: readonly { readonly code: FailureCode; readonly how: string }[];
  /** What to type, in this order. Each line works in a shell once `<angle brackets>` are filled in. */
  readonly type: readonly string[];
  /** Where the facts are from: documentation, RFC sections, issues, by URL or by name. */
  readonly sources: readonly string[];
  /** Whether a test provokes it through the real path, or it is known from reports only: then from which. */
  readonly evidence: 'provoked' | { readonly fieldReport: string };
}
