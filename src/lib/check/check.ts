import type { CheckResult, Link } from '../core/check-run.ts';
import type { CheckTarget } from '../core/check-target.ts';
import type { FedctlError } from '../core/errors.ts';
import type { Outcome } from './outcome.ts';
import type { World } from './world.ts';

/** The facts that decide whether a check is requested: target, options and plan. */
export type Asked = Pick<World, 'target' | 'plan' | 'options'>;

/**
 * One check, as data: its assertion, its place in the chain, its prerequisites, and the function that runs
 * it.
 */
export interface Check<Fact = unknown> {
  /** Stable: `<area>[.<part>].<kebab>`. */
  readonly id: string;
  /** An assertion in plain English. */
  readonly title: string;
  readonly link: Link;
  /**
   * When one of these fails, this check is skipped and says so. A prerequisite that was skipped because of
   * missing input does not count.
   */
  readonly needs: readonly Check[];
  /** Checks to wait for as evidence, whatever their result. Not needed for what the target itself says. */
  readonly evidence?: (target: CheckTarget) => readonly Check[];
  /**
   * Whether the check was requested. A check without this function is part of every chain and is shown as
   * skipped instead.
   */
  readonly asked?: (world: Asked) => boolean;
  /** Whether the check runs for this target whatever --only selects, because its result must not be lost. */
  readonly always?: (world: Asked) => boolean;
  /**
   * Targets with the same text share one result. With null, or without this function, each target runs the
   * check itself.
   */
  readonly sharedBy?: (world: World, facts: Facts) => string | null;
  /** @throws FedctlError: the check failed; the signal's reason */
  readonly run: (world: World, facts: Facts) => Promise<Outcome<Fact>>;
}

/** The facts that earlier checks provide. */
export interface Facts {
  /** Returns the fact of a finished check; null when it has none: skipped, failed, or not requested. */
  of<Fact>(check: Check<Fact>): Fact | null;
  /** Returns the same for a required fact: when it is missing, the calling check is skipped. */
  needed<Fact>(check: Check<Fact>): Fact;
  /** Returns the same for a check that may still be running and that nothing else waits for. */
  when<Fact>(check: Check<Fact>): Promise<Fact | null>;
  /** Returns the result of a check; null while it is running, or when it was not requested. */
  resultOf(check: Check): CheckResult | null;
  /** Returns why a check failed; null unless it did. */
  failureOf(check: Check): FedctlError | null;
}

/** Defines a check and keeps the type of its fact. */
export function check<Fact>(definition: Check<Fact>): Check<Fact> {
  return definition;
}
