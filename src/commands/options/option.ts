import type { Flag, Settings } from '../../lib/core/command-line.ts';
import { invalidValue } from '../../lib/core/invalid-value.ts';

/**
 * The declaration of an option, with the type of its value. This record defines the command-line option, its
 * environment variable (FEDCTL_<OPTION>) and its help.
 */
export interface OptionSpec<T> {
  /** The option in the notation of commander, such as `--audience <aud>` or `--no-wait`. */
  readonly flags: string;
  readonly description: string;
  /** False if the option has no environment variable. Options that disable a safety check or write a file have none. */
  readonly env: boolean;
  readonly repeatable: boolean;
  /** Completions for the value. If absent, the shell completes file names. */
  readonly values?: ValueSource;
  /**
   * Parses `given`, which is `true` for a switch, a list of texts for an option with a value, and null for an
   * absent option. The list has several texts only if the option is repeatable. A failure names the option.
   * If the value comes from an environment variable or a file, `namingSource` later replaces the option name in
   * the failure with the name of that source.
   */
  readonly read: (given: Given | null) => T;
  /**
   * Returns the value for a suggested command, without secrets. Returns null if the secrets cannot be removed.
   * `set` contains the options that the suggested command changes. If this function is absent, the suggested
   * command repeats the value unchanged.
   */
  readonly repeated?: (value: string, set: Settings) => string | null;
}

/** Completions for a value: a fixed list, or the name of a list that is loaded on use. */
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

/** Returns the long form of an option: `--max-age <time>` → `--max-age`. */
export function longFlag(spec: Pick<OptionSpec<unknown>, 'flags'>): Flag {
  const [flag] = /--[a-z][a-z0-9-]*/.exec(spec.flags) ?? [];
  // The match is never undefined, because every option in a table has a long form.
  return flag as Flag;
}

/**
 * Returns the environment variable of an option (`--max-age` → `FEDCTL_MAX_AGE`); null if the option has no
 * variable.
 */
export function environmentName(spec: OptionSpec<unknown>): string | null {
  return spec.env ? `FEDCTL_${longFlag(spec).slice(2).toUpperCase().replaceAll('-', '_')}` : null;
}

/**
 * Creates an option with one value. If the option is repeated, the last value applies; if it is absent,
 * `fallback` applies.
 */
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

/**
 * Creates a repeatable option. The environment variable contains exactly one value. Values on the command
 * line replace this value.
 */
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

/**
 * Creates an option with an optional value, `--flag [value]`. If the option is given without a value, `bare`
 * applies. If the option is absent, the value is null.
 */
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

/**
 * Creates a switch: an option without a value, such as `--quiet` or `--no-wait`. The switch is true if it is
 * on the command line. The environment variable of the switch must be 1, true, 0 or false.
 */
export function toggle(flags: string, description: string, common: Common = {}): OptionSpec<boolean> {
  const valued = single(flags, description, common, false, (value, option) => {
    const switched = { '1': true, true: true, '0': false, false: false }[value.toLowerCase()];
    if (switched === undefined) throw invalidValue(option, { value, expected: '1, true, 0 or false' });
    return switched;
  });
  return { ...valued, read: (given) => given === true || valued.read(given) };
}
