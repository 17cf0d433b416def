import type { OfferedCommand } from '../lib/core/command-line.ts';
import type { Context } from '../lib/core/context.ts';
import type { Warning } from '../lib/core/errors.ts';
import type { ExitCode } from '../lib/core/exit-codes.ts';
import type { AwsSettings } from '../lib/ports/aws.ts';
import type { ToldWarning } from '../lib/render/failure.ts';
import type { Line, Output, WriteOptions } from '../lib/render/output.ts';
import type { Progress } from '../lib/render/progress.ts';
import type { Theme } from '../lib/render/theme.ts';
import type { Faces } from './faces.ts';
import type { OptionTable, OptionValues, ValueSource } from './options/option.ts';
import type { Typed } from './typed.ts';

/** What the options common to all commands came to. */
export interface CommonOptions {
  readonly profile: string | null;
  readonly region: string | null;
  readonly timeoutMs: number;
  readonly output: 'human' | 'json';
  /** The same for a command that has faces of its own. */
  readonly faces: Faces;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** False under --no-input: nobody may be asked anything. */
  readonly input: boolean;
}

/** One way to complete a word of a command line. */
export interface Candidate {
  readonly value: string;
  /** One line; empty where the value says enough. */
  readonly description: string;
}

/** One run of a command: the world, what was typed, and where to say things. */
export interface Invocation<Table extends OptionTable> {
  readonly context: Context;
  readonly common: CommonOptions;
  readonly options: OptionValues<Table>;
  /** The keys of the options, common ones too, that were typed and not left to the environment or their defaults. */
  readonly typed: ReadonlySet<string>;
  /** The positional arguments. */
  readonly args: readonly string[];
  /** The common options as the AWS port takes them. */
  readonly awsSettings: AwsSettings;
  /** A command that is offered, completed by what was typed and quoted for bash; null where that cannot be done. */
  offer(command: OfferedCommand | null | undefined, about?: Partial<Typed>): string | null;
  /**
   * What the last word of a command line of fedctl may become.
   *
   * @param words those after `fedctl`; the last one may be empty
   * @returns no candidates where any text is valid
   */
  complete(words: readonly string[]): Promise<readonly Candidate[]>;
  /** Goes to stderr, or into the document's `warnings` under json. Never throws, never stops the run. */
  warn(warning: Warning): void;
  /** The warnings so far, for a command that says its answer itself, under json too. */
  readonly warnings: readonly ToldWarning[];
  /** A line of the answer that need not wait for the rest; silent under json. */
  print(line: string): void;
  /** For a command that says its answer itself, under json too. */
  readonly stdout: Output;
  readonly stderr: Output;
  /** A hint on stderr for people, or a command for them to type; silent under json and --quiet. */
  hint(line: string, kind?: 'prose' | 'typed'): void;
  readonly progress: Progress;
  /** Colours of stdout. */
  readonly theme: Theme;
}

/**
 * What a command answers. `document` is the JSON face and holds no secret unless the schema says so; `lines` are the
 * human face, none when it was printed already. A failure is thrown, a negative answer is returned with exit code 5.
 */
export interface Answer {
  readonly document: { readonly schema: `fedctl.${string}/v${number}` };
  readonly lines: readonly Line[];
  /** The secrets that the answer is there to show. All others are removed from it. */
  readonly discloses?: WriteOptions['discloses'];
  /** How the lines end, where a program reads them that takes no newline alone. */
  readonly end?: WriteOptions['end'];
  readonly exitCode?: ExitCode;
}

/**
 * The end of a command that said everything itself: one that ran a child, wrote a file, or stood until it was stopped.
 * Nothing is added to stdout, under json either, and a stop from outside was its own to handle.
 */
export interface Ended {
  readonly exitCode: number;
}

export function isEnded(result: Answer | Ended): result is Ended {
  return !('document' in result);
}

/** What all commands accept, by its key in COMMON_OPTIONS. */
export type CommonOption = 'profile' | 'region' | 'timeout' | 'noInput';

export interface CommandSpec<Table extends OptionTable> {
  /** As commander writes positional arguments: `[file]`, `<code>`; '' for none. */
  readonly arguments: string;
  /** What a shell offers as its first argument; file names where this is absent. */
  readonly values?: ValueSource;
  /** Shown first by --help, each a line that can be typed, with a comment after it if need be. */
  readonly examples: readonly string[];
  /** Shown after the options: what a reader of --help should know, in a few lines. */
  readonly notes?: string;
  readonly options: Table;
  /** What it can answer as, where that is more than human and json. */
  readonly faces?: readonly string[];
  /** The common options that have no meaning for it: --help does not list them. */
  readonly without?: readonly CommonOption[];
  /** Its arguments are a program to run, which stands behind `--`. */
  readonly runsProgram?: true;
  readonly run: (invocation: Invocation<Table>) => Promise<Answer | Ended>;
}

/** What the table of commands sees of any command. */
export interface AnyCommand {
  readonly arguments: string;
  readonly values?: ValueSource;
  readonly examples: readonly string[];
  readonly notes?: string;
  readonly options: OptionTable;
  readonly faces?: readonly string[];
  readonly without?: readonly CommonOption[];
  readonly runsProgram?: true;
  readonly run: (invocation: Invocation<OptionTable>) => Promise<Answer | Ended>;
}

/** Defines a command, keeping the types of its options. */
export function command<const Table extends OptionTable>(spec: CommandSpec<Table>): AnyCommand {
  return {
    ...spec,
    // The invocation's options were read through this very table, so they have its types.
    run: (invocation) => spec.run(invocation as Invocation<Table>),
  };
}
