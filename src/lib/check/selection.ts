import { type Flag, fedctl } from '../core/command-line.ts';
import { invalidValue } from '../core/invalid-value.ts';
import { nearest } from '../core/nearest.ts';
import type { Asked, Check } from './check.ts';

/** Which checks of a catalogue run, and which are only listed as left out. */
export interface Selection {
  readonly catalogue: readonly Check[];
  /** Null: all of them. */
  readonly picked: ReadonlySet<Check> | null;
  /** Checks that were selected by their complete id, so the user means exactly this check. */
  readonly named: ReadonlySet<Check>;
  readonly left: ReadonlySet<Check>;
}

/**
 * Why a check runs: it was requested, a requested check needs it, or a requested check uses it as evidence.
 */
export interface Wanted {
  readonly checks: readonly Check[];
  /**
   * The requested checks and their prerequisites. If one of these cannot run, the request cannot be
   * fulfilled.
   */
  readonly required: ReadonlySet<Check>;
}

/**
 * Selects checks by id, or by the beginning of one: `atlas` selects all of `atlas.…`.
 *
 * @throws FedctlError usage.invalid-value for a name that matches no check
 */
export function selectChecks(
  catalogue: readonly Check[],
  only: readonly string[],
  skip: readonly string[],
): Selection {
  const named = (names: readonly string[], option: Flag) =>
    new Set(names.flatMap((name) => checksNamed(catalogue, name, option)));
  return {
    catalogue,
    picked: only.length === 0 ? null : named(only, '--only'),
    named: new Set(catalogue.filter(({ id }) => only.includes(id))),
    left: named(skip, '--skip'),
  };
}

/**
 * Finds names of --only that match no check requested by the target.
 *
 * @returns the names without a match
 */
export function idleNames(selection: Selection, only: readonly string[], world: Asked): readonly string[] {
  return only.filter(
    (name) => !selection.catalogue.some((check) => isNamed(check, name) && (check.asked?.(world) ?? true)),
  );
}

/**
 * Returns the checks for one target, in the order of the catalogue: the selected and requested ones, with
 * their prerequisites and evidence.
 */
export function checksFor({ catalogue, picked }: Selection, world: Asked): Wanted {
  const asked = (check: Check) => check.asked?.(world) ?? true;
  if (picked === null) return { checks: catalogue.filter(asked), required: new Set(catalogue) };
  const wanted = new Set<Check>();
  const want = (check: Check) => {
    if (wanted.has(check)) return;
    wanted.add(check);
    for (const needed of check.needs) want(needed);
    for (const heard of check.evidence?.(world.target) ?? []) want(heard);
  };
  const required = new Set<Check>();
  const require = (check: Check) => {
    if (required.has(check)) return;
    required.add(check);
    for (const needed of check.needs) require(needed);
  };
  for (const check of picked) {
    if (!asked(check)) continue;
    want(check);
    require(check);
  }
  for (const check of catalogue) if (check.always?.(world) === true) wanted.add(check);
  return { checks: catalogue.filter((check) => wanted.has(check) && asked(check)), required };
}

function isNamed({ id }: Check, name: string): boolean {
  return id === name || id.startsWith(`${name}.`);
}

function checksNamed(catalogue: readonly Check[], name: string, option: Flag): readonly Check[] {
  const found = catalogue.filter((check) => isNamed(check, name));
  if (found.length > 0) return found;
  const near = nearest(name, [...new Set(catalogue.flatMap(({ id }) => beginnings(id)))]);
  throw invalidValue(option, {
    message: `Invalid ${option}: no check is named "${name}"${near === null ? '.' : `; did you mean "${near}"?`}`,
    remedy: 'Select a check by its ID, or all checks whose IDs start with the same words.',
    command: fedctl(['check', '--list']),
    details: { checks: catalogue.map(({ id }) => id) },
  });
}

/** Returns all names that select a check: `mongo.oidc.login`, `mongo.oidc`, `mongo`. */
function beginnings(id: string): readonly string[] {
  const parts = id.split('.');
  return parts.map((_part, index) => parts.slice(0, parts.length - index).join('.'));
}
