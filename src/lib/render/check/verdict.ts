import type { CheckReport, CheckResult, TargetReport } from '../../check-run.ts';

/** What every face says of a status; never by colour alone. */
export const MARKS = { pass: '✓', warn: '!', fail: '✗', skip: '-' } as const;

export const STATUS_WORDS = { pass: 'passed', warn: 'warned', fail: 'failed', skip: 'skipped' } as const;

/** How a target came out, in the words that every headline uses. */
export interface Verdict {
  readonly status: 'pass' | 'warn' | 'fail';
  /** `broken at trust.audience`, `the chain holds`, `the chain holds, with warnings`. */
  readonly words: string;
  /** Where to begin: the first failure, else with a refused warning the first warning. */
  readonly first: CheckResult | null;
}

export function targetVerdict({ ok, checks, firstFailure }: TargetReport): Verdict {
  const failed = firstFailure === null ? undefined : checks.find(({ id }) => id === firstFailure);
  if (failed !== undefined) return { status: 'fail', words: `broken at ${failed.id}`, first: failed };
  const warned = checks.find(({ status }) => status === 'warn');
  if (!ok) return { status: 'fail', words: 'warnings count as failures here', first: warned ?? null };
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
  if (passed.some((id) => LET_IN.test(id))) return { status: 'pass', words: 'the chain holds', first: null };
  if (passed.includes('jwt.signature')) {
    return {
      status: 'pass',
      words: 'the chain holds as far as the token, and nobody has logged in',
      first: null,
    };
  }
  return {
    status: 'warn',
    words: 'nothing is broken as far as was looked, and nobody has logged in',
    first: null,
  };
}

/** Of a run: that of its only target, or how many of them are broken. */
export function reportVerdict(report: CheckReport): Verdict {
  const [only, ...others] = report.targets;
  if (only !== undefined && others.length === 0) return targetVerdict({ ...only, ok: report.ok && only.ok });
  const verdicts = report.targets.map(targetVerdict);
  const broken = verdicts.filter(({ status }) => status === 'fail');
  const first = (broken[0] ?? verdicts.find(({ status }) => status === 'warn'))?.first ?? null;
  const count = report.targets.length;
  if (broken.length > 0)
    return { status: 'fail', words: `${broken.length} of ${count} targets broken`, first };
  if (!report.ok) return { status: 'fail', words: 'warnings count as failures here', first };
  const warned = verdicts.filter(({ status }) => status === 'warn').length;
  return warned > 0
    ? { status: 'warn', words: `${count} targets hold, ${warned} with warnings`, first }
    : { status: 'pass', words: `${count} targets hold`, first };
}

/** What to type to learn more about a check; null without a code. */
export function explainCommand({ code }: Pick<CheckResult, 'code'>): string | null {
  return code === null ? null : `fedctl explain ${code}`;
}
