import type { ReportedCode } from './catalogue.generated.ts';
import type { FailureCode } from './failures.ts';

/** A code with a page for `explain`: a code that fedctl raises, or a code that only other programs report. */
export type ExplainedCode = FailureCode | ReportedCode;

/**
 * Error texts by the program that prints them: `AWS STS`, `Node.js driver`, `PyMongo`, `OpenSSL`, `Atlas
 * API`, `mongod` …, copied from real output. `<angle brackets>` match a value within one sentence. `…`
 * matches any text between the program and the reason. If other programs print the same text, its first part
 * must identify MongoDB or AWS.
 */
export type Texts = Readonly<Record<string, readonly string[]>>;

/** The content of docs/failures/<code>.md. */
export interface PageText {
  readonly title: string;
  /** The exit code of fedctl; null if fedctl never raises the code. */
  readonly exit: number | null;
  /** The issues or documents that report the code; null if fedctl raises the code. */
  readonly reported: string | null;
  readonly cause: string;
  readonly remedy: string;
  /** An explanation in a few sentences. */
  readonly meaning: string;
  /** The texts of only this failure. `explain -` uses these texts to find the code in a log. */
  readonly shows: Texts;
  /** Texts that other failures also print. In a log they count only if no better match exists. */
  readonly alsoShows: Texts;
  /** Known causes, the most likely first. */
  readonly causes: readonly string[];
  /** The difference from similar codes, by code. */
  readonly apart: Readonly<Partial<Record<ExplainedCode, string>>>;
  /** The commands to run, in this order. Each line works in a shell after `<angle brackets>` are replaced. */
  readonly commands: readonly string[];
  /** Sources of the facts, by URL or by name: documentation, RFC sections, issues. */
  readonly sources: readonly string[];
}

/** One text and the program that prints it. */
export interface Symptom {
  readonly from: string;
  readonly text: string;
}

/** Returns the texts as a list, in their order. */
export function symptoms(texts: Texts): readonly Symptom[] {
  return Object.entries(texts).flatMap(([from, said]) => said.map((text) => ({ from, text })));
}
