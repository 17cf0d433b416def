import type { OfferedCommand } from '../command-line.ts';
import type { ExitCode } from '../exit-codes.ts';

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
  /** The command that does it, where the row alone knows it as a whole. */
  readonly command?: OfferedCommand;
  readonly exit: ExitCode;
}

/** Keeps a catalogue's codes as literal types while checking its rows. */
export function catalogue<Code extends string>(
  rows: Readonly<Record<Code, Failure>>,
): Readonly<Record<Code, Failure>> {
  return rows;
}
