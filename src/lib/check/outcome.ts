import type { Comparison } from '../core/check-run.ts';
import type { FedctlError, Warning } from '../core/errors.ts';
import type { FailureCode } from '../failures/failures.ts';

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
  /** What it is where nobody picked the check: an input that every chain needs, or a look that may be left out. */
  readonly unpicked: 'fail' | 'warn' | 'skip';
};

/** How a check ended, and with `pass` and `warn` the fact that it leaves for those after it. */
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
 * Nothing was found out, because an input or a permission is missing. Whoever picked the check, or one that needs it, is
 * told that it failed: a check that did not look cannot pass.
 */
export function unseen(failure: FedctlError, unpicked: 'fail' | 'warn' | 'skip'): Unseen {
  return { status: 'unseen', failure, unpicked };
}

/** @param detail why there is nothing to find out here */
export function skip(detail: string, seen: Seen = {}): Skipped {
  return { status: 'skip', detail, ...seen };
}
