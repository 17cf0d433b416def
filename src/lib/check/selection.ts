import { type Flag, fedctl } from '../core/command-line.ts';
import { invalidValue } from '../core/invalid-value.ts';
import { nearest } from '../core/nearest.ts';
import type { Asked, Check } from './check.ts';

/** The checks that --only selects, and the checks that --skip excludes. */
export interface Selection {
  readonly catalogue: readonly Check[];
  /** The checks that --only selects; null selects all checks. */
  readonly picked: ReadonlySet<Check> | null;
  /** The checks whose complete ID is in --only. */
  readonly named: ReadonlySet<Check>;
  readonly left: ReadonlySet<Check>;
}

/**
 * The checks to run for a target: the selected checks, their prerequisites, and the checks that provide
 * evidence for them.
 */
export interface Wanted {
  readonly checks: readonly Check[];
  /**
   * The selected checks and their prerequisites. Only these checks can fail because of a missing input. If a check
   * that only provides evidence lacks an input, it is skipped.
   */
  readonly required: ReadonlySet<Check>;
}

/**
 * Selects checks by ID or by the first parts of the ID. For example, `atlas` selects all checks whose ID
 * starts with `atlas.`.
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

/** Returns the names in --only that match none of the checks for this target. */
export function idleNames(selection: Selection, only: readonly string[], world: Asked): readonly string[] {
  return only.filter(
    (name) => !selection.catalogue.some((check) => isNamed(check, name) && (check.asked?.(world) ?? true)),
  );
}

/**
 * Returns the checks to run for one target, in the order of the catalogue: the selected checks, the checks that
 * they need, and the checks whose results they use as evidence. Omits selected checks that the settings of the
 * target do not request.
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
    remedy:
      'Use the ID of a check, such as mongo.oidc.login, or a prefix that selects several checks, such as mongo.',
    command: fedctl(['check', '--list']),
    details: { checks: catalogue.map(({ id }) => id) },
  });
}

/** Returns all names that select a check, for example `mongo.oidc.login`, `mongo.oidc` and `mongo`. */
function beginnings(id: string): readonly string[] {
  const parts = id.split('.');
  return parts.map((_part, index) => parts.slice(0, parts.length - index).join('.'));
}
