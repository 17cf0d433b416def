import type { Flag, Settings } from '../../lib/core/command-line.ts';
import { invalidValue } from '../../lib/core/invalid-value.ts';

/**
 * The declaration of an option, with the type of its value. The command line, the environment
 * (FEDCTL_<OPTION>) and the help all use this record.
 */
export interface OptionSpec<T> {
  /** In the notation of commander: `--audience <aud>`, `--no-wait`. */
  readonly flags: string;
  readonly description: string;
  /** False for options that relax safety or write: they have no environment form. */
  readonly env: boolean;
  readonly repeatable: boolean;
  /** Completions for its value; file names when absent. */
  readonly values?: ValueSource;
  /**
   * Reads the given value: `true` for switches, the texts for options with a value (several only if
   * repeatable), null when absent. A failure names the option; `readOption` knows the source of the value.
   */
  readonly read: (given: Given | null) => T;
  /**
   * Returns a value of this option for a command that fedctl offers with other options changed: without
   * secrets, or null if they cannot be removed. Without this function, the value is repeated unchanged.
   */
  readonly repeated?: (value: string, set: Settings) => string | null;
}

/** Completions for a value: these, or those of a list that is read on use. */
export type ValueSource = readonly string[] | 'checks' | 'codes' | 'profiles' | 'scenarios';

/** The value of an option on the command line or in a variable. */
export type Given = readonly string[] | true;

export type OptionTable = Readonly<Record<string, OptionSpec<unknown>>>;

export type OptionValues<Table extends OptionTable> = {
  readonly [Key in keyof Table]: Table[Key] extends OptionSpec<infer T> ? T : never;
};

export interface Common {
  readonly env?: boolean;
  readonly values?: ValueSource;
}

/** `--max-age <time>` → `--max-age`. */
export function longFlag(spec: Pick<OptionSpec<unknown>, 'flags'>): Flag {
  const [flag] = /--[a-z][a-z0-9-]*/.exec(spec.flags) ?? [];
  // Every row of a table is written by hand, with a long form.
  return flag as Flag;
}

/** `--max-age` → `FEDCTL_MAX_AGE`; null when the option has no environment form. */
export function environmentName(spec: OptionSpec<unknown>): string | null {
  return spec.env ? `FEDCTL_${longFlag(spec).slice(2).toUpperCase().replaceAll('-', '_')}` : null;
}

/** An option with one value, the last one given. It is `fallback` when absent. */
export function single<T, Default>(
  flags: string,
  description: string,
  { env = true, ...common }: Common,
  fallback: Default,
  read: (value: string, option: Flag) => T,
): OptionSpec<T | Default> {
  return {
    ...common,
    flags,
    description,
    env,
    repeatable: false,
    read: (given) => {
      const value = given === null || given === true ? undefined : given.at(-1);
      return value === undefined ? fallback : read(value, longFlag({ flags }));
    },
  };
}

/** A repeatable option. Its environment form contains exactly one value, which typed values replace. */
export function several<T>(
  flags: string,
  description: string,
  { env = true, ...common }: Common,
  read: (value: string, option: Flag, index: number) => T,
): OptionSpec<readonly T[]> {
  return {
    ...common,
    flags,
    description,
    env,
    repeatable: true,
    read: (given) =>
      given === null || given === true
        ? []
        : given.map((value, index) => read(value, longFlag({ flags }), index)),
  };
}

/** `--flag [value]`: null when absent; without a value the same as with `bare`. */
export function optionalValue<T>(valued: OptionSpec<T>, bare: string): OptionSpec<T> {
  return { ...valued, read: (given) => valued.read(given === true ? [bare] : given) };
}

export function text(flags: string, description: string, common: Common = {}): OptionSpec<string | null> {
  return single(flags, description, common, null, (value) => value);
}

export function texts(
  flags: string,
  description: string,
  common: Common = {},
): OptionSpec<readonly string[]> {
  return several(flags, description, common, (value) => value);
}

/** `--flag`, or `--no-flag`, which is true when given. In the environment 1, true, 0 or false. */
export function toggle(flags: string, description: string, common: Common = {}): OptionSpec<boolean> {
  const valued = single(flags, description, common, false, (value, option) => {
    const switched = { '1': true, true: true, '0': false, false: false }[value.toLowerCase()];
    if (switched === undefined) throw invalidValue(option, { value, expected: '1, true, 0 or false' });
    return switched;
  });
  return { ...valued, read: (given) => given === true || valued.read(given) };
}
