import type { Flag } from '../../lib/core/command-line.ts';
import type { Context } from '../../lib/core/context.ts';
import type { FedctlError } from '../../lib/core/errors.ts';
import { readingOption } from '../../lib/core/invalid-value.ts';
import { refuseToken } from '../usage-failure.ts';
import { environmentName, type Given, longFlag, type OptionSpec } from './option.ts';

/**
 * Reads an option. A value on the command line takes precedence over the environment variable, and the
 * variable over the default. An empty variable counts as absent.
 *
 * @param typed the value on the command line; null if the option is absent
 * @throws FedctlError usage.invalid-value, usage.token-as-argument, and the failures of `spec.read`
 */
export function readOption<T>(spec: OptionSpec<T>, typed: Given | null, env: Context['env']): T {
  const variable = variableOf(spec, env);
  const flag = longFlag(spec);
  const given = typed ?? (variable === null ? null : [variable.value]);
  if (given !== null && given !== true) refuseToken(typed === null ? (variable?.name ?? flag) : flag, given);
  return readingOption(flag, () => spec.read(given));
}

/**
 * Returns the name and value of an option's environment variable. Returns null if the variable is unset or
 * empty.
 */
export function variableOf(
  spec: OptionSpec<unknown>,
  env: Context['env'],
): { readonly name: string; readonly value: string } | null {
  const name = environmentName(spec);
  const value = name === null ? '' : (env[name] ?? '');
  return name === null || value === '' ? null : { name, value };
}

/**
 * If the value of an option comes from a variable or a file, names this source in the failure instead of the
 * option. Otherwise, returns the failure unchanged.
 *
 * @param sourceOf returns the variable or the file, or the option itself if its value comes from the command
 * line
 */
export function namingSource(failure: FedctlError, sourceOf: (option: Flag) => string): FedctlError {
  const { option, message, remedy, command, details } = failure;
  const source = option === null ? null : sourceOf(option);
  if (option === null || source === null || source === option) return failure;
  const flag = new RegExp(`${option}(?![\\w-])`, 'g');
  const named = flag.test(message) ? message.replace(flag, source) : `${source}: ${message}`;
  const remove = new RegExp(`(?<=[Rr]emove )${option}(?![\\w-])`);
  return failure.with({
    message: named,
    remedy: remedy.replace(remove, () => source),
    command,
    option: null,
    details: { ...details, option: source },
  });
}
