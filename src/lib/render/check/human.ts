import type { CheckReport, CheckResult, TargetReport } from '../../core/check-run.ts';
import type { Theme } from '../theme.ts';
import { countChecks, countsText, shownMs } from './counts.ts';
import { evidenceLines } from './evidence.ts';
import { explainCommand, MARKS, reportVerdict, skippedText, targetVerdict } from './verdict.ts';

/** Lines come one at a time, so the column is fixed; a longer id pushes its own line only. */
const ID_WIDTH = 24;
const TIME_WIDTH = 8;
const INDENT = ' '.repeat(6);

/** The name of a target and, where there is one, its connection string. */
export function targetHeader({ name, uri }: Pick<TargetReport, 'name' | 'uri'>, theme: Theme): string {
  const shown = uri === null ? '' : `  ${uri}`;
  return `${theme.strong(name)}${shown}`;
}

/**
 * One check: `  ✓ sts.mint      142 ms  token of arn:…`, and under a failure or a warning what was compared, the cause
 * and what to type.
 */
export function checkLines(result: CheckResult, theme: Theme): readonly string[] {
  switch (result.status) {
    case 'pass':
      return [headLine(result, result.detail ?? result.title, theme)];
    case 'skip':
      return [headLine(result, theme.dim(skippedText(result)), theme)];
    case 'warn':
    case 'fail':
      return [headLine(result, result.title, theme), ...evidenceLines(result, INDENT, theme)];
  }
}

function headLine({ id, status, ms }: CheckResult, text: string, theme: Theme): string {
  const time = (status === 'skip' ? 'skipped' : shownMs(ms)).padStart(TIME_WIDTH);
  return `  ${mark(status, theme)} ${id.padEnd(ID_WIDTH)} ${theme.dim(time)}  ${text}`;
}

function mark(status: CheckResult['status'], theme: Theme): string {
  const paint = { pass: theme.good, warn: theme.caution, fail: theme.bad, skip: theme.dim }[status];
  return paint(MARKS[status]);
}

/** What came of it: a line for each target where there are several, then the verdict, the counts, and what to type. */
export function summaryLines(report: CheckReport, theme: Theme): readonly string[] {
  const { targets } = report;
  const width = Math.max(0, ...targets.map(({ name }) => name.length));
  const { status, words, first, where } = reportVerdict(report);
  const counts = countsText(countChecks(targets.flatMap(({ checks }) => checks)));
  return [
    ...(targets.length > 1 ? targets.map((target) => targetLine(target, width, theme)) : []),
    `${mark(status, theme)} ${theme.strong(words)}: ${counts} in ${shownMs(report.ms)}${attempts(targets)}`,
    ...(first === null ? [] : nextLine(first, where, theme)),
  ];
}

function attempts(targets: readonly TargetReport[]): string {
  const most = Math.max(1, ...targets.map((target) => target.attempts));
  return most === 1 ? '' : `, after ${most} attempts`;
}

function nextLine(first: CheckResult, where: string | null, theme: Theme): string[] {
  const typed = first.command ?? first.remedy ?? explainCommand(first);
  const label = where === null ? 'next:' : `next, for ${where}:`;
  return typed === null ? [] : [`  ${theme.dim(label)} ${theme.typed(typed)}`];
}

function targetLine(target: TargetReport, width: number, theme: Theme): string {
  const { status, words, first } = targetVerdict(target);
  const counts = countsText(countChecks(target.checks));
  const code = status === 'fail' && first?.code ? ` (${first.code})` : '';
  const name = target.name.padEnd(width);
  return `  ${mark(status, theme)} ${name}  ${words}${code}: ${counts} in ${shownMs(target.ms)}`;
}
