import type { FailureCode } from '../failures.ts';
import type { FieldReportCode } from './field-reports.ts';

/** A code that `explain` has a page for: one that fedctl raises, or one that is known from the field only. */
export type ExplainedCode = FailureCode | FieldReportCode;

/**
 * Texts by who prints them: `AWS STS`, `Node.js driver`, `PyMongo`, `OpenSSL`, `Atlas API`, `mongod` …, as they are
 * printed in the field. `<angle brackets>` stand for whatever differs from case to case.
 */
export type Texts = Readonly<Record<string, string | readonly string[]>>;

/** What there is to know about a failure beyond its row in the catalogue (title, cause, remedy, exit code). */
export interface Explanation {
  /** What it means, in a few sentences. */
  readonly meaning: string;
  /** How it shows. By these texts `explain -` finds the code in a log. */
  readonly shows: Texts;
  /** Texts that others print for other reasons too: in a log they count only where nothing better is said. */
  readonly alsoShows?: Texts;
  /** What really causes it, the likeliest first. */
  readonly causes: readonly string[];
  /** How to tell it from its nearest neighbours: two of them. */
  readonly apart: Readonly<Partial<Record<ExplainedCode, string>>>;
  /** What to type, in this order. Each line works in a shell once `<angle brackets>` are filled in. */
  readonly type: readonly string[];
  /** Where the facts are from: documentation, RFC sections, issues, by URL or by name. */
  readonly sources: readonly string[];
  /** Whether a test provokes it through the real path, or it is known from reports only: then from which. */
  readonly evidence: 'provoked' | { readonly fieldReport: string };
}

/** Keeps the codes of an area as literal types while checking what is said about them. */
export function explanations<Code extends ExplainedCode>(
  rows: Readonly<Record<Code, Explanation>>,
): Readonly<Record<Code, Explanation>> {
  return rows;
}

/** One text and who prints it. */
export interface Symptom {
  readonly from: string;
  readonly text: string;
}

/** The texts one by one, in their order. */
export function symptoms(texts: Texts): readonly Symptom[] {
  return Object.entries(texts).flatMap(([from, said]) =>
    (typeof said === 'string' ? [said] : said).map((text) => ({ from, text })),
  );
}
