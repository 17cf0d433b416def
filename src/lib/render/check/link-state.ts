import {
  type CheckResult,
  type CheckStatus,
  LINKS,
  type Link,
  type TargetReport,
} from '../../core/check-run.ts';

/** The links as a person names them. */
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
  /** Of its checks, whichever comes first of failed, warned, passed, skipped. A link without checks is skipped. */
  readonly status: CheckStatus;
  /** The first check that made it so; null without checks. */
  readonly check: CheckResult | null;
  /** Whether the chain breaks here first. */
  readonly broken: boolean;
}

const WORST_FIRST = ['fail', 'warn', 'pass', 'skip'] as const;

/** The state of each link, in the order of the chain. The API is there only where a check came to a result about it. */
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
