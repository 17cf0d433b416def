import { FedctlError } from '../errors.ts';
import { printable } from '../printable.ts';
import type { Check } from './check.ts';

/** Which checks of the catalogue are run, and which of them are only named as left out. */
export interface Selection {
  readonly checks: readonly Check[];
  readonly left: ReadonlySet<Check>;
}

/**
 * Picks checks by id, or by the beginning of one: `atlas` is all of `atlas.…`. With `only`, what the picked ones need is
 * run as well.
 *
 * @throws FedctlError usage.invalid-value for a name that no check has
 */
export function selectChecks(
  catalogue: readonly Check[],
  only: readonly string[],
  skip: readonly string[],
): Selection {
  const named = (names: readonly string[], option: string) =>
    new Set(names.flatMap((name) => checksNamed(catalogue, name, option)));
  const left = named(skip, '--skip');
  if (only.length === 0) return { checks: catalogue, left };
  const wanted = new Set<Check>();
  const want = (check: Check) => {
    if (wanted.has(check)) return;
    wanted.add(check);
    for (const needed of check.needs) want(needed);
    for (const heard of check.evidence ?? []) want(heard);
  };
  for (const check of named(only, '--only')) want(check);
  return { checks: catalogue.filter((check) => wanted.has(check)), left };
}

function checksNamed(catalogue: readonly Check[], name: string, option: string): readonly Check[] {
  const found = catalogue.filter(({ id }) => id === name || id.startsWith(`${name}.`));
  if (found.length > 0) return found;
  throw new FedctlError('usage.invalid-value', {
    message: `${option} cannot be "${printable(name)}": no check has this name.`,
    remedy: 'fedctl check --list',
    details: { option, checks: catalogue.map(({ id }) => id) },
  });
}
