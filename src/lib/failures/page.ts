import type { ReportedCode } from './catalogue.generated.ts';
import type { FailureCode } from './failures.ts';

/**
 * The code of a failure that `explain` describes: a failure of fedctl, or a failure that occurs only in other
 * programs.
 */
export type ExplainedCode = FailureCode | ReportedCode;

/**
 * Error texts, copied from real output. The key is the program that prints the texts, for example `AWS STS`,
 * `PyMongo` or `mongod`. In an error text, `<angle brackets>` match a value within one sentence, and `…`
 * matches any text between the name of the program and the reason for the error. If unrelated programs print the
 * same sentence, the error text must also contain the text before the sentence, which identifies MongoDB or AWS.
 */
export type Texts = Readonly<Record<string, readonly string[]>>;

/** The content of docs/failures/<code>.md. */
export interface PageText {
  readonly title: string;
  /** The exit code of fedctl for this failure; null if fedctl never raises the failure. */
  readonly exit: number | null;
  /** The issues or documents that describe a failure of another program; null if fedctl raises the failure. */
  readonly reported: string | null;
  readonly cause: string;
  readonly remedy: string;
  /** An explanation in a few sentences. */
  readonly meaning: string;
  /** The texts that only this failure has. `explain -` uses these texts to find the code for a log. */
  readonly shows: Texts;
  /**
   * The texts that other failures have too. `explain -` uses these texts only if a log contains no other known
   * text.
   */
  readonly alsoShows: Texts;
  /** Known causes, the most likely first. */
  readonly causes: readonly string[];
  /** The differences from similar failures. Each key is the code of a similar failure. */
  readonly apart: Readonly<Partial<Record<ExplainedCode, string>>>;
  /**
   * The commands to run, in this order. Values in `<angle brackets>` must be replaced. After this
   * replacement, each line works in a shell.
   */
  readonly commands: readonly string[];
  /** The sources of the page, as URLs or names: documentation, RFC sections, issues. */
  readonly sources: readonly string[];
}

/** A known error text and the program that prints the text. */
export interface Symptom {
  readonly from: string;
  readonly text: string;
}

/** Returns the texts as a list, in the same order. */
export function symptoms(texts: Texts): readonly Symptom[] {
  return Object.entries(texts).flatMap(([from, said]) => said.map((text) => ({ from, text })));
}
