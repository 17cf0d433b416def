import type { CheckTarget } from '../check-target.ts';
import { FedctlError } from '../errors.ts';
import type { Check } from './check.ts';

/** Which checks of a catalogue are run, and which of them are only named as left out. */
export interface Selection {
  readonly catalogue: readonly Check[];
  /** Null: all of them. */
  readonly picked: ReadonlySet<Check> | null;
  readonly left: ReadonlySet<Check>;
}

/**
 * Picks checks by id, or by the beginning of one: `atlas` is all of `atlas.…`.
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
  const picked = only.length === 0 ? null : named(only, '--only');
  return { catalogue, picked, left: named(skip, '--skip') };
}

/** The checks for one target, in the order of the catalogue: what is picked, with all that it needs or listens to. */
export function checksFor({ catalogue, picked }: Selection, target: CheckTarget): readonly Check[] {
  if (picked === null) return catalogue;
  const wanted = new Set<Check>();
  const want = (check: Check) => {
    if (wanted.has(check)) return;
    wanted.add(check);
    for (const needed of check.needs) want(needed);
    for (const heard of check.evidence?.(target) ?? []) want(heard);
  };
  for (const check of picked) want(check);
  return catalogue.filter((check) => wanted.has(check));
}

function checksNamed(catalogue: readonly Check[], name: string, option: string): readonly Check[] {
  const found = catalogue.filter(({ id }) => id === name || id.startsWith(`${name}.`));
  if (found.length > 0) return found;
  throw new FedctlError('usage.invalid-value', {
    message: `${option} cannot be "${name}": no check has this name.`,
    remedy: 'fedctl check --list',
    details: { option, checks: catalogue.map(({ id }) => id) },
  });
}
