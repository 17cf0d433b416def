import type { ExitCode } from '../core/exit-codes.ts';

/**
 * What fedctl knows about one failure. It is the default text of every output format. The throwing code may
 * be more precise, but must not contradict it.
 */
export interface Failure {
  /** A few words, for lists. */
  readonly title: string;
  /** The likely cause, one or two sentences. */
  readonly cause: string;
  /** What to type or do. `<angle brackets>` mark values that the reader fills in. */
  readonly remedy: string;
  readonly exit: ExitCode;
}
