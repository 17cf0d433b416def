/** An option as it is typed: `--audience`. */
export type Flag = `--${string}`;

/** Options with their new values: a text, several for a repeatable option, `true` for a switch. */
export type Settings = Readonly<Record<Flag, string | true | readonly string[]>>;

/**
 * A command that fixes a failure or leads to the next one, as data. The library knows what has to change, the commands
 * know what was typed: they complete it, in one place. Nothing that deletes, revokes or overwrites is ever offered.
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
  /** Options beside the common ones that are kept if they were typed. The command has to know them. */
  readonly keep: readonly Flag[];
  /** Options that the command cannot keep and without which it would act on something else: given one, nothing is offered. */
  readonly unless: readonly Flag[];
}

/** Repeats what was typed with a change. */
export function rerun({ set = {}, drop = [] }: { set?: Settings; drop?: readonly Flag[] }): OfferedCommand {
  return { kind: 'rerun', set, drop };
}

/** Repeats what was typed and gives each network step more time. */
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

/** What a terminal acts on, or nobody sees. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** What bash reads as itself. */
const HARMLESS = /^[\w./@%+=:,-]+$/;

/**
 * Quotes an argument list for bash (POSIX Shell Command Language, 2.2.2).
 *
 * @returns the command line; null for words that no terminal shows as they are, such as control characters
 */
export function quoted(words: readonly string[]): string | null {
  if (words.some((word) => UNSHOWN.test(word))) return null;
  return words.map(shellWord).join(' ');
}

/** Writes text from outside as one word of a shell command: quoted if a shell would act on any of it. */
export function shellWord(text: string): string {
  return HARMLESS.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
