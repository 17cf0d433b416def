import {
  type CheckReport,
  type CheckResult,
  type CheckStatus,
  isCaution,
  type TargetReport,
} from '../../core/check-run.ts';

/** What every face says of a status; never by colour alone. */
export const MARKS = { pass: '✓', warn: '!', fail: '✗', skip: '-' } as const;

export const STATUS_WORDS = { pass: 'passed', warn: 'warned', fail: 'failed', skip: 'skipped' } as const;

/** With --fail-on warn. */
const WARNINGS_COUNT = 'warnings are treated as failures';

/** How a target came out, in the words that every headline uses. */
export interface Verdict {
  readonly status: 'pass' | 'warn' | 'fail';
  /** `broken at trust.audience`, `the chain works`, `the chain works, with warnings`. */
  readonly words: string;
  /** Where to begin: the first failure, else with a refused warning the first warning. */
  readonly first: CheckResult | null;
}

/** The verdict on a run: `where` is the name of the target of `first`, null where there is only one. */
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

/** What proves the chain to its end: somebody was let in. */
const LET_IN = /\.login$|^net\.api$/;

/** Nothing is broken; but where much was skipped, that says little, and a green line must not say more. */
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

/** Of a run: that of its only target, or how many of them are broken. */
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
    return { status: 'fail', words: `${broken.length} of ${count} targets broken`, first, where };
  }
  if (!ok) return { status: 'fail', words: WARNINGS_COUNT, first, where };
  return warned.length > 0
    ? {
        status: 'warn',
        words: `none of ${count} targets is broken, ${warned.length} with warnings`,
        first,
        where,
      }
    : { status: 'pass', words: `${count} targets work`, first, where };
}

const RANK = { fail: 0, warn: 1, pass: 2 } as const;

/** The same targets: broken ones, those with warnings, the others; else in their own order. */
export function brokenFirst(targets: readonly TargetReport[]): readonly TargetReport[] {
  const rank = (target: TargetReport) => RANK[targetVerdict(target).status];
  return [...targets].sort((one, other) => rank(one) - rank(other));
}

/** Who asked, and for which cluster; null where nothing of it is known. */
export function principalText({
  principal,
  cluster,
}: Pick<TargetReport, 'principal' | 'cluster'>): string | null {
  const parts = principalFacts({ principal, cluster }).map(([term, value]) => `${term} ${value}`);
  return parts.length === 0 ? null : parts.join(', ');
}

/** The same as terms and values. */
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

/** Why a check was skipped, with its code where it could not look. */
export function skippedText({ title, detail, code }: CheckResult): string {
  return `${detail ?? title}${code === null ? '' : ` (${code})`}`;
}

/** What to type to learn more about a check; null without a code. */
export function explainCommand({ code }: Pick<CheckResult, 'code'>): string | null {
  return code === null ? null : `fedctl explain ${code}`;
}
