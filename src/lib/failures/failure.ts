import type { ExitCode } from '../core/exit-codes.ts';

/**
 * The catalogue entry of a failure, with default texts for all output formats. The code that throws the
 * failure may replace a text with a more precise text.
 */
export interface Failure {
  /** A title of a few words, for lists. */
  readonly title: string;
  /** The likely cause, in one or two sentences. */
  readonly cause: string;
  /** What to do. The user must replace values in `<angle brackets>`. */
  readonly remedy: string;
  readonly exit: ExitCode;
}
