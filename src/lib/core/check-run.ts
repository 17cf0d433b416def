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
 * `warn`: the check passed with a warning, or could not finish because an input or a permission is missing.
 * `skip`: the check tested nothing. `detail` contains the reason.
 */
export type CheckStatus = 'pass' | 'warn' | 'fail' | 'skip';

/** The comparison of an actual value with the expected values. */
export interface Comparison {
  /** The claim or field: `iss`, `aud`, `sub`, `exp`, `alg`, `kid`, `database user` … */
  readonly what: string;
  /** The actual value; null if it is missing. Must be escaped before it is printed on a terminal. */
  readonly seen: string | null;
  /**
   * The expected values; the actual value must match one of them. Empty if fedctl does not know the expected
   * value.
   */
  readonly expected: readonly string[];
  /**
   * The source of the expected value, such as `identity provider "prod"` or `--subject`. Empty if no source
   * is known.
   */
  readonly by: string;
  readonly matches: boolean;
}

/** The result of one check, without secrets. */
export interface CheckResult {
  /** A fixed ID in the form `<area>[.<part>].<name>`, such as `mongo.oidc.login`. */
  readonly id: string;
  /** The assertion in plain English, such as `AWS identifies the caller`. */
  readonly title: string;
  readonly link: Link;
  readonly status: CheckStatus;
  /**
   * What was observed, what failed, or why the check was skipped. Null if the title contains all information.
   */
  readonly detail: string | null;
  /** Further findings, one sentence each: ruled-out causes, possible causes, the reason in the server log. */
  readonly notes: readonly string[];
  /**
   * The failure code. Set for `fail`, for some warnings, and for a check that was skipped because an input or
   * a permission is missing.
   */
  readonly code: FailureCode | null;
  /** The likely cause; null if no cause is known. */
  readonly cause: string | null;
  /** What to do; null if no action is known. */
  readonly remedy: string | null;
  /** The complete command that fixes the failure, quoted for bash; null if no command is known. */
  readonly command: string | null;
  /**
   * The underlying errors of a failure. Each entry contains the name and the message of an error, such as
   * `Error: connect ECONNREFUSED 127.0.0.1:1`. Shown with --verbose.
   */
  readonly causes?: readonly string[];
  /** Actual and expected values. Results with any status can contain comparisons. */
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

/** The AWS principal that the target uses, and the Region. Unknown values are null. */
export interface CheckedPrincipal {
  readonly arn: string | null;
  readonly account: string | null;
  readonly region: string | null;
}

/** The results for one target. */
export interface TargetReport {
  readonly name: string;
  /** The connection string without secrets; null if the target has no connection string. */
  readonly uri: string | null;
  readonly principal: CheckedPrincipal;
  /** The SRV name or the hosts of the cluster; null if the target has no connection string. */
  readonly cluster: string | null;
  readonly ok: boolean;
  /** The ID of the first failed check, in the order of the chain; null if no check failed. */
  readonly firstFailure: string | null;
  /** The number of times the target was checked. Greater than 1 only with --retry or --wait. */
  readonly attempts: number;
  /** The check results, in the order of the catalogue. */
  readonly checks: readonly CheckResult[];
  readonly startedAt: Date;
  readonly ms: number;
}

/**
 * The result of a `check` run. Every output format is created from this report or from the events of the run.
 */
export interface CheckReport {
  /**
   * Whether the run succeeded. False if a check failed. With --fail-on warn, also false if a check warned or
   * could not run.
   */
  readonly ok: boolean;
  /** The version of fedctl. */
  readonly version: string;
  readonly targets: readonly TargetReport[];
  readonly startedAt: Date;
  readonly ms: number;
}

/**
 * The events of a run, in the order in which they occur. Checks may end in an order that differs from the
 * order in the catalogue.
 */
export type CheckEvent =
  /** A check started. Not sent for a check that was skipped before it started. */
  | {
      readonly kind: 'begin';
      readonly target: string;
      readonly attempt: number;
      readonly id: string;
      readonly title: string;
    }
  /**
   * The connection that --soak keeps open received a token. This event occurs at the start and each time a
   * token has expired.
   */
  | { readonly kind: 'token'; readonly target: string; readonly expiresAt: Date }
  | {
      readonly kind: 'check';
      readonly target: string;
      readonly attempt: number;
      readonly result: CheckResult;
    }
  /**
   * The target failed and will be checked again after `pauseMs` milliseconds. The earlier results of this
   * target no longer count.
   */
  | {
      readonly kind: 'again';
      readonly target: string;
      readonly attempt: number;
      readonly failed: CheckResult;
      readonly pauseMs: number;
    }
  | { readonly kind: 'target'; readonly report: TargetReport };
