/** A command-line option with its leading dashes, for example `--audience`. */
export type Flag = `--${string}`;

/** Options with their new values: a string, several strings for a repeatable option, `true` for a switch. */
export type Settings = Readonly<Record<Flag, string | true | readonly string[]>>;

/**
 * Describes a command that fixes a failure or is the next step. The library specifies only the difference from
 * the current command line, and the command layer adds the other options. A suggested command never deletes,
 * revokes or overwrites anything.
 */
export type SuggestedCommand =
  /** The current command line with a change. */
  | { readonly kind: 'rerun'; readonly set: Settings; readonly drop: readonly Flag[] }
  /** The current command line with a longer --timeout. */
  | { readonly kind: 'more-time' }
  /** The help of the current command. */
  | { readonly kind: 'help' }
  | FedctlCommand
  /** A complete command for another program. */
  | { readonly kind: 'program'; readonly words: readonly string[] };

/** Another fedctl command with the common options of the current command line. */
export interface FedctlCommand extends Keeping {
  readonly kind: 'fedctl';
  readonly words: readonly string[];
}

interface Keeping {
  /** Options to keep in addition to the common options. The command must support these options. */
  readonly keep: readonly Flag[];
  /**
   * Options that affect the current target but that the suggested command does not support. If one of these
   * options was given, no command is suggested.
   */
  readonly unless: readonly Flag[];
}

/** Returns a command that repeats the current command line with changed options. */
export function rerun({ set = {}, drop = [] }: { set?: Settings; drop?: readonly Flag[] }): SuggestedCommand {
  return { kind: 'rerun', set, drop };
}

/** Repeats the current command line with a longer timeout for each network step. */
export const MORE_TIME: SuggestedCommand = { kind: 'more-time' };

/** Shows the help of the current command. */
export const HELP: SuggestedCommand = { kind: 'help' };

/**
 * Returns a fedctl command.
 *
 * @param words the command with its arguments
 */
export function fedctl(words: readonly string[], keeping: Partial<Keeping> = {}): SuggestedCommand {
  return { kind: 'fedctl', words, keep: keeping.keep ?? [], unless: keeping.unless ?? [] };
}

/** Returns an Atlas CLI command. */
export function atlas(words: readonly string[]): SuggestedCommand {
  return program('atlas', ...words);
}

/** Returns an AWS CLI command. */
export function aws(words: readonly string[]): SuggestedCommand {
  return program('aws', ...words);
}

/** Returns a command for another program, such as `curl`. */
export function program(...words: readonly string[]): SuggestedCommand {
  return { kind: 'program', words };
}

/** Matches a character that a terminal interprets or does not show. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** Matches a word that contains no character that bash interprets. */
const HARMLESS = /^[\w./@%+=:,-]+$/;

/**
 * Quotes an argument list for bash (POSIX Shell Command Language, 2.2.2).
 *
 * @returns the command line; null if a word contains characters that a terminal interprets or does not show,
 *   such as control characters
 */
export function quoted(words: readonly string[]): string | null {
  if (words.some((word) => UNSHOWN.test(word))) return null;
  return words.map(shellWord).join(' ');
}

/**
 * Returns untrusted text as one word for a shell command. Quotes the text if it contains a character that a
 * shell interprets.
 */
export function shellWord(text: string): string {
  return HARMLESS.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
