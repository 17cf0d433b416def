import {
  type CheckResult,
  type CheckStatus,
  LINKS,
  type Link,
  type TargetReport,
} from '../../core/check-run.ts';

/** The names of the links in output for people. */
export const LINK_NAMES: Readonly<Record<Link, string>> = {
  principal: 'principal',
  sts: 'STS',
  token: 'token',
  issuer: 'issuer',
  'identity-provider': 'identity provider',
  'database-user': 'database user',
  cluster: 'cluster',
  api: 'API',
};

export interface LinkState {
  readonly link: Link;
  /**
   * The worst status among the checks for this link. The order from worst to best is failed, warned, passed,
   * skipped. A link without checks is skipped.
   */
  readonly status: CheckStatus;
  /** The first check with this status; null if the link has no checks. */
  readonly check: CheckResult | null;
  /** Whether this is the first broken link. */
  readonly broken: boolean;
}

const WORST_FIRST = ['fail', 'warn', 'pass', 'skip'] as const;

/**
 * Returns the state of each link, in the order of the chain. Includes the API only if one of its checks has a
 * result.
 */
export function linkStates({
  checks,
  firstFailure,
}: Pick<TargetReport, 'checks' | 'firstFailure'>): readonly LinkState[] {
  return LINKS.map((link) => {
    const own = checks.filter((check) => check.link === link);
    const status = WORST_FIRST.find((each) => own.some((check) => check.status === each)) ?? 'skip';
    const check = own.find((each) => each.status === status) ?? null;
    return { link, status, check, broken: own.some(({ id }) => id === firstFailure) };
  }).filter(({ link, status }) => link !== 'api' || status !== 'skip');
}
