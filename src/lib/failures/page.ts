import type { ReportedCode } from './catalogue.generated.ts';
import type { FailureCode } from './failures.ts';

/** A code that `explain` has a page for: one that fedctl raises, or one that only other programs report. */
export type ExplainedCode = FailureCode | ReportedCode;

/**
 * Texts by the program that prints them: `AWS STS`, `Node.js driver`, `PyMongo`, `OpenSSL`, `Atlas API`,
 * `mongod` …, copied from real output. `<angle brackets>` stand for a value that varies, within one sentence.
 * `…` stands for any text between the program and the reason. A text that other programs also print counts
 * only when its first part identifies MongoDB or AWS.
 */
export type Texts = Readonly<Record<string, readonly string[]>>;

/** The content of docs/failures/<code>.md. */
export interface PageText {
  readonly title: string;
  /** The exit code of fedctl; null when fedctl never raises the code itself. */
  readonly exit: number | null;
  /** Where a code that fedctl does not raise was reported. */
  readonly reported: string | null;
  readonly cause: string;
  readonly remedy: string;
  /** An explanation in a few sentences. */
  readonly meaning: string;
  /** The texts that show this failure. `explain -` uses them to find the code in a log. */
  readonly shows: Texts;
  /** Texts that other failures print too. In a log they count only when there is no better match. */
  readonly alsoShows: Texts;
  /** Known causes, the most likely first. */
  readonly causes: readonly string[];
  /** How to distinguish it from similar codes. */
  readonly apart: Readonly<Partial<Record<ExplainedCode, string>>>;
  /** What to type, in this order. Each line works in a shell once `<angle brackets>` are filled in. */
  readonly commands: readonly string[];
  /** Sources of the facts: documentation, RFC sections, issues, by URL or by name. */
  readonly sources: readonly string[];
}

/** One text and the program that prints it. */
export interface Symptom {
  readonly from: string;
  readonly text: string;
}

/** Returns the texts one by one, in their order. */
export function symptoms(texts: Texts): readonly Symptom[] {
  return Object.entries(texts).flatMap(([from, said]) => said.map((text) => ({ from, text })));
}
