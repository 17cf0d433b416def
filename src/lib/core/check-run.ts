import type { FailureCode } from '../failures/failures.ts';

/** The links of the chain in order, from the principal that asks to the target. */
export const LINKS = [
  'principal',
  'sts',
  'token',
  'issuer',
  'identity-provider',
  'database-user',
  'cluster',
  'api',
] as const;

export type Link = (typeof LINKS)[number];

/**
 * `warn`: the check passed with something worth knowing. `skip`: the check could not run, and `detail` says
 * why: an earlier check failed, or an input or a permission is missing.
 */
export type CheckStatus = 'pass' | 'warn' | 'fail' | 'skip';

/** One observed value next to the value that it must match, byte for byte. */
export interface Comparison {
  /** The claim or field: `iss`, `aud`, `sub`, `exp`, `alg`, `kid`, `database user` … */
  readonly what: string;
  /** Null when the value is missing. Not safe to print on a terminal without escaping. */
  readonly seen: string | null;
  /** The values that match: several when any of them is accepted, empty when nothing is expected. */
  readonly expected: readonly string[];
  /** Who expects it or knows the value: `identity provider "prod"`, `--subject`. Empty when nobody does. */
  readonly by: string;
  readonly matches: boolean;
}

/** The result of one check. Contains no secrets. */
export interface CheckResult {
  /** Stable: `<area>[.<part>].<kebab>`, the same form as failure codes. */
  readonly id: string;
  /** An assertion in plain English: `the account issues tokens`. */
  readonly title: string;
  readonly link: Link;
  readonly status: CheckStatus;
  /**
   * What was observed, what failed, or why the check was skipped: one sentence or a few. Null when the title
   * says it all.
   */
  readonly detail: string | null;
  /**
   * What else is known: ruled-out causes, possible causes, the server's own log message. One sentence each.
   */
  readonly notes: readonly string[];
  /** Set for `fail`, for a `warn` that has one, and for a `skip` caused by a missing input or permission. */
  readonly code: FailureCode | null;
  /** The likely cause. Set when `code` is set. */
  readonly cause: string | null;
  /** What to do. Set when `code` is set. */
  readonly remedy: string | null;
  /** The command that fixes it, complete and quoted for bash; null when there is none. */
  readonly command: string | null;
  /** What stands behind a failure, by name and message: `Error: connect ECONNREFUSED 127.0.0.1:1`. For --verbose. */
  readonly causes?: readonly string[];
  /** Evidence for people and programs, whatever the status. */
  readonly comparisons: readonly Comparison[];
  readonly startedAt: Date;
  /** Milliseconds. */
  readonly ms: number;
}

/**
 * Returns true for a result that deserves attention although nothing failed: a warning, or a check that could
 * not run. --fail-on warn counts these.
 */
export function isCaution({ status, code }: Pick<CheckResult, 'status' | 'code'>): boolean {
  return status === 'warn' || (status === 'skip' && code !== null);
}

/** The principal that called AWS, and the Region; null for what is unknown. */
export interface CheckedPrincipal {
  readonly arn: string | null;
  readonly account: string | null;
  readonly region: string | null;
}

/** The results for one target. */
export interface TargetReport {
  readonly name: string;
  /** The connection string in a form that is safe to show; null without one. */
  readonly uri: string | null;
  readonly principal: CheckedPrincipal;
  /** The SRV name of the cluster, or its hosts; null without a connection string. */
  readonly cluster: string | null;
  readonly ok: boolean;
  /** The id of the first failed check, in the order of the chain: the place to start. */
  readonly firstFailure: string | null;
  /** How many times the target was checked. More than 1 only with --retry and --wait. */
  readonly attempts: number;
  /** In the order of the catalogue. */
  readonly checks: readonly CheckResult[];
  readonly startedAt: Date;
  readonly ms: number;
}

/** The result of a run of `check`. Every output format shows one of these, or the events that led to it. */
export interface CheckReport {
  /**
   * Whether the run exits with 0: no check failed, and with --fail-on warn no check warned or could not run.
   */
  readonly ok: boolean;
  /** The version of fedctl. */
  readonly version: string;
  readonly targets: readonly TargetReport[];
  readonly startedAt: Date;
  readonly ms: number;
}

/**
 * Events of a run, in the order in which they occur. The checks of one target can end in a different order
 * than the catalogue lists them.
 */
export type CheckEvent =
  /**
   * Every check that has a result has a `begin` event, except a check that was skipped without being tried.
   */
  | {
      readonly kind: 'begin';
      readonly target: string;
      readonly attempt: number;
      readonly id: string;
      readonly title: string;
    }
  /** A connection that is held received a token: at the start, and each time a token expired. */
  | { readonly kind: 'token'; readonly target: string; readonly expiresAt: Date }
  | {
      readonly kind: 'check';
      readonly target: string;
      readonly attempt: number;
      readonly result: CheckResult;
    }
  /** The target failed and is checked again in `pauseMs`. The results so far no longer count. */
  | {
      readonly kind: 'again';
      readonly target: string;
      readonly attempt: number;
      readonly failed: CheckResult;
      readonly pauseMs: number;
    }
  | { readonly kind: 'target'; readonly report: TargetReport };
