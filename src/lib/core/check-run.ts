import type { FailureCode } from '../failures/failures.ts';

/** The links of the chain, from whoever asks to what is to be reached, as a person draws them. */
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
 * `warn`: it works, and something about it is worth knowing. `skip`: nothing was found out, and `detail` says why: a
 * check before it failed, or an input or a permission is missing.
 */
export type CheckStatus = 'pass' | 'warn' | 'fail' | 'skip';

/** One thing that was seen beside what must match it, byte for byte. */
export interface Comparison {
  /** The claim or field: `iss`, `aud`, `sub`, `exp`, `alg`, `kid`, `database user` … */
  readonly what: string;
  /** Null where there is none. Not safe to show on a terminal as it is. */
  readonly seen: string | null;
  /** What would match; several where any of them will do, none where nobody expects anything. */
  readonly expected: readonly string[];
  /** Who expects it, or would know: `identity provider "prod"`, `--subject`; empty where nobody does. */
  readonly by: string;
  readonly matches: boolean;
}

/** One check as it ended. No secrets. */
export interface CheckResult {
  /** Stable: `<area>[.<part>].<kebab>`, as codes are. */
  readonly id: string;
  /** An assertion in plain English: `the account issues tokens`. */
  readonly title: string;
  readonly link: Link;
  readonly status: CheckStatus;
  /** What was seen, what went wrong, or why nothing was found out. One sentence or a few; null when the title says all. */
  readonly detail: string | null;
  /** What else is known: what is ruled out, what remains, what the server's own log says. One sentence each. */
  readonly notes: readonly string[];
  /** With `fail`, with a `warn` that has one, and with a `skip` for want of an input or a permission. */
  readonly code: FailureCode | null;
  /** The likely cause, with a code. */
  readonly cause: string | null;
  /** What to do, with a code. */
  readonly remedy: string | null;
  /** The command that does it, complete and quoted for bash; null where there is none. */
  readonly command: string | null;
  /** What stands behind a failure, by name and message: `Error: connect ECONNREFUSED 127.0.0.1:1`. For --verbose. */
  readonly causes?: readonly string[];
  /** Evidence for people and programs, whatever the status. */
  readonly comparisons: readonly Comparison[];
  readonly startedAt: Date;
  /** Milliseconds. */
  readonly ms: number;
}

/** What deserves a look although nothing failed: a warning, or a check that could not look. --fail-on warn counts it. */
export function isCaution({ status, code }: Pick<CheckResult, 'status' | 'code'>): boolean {
  return status === 'warn' || (status === 'skip' && code !== null);
}

/** Who asked AWS, and where; null for what is not known. */
export interface CheckedPrincipal {
  readonly arn: string | null;
  readonly account: string | null;
  readonly region: string | null;
}

/** What was found out about one target. */
export interface TargetReport {
  readonly name: string;
  /** The connection string as people may see it; null without one. */
  readonly uri: string | null;
  readonly principal: CheckedPrincipal;
  /** The cluster by its name for SRV records, or its hosts; null without a connection string. */
  readonly cluster: string | null;
  readonly ok: boolean;
  /** The id of the first check that failed, in the order of the chain: where to begin. */
  readonly firstFailure: string | null;
  /** How often the target was checked; more than 1 with --retry and --wait only. */
  readonly attempts: number;
  /** In the order of the catalogue. */
  readonly checks: readonly CheckResult[];
  readonly startedAt: Date;
  readonly ms: number;
}

/** What a run of `check` found out. Every face shows one of these, or the events that led to it. */
export interface CheckReport {
  /** Whether the run ends with 0: no check failed, and with --fail-on warn none warned or could not look. */
  readonly ok: boolean;
  /** Of fedctl. */
  readonly version: string;
  readonly targets: readonly TargetReport[];
  readonly startedAt: Date;
  readonly ms: number;
}

/** What happens in a run, as it happens. Checks of one target end in the order of the world, not of the catalogue. */
export type CheckEvent =
  /** Every check of which there is a result began, but for one that was not tried. */
  | {
      readonly kind: 'begin';
      readonly target: string;
      readonly attempt: number;
      readonly id: string;
      readonly title: string;
    }
  /** A connection that is held was given a token, at the beginning and whenever one has expired. */
  | { readonly kind: 'token'; readonly target: string; readonly expiresAt: Date }
  | {
      readonly kind: 'check';
      readonly target: string;
      readonly attempt: number;
      readonly result: CheckResult;
    }
  /** The target failed and will be checked again in `pauseMs`; its checks so far count no more. */
  | {
      readonly kind: 'again';
      readonly target: string;
      readonly attempt: number;
      readonly failed: CheckResult;
      readonly pauseMs: number;
    }
  | { readonly kind: 'target'; readonly report: TargetReport };
