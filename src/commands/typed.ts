import type { Flag, Settings } from '../lib/core/command-line.ts';
import type { OptionSpec } from './options/option.ts';

/** One part of a command line, in its position. */
export type Piece =
  | { readonly kind: 'word'; readonly text: string }
  | {
      readonly kind: 'option';
      readonly flag: Flag;
      readonly spec: OptionSpec<unknown>;
      /** As it was typed; true for a switch, and for an option without its optional value. */
      readonly value: string | true;
    };

/** The typed command line: options and arguments in order, and the words of the command among them. */
export interface TypedLine {
  /** The words were typed in another order, which was rejected. */
  readonly isRearranged?: true;
  /** `['sandbox', 'status']`; empty when no command is named. */
  readonly command: readonly string[];
  /** The words before `--` that are not options: the command and its arguments. */
  readonly words: readonly string[];
  /** The options of the command, including common ones. */
  readonly specs: ReadonlyMap<string, OptionSpec<unknown>>;
  readonly pieces: readonly Piece[];
  /** `--` and what follows it. */
  readonly rest: readonly string[];
}

/** What is known of an invocation when a command is completed. */
export interface Typed {
  readonly line: TypedLine;
  /** The timeout of each network step, in seconds. */
  readonly timeout: number;
  /**
   * Returns whether an option has a value that is not on the command line: from the environment or from the
   * entry of a target.
   */
  given(flag: Flag): boolean;
  /** Options that a command of fedctl needs in addition to the typed ones, such as the target of a file. */
  readonly repeat: Settings;
  /** The same for another command of fedctl. */
  readonly common: Settings;
}
