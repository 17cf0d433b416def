import type { Flag, Settings } from '../lib/core/command-line.ts';
import type { OptionSpec } from './options/option.ts';

/** One piece of a command line, in its place. */
export type Piece =
  | { readonly kind: 'word'; readonly text: string }
  | {
      readonly kind: 'option';
      readonly flag: Flag;
      readonly spec: OptionSpec<unknown>;
      /** As it was typed; true for a switch, and for an option whose value was left out. */
      readonly value: string | true;
    };

/** What was typed: options and arguments in their order, and the words of the command among them. */
export interface TypedLine {
  /** It was typed in another order, which was refused. */
  readonly isRearranged?: true;
  /** `['sandbox', 'status']`; empty where no command is named. */
  readonly command: readonly string[];
  /** The words before `--` that are no options: the command, and its arguments. */
  readonly words: readonly string[];
  /** The options that the command knows, common ones too. */
  readonly specs: ReadonlyMap<string, OptionSpec<unknown>>;
  readonly pieces: readonly Piece[];
  /** `--` and what follows it. */
  readonly rest: readonly string[];
}

/** What is known of an invocation where a command is completed. */
export interface Typed {
  readonly line: TypedLine;
  /** Seconds that each network step has. */
  readonly timeout: number;
  /** Whether an option has a value that is not on the command line: from the environment or from a target's entry. */
  given(flag: Flag): boolean;
  /** What a command of fedctl needs beside what was typed, such as the target of a file that it is about. */
  readonly repeat: Settings;
  /** The same for another command of fedctl. */
  readonly common: Settings;
}
