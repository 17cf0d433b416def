import type { OfferedCommand } from '../lib/core/command-line.ts';
import type { Context } from '../lib/core/context.ts';
import type { Warning } from '../lib/core/errors.ts';
import type { ExitCode } from '../lib/core/exit-codes.ts';
import type { AwsSettings } from '../lib/ports/aws.ts';
import type { ToldWarning } from '../lib/render/failure.ts';
import type { Line, Output, WriteOptions } from '../lib/render/output.ts';
import type { Progress } from '../lib/render/progress.ts';
import type { Theme } from '../lib/render/theme.ts';
import type { OptionTable, OptionValues, ValueSource } from './options/option.ts';
import type { OutputFormats } from './output-formats.ts';
import type { Typed } from './typed.ts';

/** The values of the options that all commands share. */
export interface CommonOptions {
  readonly profile: string | null;
  readonly region: string | null;
  readonly timeoutMs: number;
  readonly output: 'human' | 'json';
  /** The same for a command with its own output formats. */
  readonly formats: OutputFormats;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** False with --no-input: the user must not be asked anything. */
  readonly input: boolean;
}

/** One completion of a word on a command line. */
export interface Candidate {
  readonly value: string;
  /** One line; empty when the value is clear without it. */
  readonly description: string;
}

/** One run of a command: its Context, the typed command line, and the outputs. */
export interface Invocation<Table extends OptionTable> {
  readonly context: Context;
  readonly common: CommonOptions;
  readonly options: OptionValues<Table>;
  /**
   * The keys of the options, including common ones, that were typed and do not come from the environment or a
   * default.
   */
  readonly typed: ReadonlySet<string>;
  /** The positional arguments. */
  readonly args: readonly string[];
  /** The common options as settings of the AWS adapter. */
  readonly awsSettings: AwsSettings;
  /**
   * Completes an offered command with the typed options and quotes it for bash; null when that is not
   * possible.
   */
  offer(command: OfferedCommand | null | undefined, about?: Partial<Typed>): string | null;
  /**
   * Returns completions for the last word of a command line of fedctl.
   *
   * @param words those after `fedctl`; the last one may be empty
   * @returns no candidates when any text is valid
   */
  complete(words: readonly string[]): Promise<readonly Candidate[]>;
  /**
   * Reports a warning on stderr, or in the document's `warnings` with JSON output. Never throws and never
   * stops the run.
   */
  warn(warning: Warning): void;
  /** The warnings so far, for a command that prints its own output, also with JSON output. */
  readonly warnings: readonly ToldWarning[];
  /** Prints a line of the result before the rest is known. Does nothing with JSON output. */
  print(line: string): void;
  /** For a command that prints its own output, also with JSON output. */
  readonly stdout: Output;
  readonly stderr: Output;
  /** Prints a hint for people on stderr, or a command to type. Does nothing with JSON output and --quiet. */
  hint(line: string, kind?: 'prose' | 'typed'): void;
  readonly progress: Progress;
  /** The colours of stdout. */
  readonly theme: Theme;
}

/**
 * The result of a command. `document` is the JSON output and contains no secret unless the schema says so.
 * `lines` are the human output, empty when they were already printed. A failure is thrown; a negative result
 * is returned with exit code 5.
 */
export interface Answer {
  readonly document: { readonly schema: `fedctl.${string}/v${number}` };
  readonly lines: readonly Line[];
  /** The secrets that the result may show. All others are removed from it. */
  readonly discloses?: WriteOptions['discloses'];
  /** The line end, for programs that do not accept a newline alone. */
  readonly end?: WriteOptions['end'];
  readonly exitCode?: ExitCode;
}

/**
 * The end of a command that printed its own output: it ran a child process, wrote a file, or ran until it was
 * stopped. Nothing is added to stdout, also with JSON output, and the command handled an interruption itself.
 */
export interface Ended {
  readonly exitCode: number;
}

export function isEnded(result: Answer | Ended): result is Ended {
  return !('document' in result);
}

/** The options that all commands accept, by their keys in COMMON_OPTIONS. */
export type CommonOption = 'profile' | 'region' | 'timeout' | 'noInput';

export interface CommandSpec<Table extends OptionTable> {
  /** Positional arguments in the notation of commander: `[file]`, `<code>`; '' for none. */
  readonly arguments: string;
  /** Completions for the first argument; file names when absent. */
  readonly values?: ValueSource;
  /** Shown first by --help. Each is a line to type, with an optional comment at its end. */
  readonly examples: readonly string[];
  /** Shown after the options: further information in a few lines. */
  readonly notes?: string;
  readonly options: Table;
  /** The output formats, if there are more than human and json. */
  readonly formats?: readonly string[];
  /** The common options without a meaning for this command; --help does not list them. */
  readonly without?: readonly CommonOption[];
  /** The arguments are a program to run, after `--`. */
  readonly runsProgram?: true;
  readonly run: (invocation: Invocation<Table>) => Promise<Answer | Ended>;
}

/** The type of any command in the table of commands. */
export interface AnyCommand {
  readonly arguments: string;
  readonly values?: ValueSource;
  readonly examples: readonly string[];
  readonly notes?: string;
  readonly options: OptionTable;
  readonly formats?: readonly string[];
  readonly without?: readonly CommonOption[];
  readonly runsProgram?: true;
  readonly run: (invocation: Invocation<OptionTable>) => Promise<Answer | Ended>;
}

/** Defines a command and keeps the types of its options. */
export function command<const Table extends OptionTable>(spec: CommandSpec<Table>): AnyCommand {
  return {
    ...spec,
    // The options of the invocation were read with this table, so they have its types.
    run: (invocation) => spec.run(invocation as Invocation<Table>),
  };
}
