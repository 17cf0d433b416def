import type { CheckResult, CheckStatus } from '../../core/check-run.ts';

/** The number of checks by status. */
export type Counts = Readonly<Record<CheckStatus, number>>;

export function countChecks(checks: readonly CheckResult[]): Counts {
  const counts = { pass: 0, warn: 0, fail: 0, skip: 0 };
  for (const { status } of checks) counts[status] += 1;
  return counts;
}

/** Formats the counts without zero counts, for example `7 passed, 1 warned, 1 failed, 6 skipped`. */
export function countsText(counts: Counts): string {
  const parts = [
    [counts.pass, 'passed'],
    [counts.warn, 'warned'],
    [counts.fail, 'failed'],
    [counts.skip, 'skipped'],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return shown.length === 0 ? 'nothing checked' : shown.join(', ');
}

/** Formats milliseconds, for example `142 ms` or `12.3 s`. */
export function shownMs(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
