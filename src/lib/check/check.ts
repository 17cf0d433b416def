import type { CheckResult, Link } from '../core/check-run.ts';
import type { CheckTarget } from '../core/check-target.ts';
import type { FedctlError } from '../core/errors.ts';
import type { Outcome } from './outcome.ts';
import type { World } from './world.ts';

/** The data that determines whether a check is requested: target, plan and options. */
export type Asked = Pick<World, 'target' | 'plan' | 'options'>;

/**
 * The definition of one check: its assertion, the link of the chain to which it belongs, its prerequisites,
 * and the function that runs the check.
 */
export interface Check<Fact = unknown> {
  /** A fixed ID in the form `<area>[.<part>].<name>`, such as `mongo.oidc.login`. */
  readonly id: string;
  /** The assertion in plain English, such as `AWS identifies the caller`. */
  readonly title: string;
  readonly link: Link;
  /**
   * The prerequisites. If a prerequisite fails, this check is skipped, and the result of this check contains
   * the ID of the failed check. A prerequisite that was skipped because of missing input does not block this
   * check.
   */
  readonly needs: readonly Check[];
  /**
   * Returns the checks whose results this check uses as evidence. This check waits for those checks and runs
   * even if those checks fail. The list depends on the target. For example, if the target specifies the
   * issuer, no check is needed to find the issuer.
   */
  readonly evidence?: (target: CheckTarget) => readonly Check[];
  /**
   * Checks that must finish before this check starts, if they are part of the run. If --only selects this
   * check, the checks in `needs` and `evidence` also run, but the checks in this list do not.
   */
  readonly after?: readonly Check[];
  /**
   * Returns whether the target and the options request this check. If this function is missing, the check is
   * part of every chain. It is then shown as skipped if it does not apply to the target.
   */
  readonly asked?: (world: Asked) => boolean;
  /** Returns whether the check runs even if --only does not select it. */
  readonly always?: (world: Asked) => boolean;
  /**
   * Returns a key. Targets with the same key share one result of this check. If the key is null or this
   * function is missing, each target runs the check.
   */
  readonly sharedBy?: (world: World, facts: Facts) => string | null;
  /**
   * Runs the check.
   *
   * @throws FedctlError if the check fails; the abort reason, if the signal is aborted
   */
  readonly run: (world: World, facts: Facts) => Promise<Outcome<Fact>>;
}

/** The facts that earlier checks provide. */
export interface Facts {
  /** Returns the fact of a finished check; null if the check was skipped, failed or was not requested. */
  of<Fact>(check: Check<Fact>): Fact | null;
  /** Returns the fact of a finished check. If the fact is missing, the calling check is skipped. */
  needed<Fact>(check: Check<Fact>): Fact;
  /**
   * Waits for a check that is not a prerequisite of the calling check, then returns the fact of the awaited
   * check, or null.
   */
  when<Fact>(check: Check<Fact>): Promise<Fact | null>;
  /** Returns the result of a check; null if the check has not finished or was not requested. */
  resultOf(check: Check): CheckResult | null;
  /** Returns the failure of a check; null if the check did not fail. */
  failureOf(check: Check): FedctlError | null;
}

/** Defines a check. TypeScript infers the type of the fact from the definition. */
export function check<Fact>(definition: Check<Fact>): Check<Fact> {
  return definition;
}
