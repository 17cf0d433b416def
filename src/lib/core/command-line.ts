/** An option as it is typed on the command line: `--audience`. */
export type Flag = `--${string}`;

/** Options with their new values: a text, several for a repeatable option, `true` for a switch. */
export type Settings = Readonly<Record<Flag, string | true | readonly string[]>>;

/**
 * A command that fixes a failure or is the next step, as data. The library knows what has to change, and the
 * commands know what was typed, so the commands complete it in one place. It never offers a command that
 * deletes, revokes or overwrites.
 */
export type OfferedCommand =
  /** The same invocation with a change. */
  | { readonly kind: 'rerun'; readonly set: Settings; readonly drop: readonly Flag[] }
  /** The same invocation with a longer --timeout. */
  | { readonly kind: 'more-time' }
  /** The help of the command that was called. */
  | { readonly kind: 'help' }
  | FedctlCommand
  /** A command of another program, complete as it is. */
  | { readonly kind: 'program'; readonly words: readonly string[] };

/** Another command of fedctl, which keeps the common options that were typed. */
export interface FedctlCommand extends Keeping {
  readonly kind: 'fedctl';
  readonly words: readonly string[];
}

interface Keeping {
  /** Options to keep if they were typed, in addition to the common ones. The command must support them. */
  readonly keep: readonly Flag[];
  /**
   * Options that the command cannot keep, and without which it would act on a different target. If one of
   * them was typed, no command is offered.
   */
  readonly unless: readonly Flag[];
}

/** Repeats the typed command with a change. */
export function rerun({ set = {}, drop = [] }: { set?: Settings; drop?: readonly Flag[] }): OfferedCommand {
  return { kind: 'rerun', set, drop };
}

/** Repeats the typed command with more time for each network step. */
export const MORE_TIME: OfferedCommand = { kind: 'more-time' };

/** Shows the help of the command that was called. */
export const HELP: OfferedCommand = { kind: 'help' };

/** Calls another command of fedctl. */
export function fedctl(words: readonly string[], keeping: Partial<Keeping> = {}): OfferedCommand {
  return { kind: 'fedctl', words, keep: keeping.keep ?? [], unless: keeping.unless ?? [] };
}

/** Calls the Atlas CLI. */
export function atlas(words: readonly string[]): OfferedCommand {
  return program('atlas', ...words);
}

/** Calls the AWS CLI. */
export function aws(words: readonly string[]): OfferedCommand {
  return program('aws', ...words);
}

/** Calls any other program. */
export function program(...words: readonly string[]): OfferedCommand {
  return { kind: 'program', words };
}

/** Characters that a terminal interprets or does not show. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** Characters that bash does not interpret. */
const HARMLESS = /^[\w./@%+=:,-]+$/;

/**
 * Quotes an argument list for bash (POSIX Shell Command Language, 2.2.2).
 *
 * @returns the command line; null for words that a terminal cannot show unchanged, such as control characters
 */
export function quoted(words: readonly string[]): string | null {
  if (words.some((word) => UNSHOWN.test(word))) return null;
  return words.map(shellWord).join(' ');
}

/** Writes untrusted text as one word of a shell command, quoted if a shell would interpret any of it. */
export function shellWord(text: string): string {
  return HARMLESS.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
