import {
  type CheckReport,
  type CheckResult,
  type CheckStatus,
  isCaution,
  type TargetReport,
} from '../../core/check-run.ts';

/** The symbol of each status in every output format. A status is never shown by color alone. */
export const MARKS = { pass: '✓', warn: '!', fail: '✗', skip: '-' } as const;

export const STATUS_WORDS = { pass: 'passed', warn: 'warned', fail: 'failed', skip: 'skipped' } as const;

/** The verdict if no check failed, but a check warned or could not run, and --fail-on warn is set. */
const WARNINGS_COUNT = 'warnings are treated as failures';

/** The verdict for a target. The headline shows `words` in every output format. */
export interface Verdict {
  readonly status: 'pass' | 'warn' | 'fail';
  /** The verdict in words, such as `broken at trust.audience` or `the chain works, with warnings`. */
  readonly words: string;
  /**
   * The check to fix first: the first failed check or, if no check failed, the first check with a warning.
   */
  readonly first: CheckResult | null;
}

/**
 * The verdict for a run. `where` is the name of the target to which the check `first` belongs; null if the
 * run has only one target.
 */
export interface RunVerdict extends Verdict {
  readonly where: string | null;
}

export function targetVerdict({ ok, checks, firstFailure }: TargetReport): Verdict {
  const failed = firstFailure === null ? undefined : checks.find(({ id }) => id === firstFailure);
  if (failed !== undefined) return { status: 'fail', words: `broken at ${failed.id}`, first: failed };
  const warned = checks.find(({ status }) => status === 'warn');
  if (!ok) return { status: 'fail', words: WARNINGS_COUNT, first: checks.find(isCaution) ?? null };
  if (warned !== undefined) {
    return { status: 'warn', words: `${provenVerdict(checks).words}, with warnings`, first: warned };
  }
  return provenVerdict(checks);
}

/**
 * Matches the IDs of the login checks and of the API check. If one of these checks passes, the complete chain
 * works.
 */
const LET_IN = /\.login$|^net\.api$/;

/**
 * Returns the verdict for a target without failed checks. The verdict is `the chain works` only if a login
 * check or the API check passed.
 */
function provenVerdict(checks: readonly CheckResult[]): Verdict {
  const passed = checks.filter(({ status }) => status === 'pass').map(({ id }) => id);
  if (passed.some((id) => LET_IN.test(id))) return { status: 'pass', words: 'the chain works', first: null };
  if (passed.includes('jwt.signature')) {
    return {
      status: 'pass',
      words: 'the chain works up to the token, but no login was attempted',
      first: null,
    };
  }
  return {
    status: 'warn',
    words: 'no failures, but no login was attempted',
    first: null,
  };
}

/**
 * Returns the verdict for a run. For a run with one target, returns the verdict for the target. For a run
 * with several targets, the verdict contains the number of broken targets.
 */
export function reportVerdict({ ok, targets }: CheckReport): RunVerdict {
  const [only, ...others] = targets;
  if (only !== undefined && others.length === 0) {
    return { ...targetVerdict({ ...only, ok: ok && only.ok }), where: null };
  }
  const verdicts = targets.map((target) => ({ ...targetVerdict(target), where: target.name }));
  const of = (status: CheckStatus) => verdicts.filter((verdict) => verdict.status === status);
  const [broken, warned, count] = [of('fail'), of('warn'), targets.length];
  const { first, where } = [...broken, ...warned][0] ?? { first: null, where: null };
  if (broken.length > 0) {
    return { status: 'fail', words: `failures in ${broken.length} of ${count} targets`, first, where };
  }
  if (!ok) return { status: 'fail', words: WARNINGS_COUNT, first, where };
  return warned.length > 0
    ? {
        status: 'warn',
        words: `no failures in ${count} targets, warnings in ${warned.length}`,
        first,
        where,
      }
    : { status: 'pass', words: `${count} targets work`, first, where };
}

const RANK = { fail: 0, warn: 1, pass: 2 } as const;

/**
 * Sorts targets: broken targets first, then targets with warnings, then healthy targets. Keeps the order
 * within each group.
 */
export function brokenFirst(targets: readonly TargetReport[]): readonly TargetReport[] {
  const rank = (target: TargetReport) => RANK[targetVerdict(target).status];
  return [...targets].sort((one, other) => rank(one) - rank(other));
}

/** Formats the principal and the cluster; null if both are unknown. */
export function principalText({
  principal,
  cluster,
}: Pick<TargetReport, 'principal' | 'cluster'>): string | null {
  const parts = principalFacts({ principal, cluster }).map(([term, value]) => `${term} ${value}`);
  return parts.length === 0 ? null : parts.join(', ');
}

/** Returns the principal and the cluster as terms and values. */
export function principalFacts({
  principal: { arn, account, region },
  cluster,
}: Pick<TargetReport, 'principal' | 'cluster'>): readonly (readonly [term: string, value: string])[] {
  const all = [
    ['principal', arn],
    ['account', account],
    ['Region', region],
    ['cluster', cluster],
  ] as const;
  return all.flatMap(([term, value]) => (value === null ? [] : [[term, value] as const]));
}

/** Formats the reason why a check was skipped. Adds the failure code, if there is one. */
export function skippedText({ title, detail, code }: CheckResult): string {
  return `${detail ?? title}${code === null ? '' : ` (${code})`}`;
}

/** Returns the command that explains the failure of a check; null if the check has no failure code. */
export function explainCommand({ code }: Pick<CheckResult, 'code'>): string | null {
  return code === null ? null : `fedctl explain ${code}`;
}
