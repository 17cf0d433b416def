import type { Settings } from '../lib/core/command-line.ts';
import { parseDuration } from '../lib/core/duration.ts';
import { FedctlError } from '../lib/core/errors.ts';

/**
 * How a command declares its options: once, with the type of what comes out. The command line, the environment
 * (FEDCTL_<OPTION>) and the help text all read the same record.
 */
export interface OptionSpec<T> {
  /** As commander writes it: `--audience <aud>`, `--no-wait`. */
  readonly flags: string;
  readonly description: string;
  /** False for options that relax safety or write: they have no environment form. */
  readonly env: boolean;
  readonly repeatable: boolean;
  /** For switches `true`, for options with a value the texts given (several only if repeatable), null when absent. */
  readonly read: (given: readonly string[] | true | null, name: string) => T;
  /**
   * How a typed value is repeated in a command that fedctl prints and that sets other options: without secrets; null: it
   * cannot be. Without this, as it is.
   */
  readonly repeated?: (value: string, set: Settings) => string | null;
}

export type OptionTable = Readonly<Record<string, OptionSpec<unknown>>>;

export type OptionValues<Table extends OptionTable> = {
  readonly [Key in keyof Table]: Table[Key] extends OptionSpec<infer T> ? T : never;
};

interface Common {
  readonly env?: boolean;
}

function invalid(name: string, value: string, expected: string): FedctlError {
  return new FedctlError('usage.invalid-value', {
    message: `${name} cannot be "${value}": expected ${expected}.`,
    details: { option: name, expected },
  });
}

function only(given: readonly string[] | true | null): string | null {
  return Array.isArray(given) ? ((given as readonly string[]).at(-1) ?? null) : null;
}

/** An option that takes one value, the last one given, and means `fallback` when it is absent. */
function single<T, Default>(
  flags: string,
  description: string,
  { env = true }: Common,
  fallback: Default,
  read: (value: string, name: string) => T,
): OptionSpec<T | Default> {
  return {
    flags,
    description,
    env,
    repeatable: false,
    read: (given, name) => {
      const value = only(given);
      return value === null ? fallback : read(value, name);
    },
  };
}

export function text(flags: string, description: string, common: Common = {}): OptionSpec<string | null> {
  return single(flags, description, common, null, (value) => value);
}

/** `--flag [value]`: null when absent, `bare` when given without a value. */
export function optionalText(
  flags: string,
  description: string,
  bare: string,
  common: Common = {},
): OptionSpec<string | null> {
  const valued = text(flags, description, common);
  return { ...valued, read: (given, name) => (given === true ? bare : valued.read(given, name)) };
}

/** A repeatable option. Its environment form holds exactly one value; flags replace it. */
export function texts(
  flags: string,
  description: string,
  { env = true }: Common = {},
): OptionSpec<readonly string[]> {
  return {
    flags,
    description,
    env,
    repeatable: true,
    read: (given) => (Array.isArray(given) ? (given as readonly string[]) : []),
  };
}

/** `--flag`, or `--no-flag`, which is true when given. In the environment 1, true, 0 or false. */
export function toggle(flags: string, description: string, common: Common = {}): OptionSpec<boolean> {
  const valued = single(flags, description, common, false, (value, name) => {
    const switched = { '1': true, true: true, '0': false, false: false }[value.toLowerCase()];
    if (switched === undefined) throw invalid(name, value, '1, true, 0 or false');
    return switched;
  });
  return { ...valued, read: (given, name) => given === true || valued.read(given, name) };
}

/** Seconds, or `90s`, `5m`, `1h`. Comes out as whole seconds. */
export function duration<Default extends number | null>(
  flags: string,
  description: string,
  fallback: Default,
  common: Common = {},
): OptionSpec<number | Default> {
  return single(flags, description, common, fallback, (value, name) => {
    const seconds = parseDuration(value);
    if (seconds === null) throw invalid(name, value, 'a duration such as 90s, 5m or 1h');
    return seconds;
  });
}

/** One parenthesis, whatever the description has at its end. */
function withChoices(description: string, listed: string): string {
  const [, words, inside] = /^(.*) \(([^()]*)\)$/.exec(description) ?? [];
  return inside === undefined ? `${description} (${listed})` : `${words} (${listed}; ${inside})`;
}

export function choice<const Choice extends string, Default extends Choice | null>(
  flags: string,
  description: string,
  choices: readonly Choice[],
  fallback: Default,
  common: Common = {},
): OptionSpec<Choice | Default> {
  const listed = choices.join(', ');
  return single(flags, withChoices(description, listed), common, fallback, (value, name) => {
    const found = choices.find((each) => each === value);
    if (found === undefined) throw invalid(name, value, listed);
    return found;
  });
}

/** `--max-age <time>` → `--max-age`. */
export function longFlag(spec: OptionSpec<unknown>): string {
  return /--[a-z][a-z0-9-]*/.exec(spec.flags)?.[0] ?? spec.flags;
}

/** `--max-age` → `FEDCTL_MAX_AGE`; null where the option has no environment form. */
export function environmentName(spec: OptionSpec<unknown>): string | null {
  return spec.env ? `FEDCTL_${longFlag(spec).slice(2).toUpperCase().replaceAll('-', '_')}` : null;
}
