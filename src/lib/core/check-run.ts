import type { FailureCode } from '../failures/failures.ts';

/** The links of the chain, in order from the AWS principal to the target. */
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
 * `warn`: the check passed with a warning, or could not run because of a missing input or permission. `skip`:
 * the check could not run. `detail` gives the reason.
 */
export type CheckStatus = 'pass' | 'warn' | 'fail' | 'skip';

/** One actual value next to the value that it must match, byte for byte. */
export interface Comparison {
  /** The claim or field: `iss`, `aud`, `sub`, `exp`, `alg`, `kid`, `database user` … */
  readonly what: string;
  /** The actual value; null if it is missing. Must be escaped before it is printed on a terminal. */
  readonly seen: string | null;
  /** The values that match. Empty if no value is expected; one of several values must match. */
  readonly expected: readonly string[];
  /**
   * The source of the expected value: `identity provider "prod"`, `--subject`. Empty if there is no source.
   */
  readonly by: string;
  readonly matches: boolean;
}

/** The result of one check. Contains no secrets. */
export interface CheckResult {
  /** Stable: `<area>[.<part>].<kebab>`, the same form as failure codes. */
  readonly id: string;
  /** The assertion in plain English, such as `the AWS profile exists`. */
  readonly title: string;
  readonly link: Link;
  readonly status: CheckStatus;
  /**
   * The observation, the failure, or the reason for skipping the check, in one or more sentences. Null if the
   * title is enough.
   */
  readonly detail: string | null;
  /** Further findings: ruled-out causes, possible causes, the reason in the server log. One sentence each. */
  readonly notes: readonly string[];
  /**
   * The failure code. Set for `fail`, for some warnings, and for a `skip` caused by a missing input or
   * permission.
   */
  readonly code: FailureCode | null;
  /** The likely cause; null if none is known. */
  readonly cause: string | null;
  /** What to do; null if no action is known. */
  readonly remedy: string | null;
  /** The complete command that fixes the failure, quoted for bash; null if there is no such command. */
  readonly command: string | null;
  /**
   * The underlying errors of a failure, by name and message: `Error: connect ECONNREFUSED 127.0.0.1:1`. For
   * --verbose.
   */
  readonly causes?: readonly string[];
  /** Actual and expected values, for every status. */
  readonly comparisons: readonly Comparison[];
  readonly startedAt: Date;
  /** Milliseconds. */
  readonly ms: number;
}

/**
 * Returns true for a warning, and for a check that could not run because of a missing input or permission.
 * --fail-on warn treats both as failures.
 */
export function isCaution({ status, code }: Pick<CheckResult, 'status' | 'code'>): boolean {
  return status === 'warn' || (status === 'skip' && code !== null);
}

/** The principal that called AWS, and the Region. Unknown values are null. */
export interface CheckedPrincipal {
  readonly arn: string | null;
  readonly account: string | null;
  readonly region: string | null;
}

/** The results for one target. */
export interface TargetReport {
  readonly name: string;
  /** The connection string without secrets; null without a connection string. */
  readonly uri: string | null;
  readonly principal: CheckedPrincipal;
  /** The SRV name of the cluster, or its hosts; null without a connection string. */
  readonly cluster: string | null;
  readonly ok: boolean;
  /** The id of the first failed check, in the order of the chain; null if no check failed. */
  readonly firstFailure: string | null;
  /** The number of times the target was checked. Greater than 1 only with --retry or --wait. */
  readonly attempts: number;
  /** In the order of the catalogue. */
  readonly checks: readonly CheckResult[];
  readonly startedAt: Date;
  readonly ms: number;
}

/** The result of a run of `check`. Every output format shows this report or the events of the run. */
export interface CheckReport {
  /**
   * Whether the run succeeds. False if a check failed, or with --fail-on warn if a check warned or could not
   * run.
   */
  readonly ok: boolean;
  /** The version of fedctl. */
  readonly version: string;
  readonly targets: readonly TargetReport[];
  readonly startedAt: Date;
  readonly ms: number;
}

/**
 * Events of a run, in the order in which they occur. The checks of a target can end in a different order than
 * in the catalogue.
 */
export type CheckEvent =
  /** A check started. Sent for every check with a result, except a check that was skipped without running. */
  | {
      readonly kind: 'begin';
      readonly target: string;
      readonly attempt: number;
      readonly id: string;
      readonly title: string;
    }
  /** A held connection received a token: at the start, and each time a token expired. */
  | { readonly kind: 'token'; readonly target: string; readonly expiresAt: Date }
  | {
      readonly kind: 'check';
      readonly target: string;
      readonly attempt: number;
      readonly result: CheckResult;
    }
  /**
   * The target failed and is checked again after `pauseMs` milliseconds. Its results so far no longer count.
   */
  | {
      readonly kind: 'again';
      readonly target: string;
      readonly attempt: number;
      readonly failed: CheckResult;
      readonly pauseMs: number;
    }
  | { readonly kind: 'target'; readonly report: TargetReport };
