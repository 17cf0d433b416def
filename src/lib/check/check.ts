import type { CheckResult, Link } from '../core/check-run.ts';
import type { CheckTarget } from '../core/check-target.ts';
import type { FedctlError } from '../core/errors.ts';
import type { Outcome } from './outcome.ts';
import type { World } from './world.ts';

/** What tells whether a check is asked for: what the target, the options and the plan say. */
export type Asked = Pick<World, 'target' | 'plan' | 'options'>;

/**
 * One check, as data: what it asserts, where it stands in the chain, what has to hold before it makes sense, and the
 * one question that it asks.
 */
export interface Check<Fact = unknown> {
  /** Stable: `<area>[.<part>].<kebab>`. */
  readonly id: string;
  /** An assertion in plain English. */
  readonly title: string;
  readonly link: Link;
  /** When one of these fails, this one is skipped and says so. One that was skipped for want of input is no reason. */
  readonly needs: readonly Check[];
  /** Waited for as evidence, however they end; what the target itself says needs none. */
  readonly evidence?: (target: CheckTarget) => readonly Check[];
  /** Whether somebody asked for it; a check that is part of every chain has none, and is skipped visibly instead. */
  readonly asked?: (world: Asked) => boolean;
  /** Whether it is run for this target whatever --only picks: what it has to say must not be lost. */
  readonly always?: (world: Asked) => boolean;
  /** Targets for which this is the same text share one outcome; null, or without it, each finds out for itself. */
  readonly sharedBy?: (world: World, facts: Facts) => string | null;
  /** @throws FedctlError: the check failed; the signal's reason */
  readonly run: (world: World, facts: Facts) => Promise<Outcome<Fact>>;
}

/** What the checks before left behind. */
export interface Facts {
  /** The fact of a check that is over; null when it left none: skipped, failed, or not asked for. */
  of<Fact>(check: Check<Fact>): Fact | null;
  /** The same, where nothing can be asked without it: the check that calls this is skipped when there is none. */
  needed<Fact>(check: Check<Fact>): Fact;
  /** The same, for one that may still be running and is not waited for otherwise. */
  when<Fact>(check: Check<Fact>): Promise<Fact | null>;
  /** How a check ended; null for one that is not over, or was not asked for. */
  resultOf(check: Check): CheckResult | null;
  /** Why a check failed; null unless it did. */
  failureOf(check: Check): FedctlError | null;
}

/** Defines a check, keeping the type of its fact. */
export function check<Fact>(definition: Check<Fact>): Check<Fact> {
  return definition;
}
