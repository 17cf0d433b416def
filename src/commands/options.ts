import { parseDuration } from '../lib/duration.ts';
import { FedctlError } from '../lib/errors.ts';

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

export function text(
  flags: string,
  description: string,
  { env = true }: Common = {},
): OptionSpec<string | null> {
  return { flags, description, env, repeatable: false, read: only };
}

/** `--flag [value]`: null when absent, `bare` when given without a value. */
export function optionalText(
  flags: string,
  description: string,
  bare: string,
  { env = true }: Common = {},
): OptionSpec<string | null> {
  return {
    flags,
    description,
    env,
    repeatable: false,
    read: (given) => (given === true ? bare : only(given)),
  };
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
export function toggle(flags: string, description: string, { env = true }: Common = {}): OptionSpec<boolean> {
  return {
    flags,
    description,
    env,
    repeatable: false,
    read: (given, name) => {
      if (given === true) return true;
      const value = only(given);
      if (value === null || value === '0' || value.toLowerCase() === 'false') return false;
      if (value === '1' || value.toLowerCase() === 'true') return true;
      throw invalid(name, value, '1, true, 0 or false');
    },
  };
}

/** Seconds, or `90s`, `5m`, `1h`. Comes out as whole seconds. */
export function duration<Default extends number | null>(
  flags: string,
  description: string,
  fallback: Default,
  { env = true }: Common = {},
): OptionSpec<number | Default> {
  return {
    flags,
    description,
    env,
    repeatable: false,
    read: (given, name) => {
      const value = only(given);
      if (value === null) return fallback;
      const seconds = parseDuration(value);
      if (seconds === null) throw invalid(name, value, 'a duration such as 90s, 5m or 1h');
      return seconds;
    },
  };
}

export function choice<const Choice extends string, Default extends Choice | null>(
  flags: string,
  description: string,
  choices: readonly Choice[],
  fallback: Default,
  { env = true }: Common = {},
): OptionSpec<Choice | Default> {
  return {
    flags,
    description: `${description} (${choices.join(', ')})`,
    env,
    repeatable: false,
    read: (given, name) => {
      const value = only(given);
      if (value === null) return fallback;
      const found = choices.find((each) => each === value);
      if (found === undefined) throw invalid(name, value, choices.join(', '));
      return found;
    },
  };
}

/** `--max-age <time>` → `--max-age`. */
export function longFlag(spec: OptionSpec<unknown>): string {
  return /--[a-z][a-z0-9-]*/.exec(spec.flags)?.[0] ?? spec.flags;
}

/** `--max-age` → `FEDCTL_MAX_AGE`; null where the option has no environment form. */
export function environmentName(spec: OptionSpec<unknown>): string | null {
  return spec.env ? `FEDCTL_${longFlag(spec).slice(2).toUpperCase().replaceAll('-', '_')}` : null;
}
