import type { CheckResult, Comparison, Link } from '../core/check-run.ts';
import type { CheckTarget } from '../core/check-target.ts';
import type { FedctlError, Warning } from '../core/errors.ts';
import type { FailureCode } from '../failures/failures.ts';
import type { World } from './world.ts';

/** When something really happened, where that is not when the check ran: a stage of a login that others share. */
export interface Timing {
  readonly startedAt: Date;
  /** Milliseconds. */
  readonly ms: number;
}

interface Seen {
  readonly comparisons?: readonly Comparison[];
  readonly notes?: readonly string[];
  readonly timing?: Timing;
}

/** A warning that has a code of the catalogue, or one of its own. */
export interface Caution extends Omit<Warning, 'code'> {
  readonly code: FailureCode | null;
}

/** How a check ended, and with `pass` and `warn` the fact that it leaves for those after it. */
export type Outcome<Fact> =
  | (Seen & { readonly status: 'pass'; readonly detail: string | null; readonly fact: Fact })
  | (Seen & { readonly status: 'warn'; readonly caution: Caution; readonly fact: Fact })
  | (Seen & { readonly status: 'fail'; readonly failure: FedctlError })
  | (Seen & { readonly status: 'skip'; readonly detail: string })
  | (Seen & {
      readonly status: 'unseen';
      readonly failure: FedctlError;
      /** What it is where nobody picked the check: an input that every chain needs, or a look that may be left out. */
      readonly unpicked: 'fail' | 'warn' | 'skip';
    });

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

export function pass<Fact>(detail: string | null, fact: Fact, seen: Seen = {}): Outcome<Fact> {
  return { status: 'pass', detail, fact, ...seen };
}

export function warn<Fact>(caution: Caution, fact: Fact, seen: Seen = {}): Outcome<Fact> {
  return { status: 'warn', caution, fact, ...seen };
}

export function fail(failure: FedctlError, seen: Seen = {}): Outcome<never> {
  return { status: 'fail', failure, ...seen };
}

/**
 * Nothing was found out, because an input or a permission is missing. Whoever picked the check, or one that needs it, is
 * told that it failed: a check that did not look cannot pass.
 */
export function unseen(failure: FedctlError, unpicked: 'fail' | 'warn' | 'skip'): Outcome<never> {
  return { status: 'unseen', failure, unpicked };
}

/** @param detail why there is nothing to find out here */
export function skip(detail: string, seen: Seen = {}): Outcome<never> {
  return { status: 'skip', detail, ...seen };
}

/** Defines a check, keeping the type of its fact. */
export function check<Fact>(definition: Check<Fact>): Check<Fact> {
  return definition;
}
