import type { SuggestedCommand } from '../lib/core/command-line.ts';
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

/** The values of the common options. */
export interface CommonOptions {
  readonly profile: string | null;
  readonly region: string | null;
  readonly timeoutMs: number;
  readonly output: 'human' | 'json';
  /**
   * The output formats for stdout and for report files, including the formats that only some commands support.
   */
  readonly formats: OutputFormats;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** False with --no-input: the command must not prompt. */
  readonly input: boolean;
}

/** One candidate for the completion of a word. */
export interface Candidate {
  readonly value: string;
  /** A description in one line; empty if the value needs no description. */
  readonly description: string;
}

/** One run of a command: its context, the parsed command line and the outputs. */
export interface Invocation<Table extends OptionTable> {
  readonly context: Context;
  readonly common: CommonOptions;
  readonly options: OptionValues<Table>;
  /**
   * The keys of the options on the command line, including common options. The set does not contain options
   * that are set by the environment or by a default.
   */
  readonly typed: ReadonlySet<string>;
  /** The positional arguments. */
  readonly args: readonly string[];
  /** The common options as settings for the AWS adapter. */
  readonly awsSettings: AwsSettings;
  /**
   * Formats a suggested command as a command line for bash. Adds the options of the current command line.
   * Returns null if no command can be suggested.
   */
  offer(command: SuggestedCommand | null | undefined, about?: Partial<Typed>): string | null;
  /**
   * Returns completions for the last word of a fedctl command line.
   *
   * @param words the words after `fedctl`; the last word may be empty
   * @returns the candidates; empty if any text is valid
   */
  complete(words: readonly string[]): Promise<readonly Candidate[]>;
  /**
   * Reports a warning. With JSON output, the warning is in the member `warnings` of the document. With other
   * formats, the warning is on stderr. Never throws and never stops the run.
   */
  warn(warning: Warning): void;
  /** The warnings so far, for a command that prints its own JSON document. */
  readonly warnings: readonly ToldWarning[];
  /** Prints a line of the result immediately. Does nothing with JSON output. */
  print(line: string): void;
  /** Standard output, for a command that prints its own output in every format. */
  readonly stdout: Output;
  readonly stderr: Output;
  /**
   * Prints a hint on stderr. A line of the kind `typed` is a command to copy and is not wrapped. Does nothing
   * with JSON output or --quiet.
   */
  hint(line: string, kind?: 'prose' | 'typed'): void;
  readonly progress: Progress;
  /** The colors of stdout. */
  readonly theme: Theme;
}

/**
 * The result of a command. `document` is the JSON output and contains secrets only if the schema says so.
 * `lines` is the human output, and is empty if the command has already printed it. If a command fails, it
 * throws the failure. A negative result, such as an invalid token, is not a failure: the command returns it
 * with exit code 5.
 */
export interface Answer {
  readonly document: { readonly schema: `fedctl.${string}/v${number}` };
  readonly lines: readonly Line[];
  /** The secrets that the output may contain. All other secrets are removed. */
  readonly discloses?: WriteOptions['discloses'];
  /** The line ending (default: a newline). */
  readonly end?: WriteOptions['end'];
  readonly exitCode?: ExitCode;
}

/**
 * The result of a command that printed its own output, for example because it ran a child process or ran
 * until it was stopped. fedctl prints nothing more to stdout. If the run was interrupted, the command has
 * already handled the interruption.
 */
export interface Ended {
  readonly exitCode: number;
}

export function isEnded(result: Answer | Ended): result is Ended {
  return !('document' in result);
}

/** The keys of the common options that have no effect on some commands. */
export type CommonOption = 'profile' | 'region' | 'timeout' | 'noInput';

export interface CommandSpec<Table extends OptionTable> {
  /** Positional arguments in the notation of commander: `[file]`, `<code>`; empty if the command has none. */
  readonly arguments: string;
  /** Completions for the first argument. If absent, the shell completes file names. */
  readonly values?: ValueSource;
  /** Command lines, each with an optional comment at its end. --help shows these lines first. */
  readonly examples: readonly string[];
  /** Further information in a few lines. --help shows it after the options. */
  readonly notes?: string;
  readonly options: Table;
  /** The output formats, if the command supports more than human and json. */
  readonly formats?: readonly string[];
  /** Common options that have no effect on this command. --help omits them. */
  readonly without?: readonly CommonOption[];
  /** True if the words after `--` are a program to run and its arguments. */
  readonly runsProgram?: true;
  readonly run: (invocation: Invocation<Table>) => Promise<Answer | Ended>;
}

/** A command in the table of commands, without the types of its options. */
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
    // The options of the invocation were read with this table, so they have the types of this table.
    run: (invocation) => spec.run(invocation as Invocation<Table>),
  };
}
