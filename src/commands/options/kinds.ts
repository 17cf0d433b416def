import { isIP } from 'node:net';
import type { WantedDuration } from '../../lib/auth/lifetime.ts';
import type { CheckTarget } from '../../lib/core/check-target.ts';
import type { Flag } from '../../lib/core/command-line.ts';
import { parseDuration } from '../../lib/core/duration.ts';
import { readNameServer } from '../../lib/core/hosts.ts';
import { invalidValue } from '../../lib/core/invalid-value.ts';
import { type Namespace, readNamespace, readPrivilege } from '../../lib/core/namespace.ts';
import type { Tag } from '../../lib/core/token.ts';
import { type Common, type OptionSpec, several, single } from './option.ts';

/**
 * Creates an option for a duration: a number of seconds, or a text such as `90s`, `5m` or `1h`. The value is
 * in whole seconds.
 */
export function duration<Default extends number | null>(
  flags: string,
  description: string,
  fallback: Default,
  common: Common = {},
): OptionSpec<number | Default> {
  return single(flags, description, common, fallback, (value, option) => {
    const seconds = parseDuration(value);
    if (seconds === null) throw invalidValue(option, { value, expected: 'a duration such as 90s, 5m or 1h' });
    return seconds;
  });
}

/** Creates an option for a duration in seconds, or `auto`. */
export function durationOrAuto(
  flags: string,
  description: string,
  fallback: number,
): OptionSpec<WantedDuration> {
  return single(flags, description, {}, fallback, (value, option) => {
    const wanted = value === 'auto' ? value : parseDuration(value);
    if (wanted !== null) return wanted;
    throw invalidValue(option, { value, expected: 'a duration such as 90s, 5m or 1h, or auto' });
  });
}

/**
 * Adds the choices to a description. If the description ends with parentheses, the choices are put inside
 * them.
 */
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
  const expected = choices.join(', ');
  const described = withChoices(description, expected);
  return single(flags, described, { values: choices, ...common }, fallback, (value, option) => {
    const found = choices.find((each) => each === value);
    if (found === undefined) throw invalidValue(option, { value, expected });
    return found;
  });
}

/** Creates an option for a whole number in decimal digits, such as a port. */
export function integer<Default extends number | null>(
  flags: string,
  description: string,
  { from, to, noun = 'number' }: { readonly from: number; readonly to: number; readonly noun?: string },
  fallback: Default,
  common: Common = {},
): OptionSpec<number | Default> {
  return single(flags, description, common, fallback, (value, option) => {
    const number = Number(value);
    if (/^\d{1,9}$/.test(value) && number >= from && number <= to) return number;
    throw invalidValue(option, { value, expected: `a ${noun} from ${from} to ${to}` });
  });
}

/** Creates an option for `<database>.<collection>`. */
export function namespace(
  flags: string,
  description: string,
  common: Common = {},
): OptionSpec<Namespace | null> {
  const expected = '<database>.<collection>';
  return single(flags, description, common, null, (value, option) => {
    const found = readNamespace(value);
    if (found !== null) return found;
    throw invalidValue(option, { message: `Invalid ${option}: expected ${expected}.`, expected });
  });
}

/**
 * Creates a repeatable option for a MongoDB action on a database or a collection, such as
 * `insert@app.visits`.
 */
export function privileges(flags: string, description: string): OptionSpec<CheckTarget['privileges']> {
  return several(flags, description, {}, (value, option) => {
    const found = readPrivilege(value);
    if (found !== null) return found;
    throw invalidValue(option, {
      message: `Invalid ${option} "${value}": expected <action>@<database> or <action>@<database>.<collection>.`,
      remedy: 'Use a value such as insert@app.visits or insert@app.',
    });
  });
}

/** Creates an option for the IP address and port of a DNS server. */
export function nameServer(flags: string, description: string): OptionSpec<string | null> {
  return single(flags, description, {}, null, (value, option) => {
    const found = readNameServer(value);
    if (found !== null) return found;
    throw invalidValue(option, {
      message: `Invalid ${option} "${value}": expected an IP address with a port, such as 127.0.0.1:5353.`,
      expected: 'an IP address with a port',
    });
  });
}

/** An IP address and a port to listen on. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Creates an option whose value is a port of 127.0.0.1, or an IP address and a port. */
export function listenAddress(
  flags: string,
  description: string,
  common: Common = {},
): OptionSpec<ListenAddress | null> {
  return single(flags, description, common, null, (value, option) => {
    const [, v6, v4, given = ''] = /^(?:(?:\[([0-9a-f:.]+)\]|([0-9.]+)):)?(\d{1,5})$/i.exec(value) ?? [];
    const host = v6 ?? v4 ?? '127.0.0.1';
    const port = Number(given);
    if (given !== '' && isIP(host) !== 0 && port > 0 && port < 65_536) return { host, port };
    throw invalidValue(option, {
      value,
      expected: 'a port, or an address with a port such as 127.0.0.1:8484',
    });
  });
}

/**
 * Creates a repeatable option for tags, `<key>=<value>`. The first `=` is the separator. AWS allows `=` in
 * keys, but the option does not. The option has no environment variable, because a variable cannot contain
 * several tags.
 */
export function tags(flags: string, description: string): OptionSpec<readonly Tag[]> {
  return several(flags, description, { env: false }, readTag);
}

function readTag(text: string, option: Flag, index: number): Tag {
  const divider = text.indexOf('=');
  if (divider !== -1) return { key: text.slice(0, divider), value: text.slice(divider + 1) };
  throw invalidValue(option, {
    message: `Tag ${index + 1} does not have the form <key>=<value>.`,
    remedy: `Write the tag as ${option} <key>=<value>.`,
    details: { position: index + 1 },
  });
}
