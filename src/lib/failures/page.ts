import type { REPORTED } from './catalogue.generated.ts';
import type { FailureCode } from './failures.ts';

/** A code that `explain` has a page for: one that fedctl raises, or one that only other programs report. */
export type ExplainedCode = FailureCode | (typeof REPORTED)[number];

/**
 * Texts by who prints them: `AWS STS`, `Node.js driver`, `PyMongo`, `OpenSSL`, `Atlas API`, `mongod` …, as they are
 * printed in the field. `<angle brackets>` stand for a value that differs from case to case, within one sentence. `…`
 * stands for anything on the way from the program that speaks to its reason: what other programs print as well counts
 * only where the first part speaks for MongoDB or AWS.
 */
export type Texts = Readonly<Record<string, readonly string[]>>;

/** What docs/failures/<code>.md says. */
export interface PageText {
  readonly title: string;
  /** What fedctl ends with; null where fedctl never raises the code itself. */
  readonly exit: number | null;
  /** Where a code that fedctl does not raise was reported. */
  readonly reported: string | null;
  readonly cause: string;
  readonly remedy: string;
  /** What it means, in a few sentences. */
  readonly meaning: string;
  /** How it shows. By these texts `explain -` finds the code in a log. */
  readonly shows: Texts;
  /** Texts that others print for other reasons too: in a log they count only where nothing better is said. */
  readonly alsoShows: Texts;
  /** What really causes it, the likeliest first. */
  readonly causes: readonly string[];
  /** How to tell it from codes that readers confuse it with. */
  readonly apart: Readonly<Partial<Record<ExplainedCode, string>>>;
  /** What to type, in this order. Each line works in a shell once `<angle brackets>` are filled in. */
  readonly commands: readonly string[];
  /** Where the facts are from: documentation, RFC sections, issues, by URL or by name. */
  readonly sources: readonly string[];
}

/** One text and who prints it. */
export interface Symptom {
  readonly from: string;
  readonly text: string;
}

/** The texts one by one, in their order. */
export function symptoms(texts: Texts): readonly Symptom[] {
  return Object.entries(texts).flatMap(([from, said]) => said.map((text) => ({ from, text })));
}
