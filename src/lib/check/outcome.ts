import type { Comparison } from '../core/check-run.ts';
import type { FedctlError, Warning } from '../core/errors.ts';
import type { FailureCode } from '../failures/failures.ts';

/**
 * The start time and the duration of the work that a check reports. Several checks can share one login stage,
 * so these times can differ from the times of the check itself.
 */
export interface Timing {
  readonly startedAt: Date;
  /** The duration in milliseconds. */
  readonly ms: number;
}

interface Seen {
  readonly comparisons?: readonly Comparison[];
  readonly notes?: readonly string[];
  readonly timing?: Timing;
}

/** A warning with a failure code from the catalogue, or without a code. */
export interface Caution extends Omit<Warning, 'code'> {
  readonly code: FailureCode | null;
}

export type Passed<Fact> = Seen & {
  readonly status: 'pass';
  readonly detail: string | null;
  readonly fact: Fact;
};
type Warned<Fact> = Seen & { readonly status: 'warn'; readonly caution: Caution; readonly fact: Fact };
export type Failed = Seen & { readonly status: 'fail'; readonly failure: FedctlError };
export type Skipped = Seen & { readonly status: 'skip'; readonly detail: string };
type Unseen = Seen & {
  readonly status: 'unseen';
  readonly failure: FedctlError;
  /**
   * The status of the check if an input is missing and --only is not used. `fail`: the input is always required.
   * `warn` or `skip`: the check is optional.
   */
  readonly unpicked: 'fail' | 'warn' | 'skip';
};

/** The result of a check. The results `pass` and `warn` contain a fact for later checks. */
export type Outcome<Fact> = Passed<Fact> | Warned<Fact> | Failed | Skipped | Unseen;

export function pass<Fact>(detail: string | null, fact: Fact, seen: Seen = {}): Passed<Fact> {
  return { status: 'pass', detail, fact, ...seen };
}

export function warn<Fact>(caution: Caution, fact: Fact, seen: Seen = {}): Warned<Fact> {
  return { status: 'warn', caution, fact, ...seen };
}

export function fail(failure: FedctlError, seen: Seen = {}): Failed {
  return { status: 'fail', failure, ...seen };
}

/**
 * Creates the result of a check that could not run because an input or a permission is missing. The check
 * fails if the user selected this check, or selected another check that requires this check.
 */
export function unseen(failure: FedctlError, unpicked: 'fail' | 'warn' | 'skip'): Unseen {
  return { status: 'unseen', failure, unpicked };
}

/** @param detail why the check does not apply */
export function skip(detail: string, seen: Seen = {}): Skipped {
  return { status: 'skip', detail, ...seen };
}
