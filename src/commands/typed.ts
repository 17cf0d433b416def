import type { Flag, Settings } from '../lib/core/command-line.ts';
import type { OptionSpec } from './options/option.ts';

/** A word or an option of a command line. */
export type Piece =
  | { readonly kind: 'word'; readonly text: string }
  | {
      readonly kind: 'option';
      readonly flag: Flag;
      readonly spec: OptionSpec<unknown>;
      /** The value on the command line; true for a switch, or if an optional value is absent. */
      readonly value: string | true;
    };

/** The parsed command line. `pieces` contains all words and options in the order of the line. */
export interface TypedLine {
  /** True if the words were reordered because the original order was rejected. */
  readonly isRearranged?: true;
  /** The names of the command, such as `['sandbox', 'status']`; empty if the line names no command. */
  readonly command: readonly string[];
  /** The words before `--` that are not options: the command and its arguments. */
  readonly words: readonly string[];
  /** The specs of the command's options and of the common options, by long form. */
  readonly specs: ReadonlyMap<string, OptionSpec<unknown>>;
  readonly pieces: readonly Piece[];
  /** `--` and all following words. */
  readonly rest: readonly string[];
}

/** The parts of an invocation that are needed to format the commands that fedctl suggests. */
export interface Typed {
  readonly line: TypedLine;
  /** The timeout of each network step, in seconds. */
  readonly timeout: number;
  /** Returns whether an environment variable or a target in a file sets an option. */
  given(flag: Flag): boolean;
  /** Options, such as --target, to add if fedctl suggests the typed command. */
  readonly repeat: Settings;
  /** Options, such as --profile, to add if fedctl suggests a different fedctl command. */
  readonly common: Settings;
}
