import type { Flag } from '../../lib/core/command-line.ts';
import type { Context } from '../../lib/core/context.ts';
import type { FedctlError } from '../../lib/core/errors.ts';
import { readingOption } from '../../lib/core/invalid-value.ts';
import { refuseToken } from '../usage-failure.ts';
import { environmentName, type Given, longFlag, type OptionSpec } from './option.ts';

/**
 * Reads an option: flags beat the environment, a variable that is empty counts as absent, and what neither gives is the
 * option's own default.
 *
 * @param typed what the command line gives; null: nothing
 * @throws FedctlError usage.invalid-value and what else the kind of the option throws; usage.token-as-argument
 */
export function readOption<T>(spec: OptionSpec<T>, typed: Given | null, env: Context['env']): T {
  const variable = variableOf(spec, env);
  const flag = longFlag(spec);
  const given = typed ?? (variable === null ? null : [variable.value]);
  if (given !== null && given !== true) refuseToken(typed === null ? (variable?.name ?? flag) : flag, given);
  return readingOption(flag, () => spec.read(given));
}

/** The variable of an option, where it is set to something. */
export function variableOf(
  spec: OptionSpec<unknown>,
  env: Context['env'],
): { readonly name: string; readonly value: string } | null {
  const name = environmentName(spec);
  const value = name === null ? '' : (env[name] ?? '');
  return name === null || value === '' ? null : { name, value };
}

/**
 * Lets a failure that an option is to blame for name the source of its value, where that is not the flag.
 *
 * @param sourceOf a variable or a file; the flag itself where it was typed, or nothing gives a value
 */
export function namingSource(failure: FedctlError, sourceOf: (option: Flag) => string): FedctlError {
  const { option, message, remedy, command, details } = failure;
  const source = option === null ? null : sourceOf(option);
  if (option === null || source === null || source === option) return failure;
  const flag = new RegExp(`${option}(?![\\w-])`, 'g');
  const named = flag.test(message) ? message.replace(flag, source) : `${source}: ${message}`;
  const leave = new RegExp(`(L|l|R|r)e(?:ave (?:out ${option}|${option} out)|move ${option})(?![\\w-])`);
  return failure.with({
    message: named,
    remedy: remedy.replace(leave, (_, letter) => `${/[LR]/.test(letter) ? 'R' : 'r'}emove ${source}`),
    command,
    option: null,
    details: { ...details, option: source },
  });
}
