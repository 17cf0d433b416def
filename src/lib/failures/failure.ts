import type { ExitCode } from '../core/exit-codes.ts';

/**
 * What fedctl knows about one way to fail. The row is the default text of every face: a thrower may say
 * something more precise, but never something else.
 */
export interface Failure {
  /** A few words, for lists. */
  readonly title: string;
  /** The likely cause, one or two sentences. */
  readonly cause: string;
  /** What to type or do. `<angle brackets>` mark what the reader fills in. */
  readonly remedy: string;
  readonly exit: ExitCode;
}
