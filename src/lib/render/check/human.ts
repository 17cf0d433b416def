import type { CheckReport, CheckResult, TargetReport } from '../../core/check-run.ts';
import type { Theme } from '../theme.ts';
import { countChecks, countsText, shownMs } from './counts.ts';
import { evidenceLines, withoutRepeat } from './evidence.ts';
import {
  brokenFirst,
  explainCommand,
  MARKS,
  principalText,
  reportVerdict,
  skippedText,
  targetVerdict,
} from './verdict.ts';

/**
 * The width of the ID column, in characters. The width is fixed, because each line is printed before the next
 * line is known. A longer ID moves only the text on the same line.
 */
const ID_WIDTH = 24;
const TIME_WIDTH = 8;
const INDENT = ' '.repeat(6);

/** Which parts of a target to show. */
export interface Shown {
  /** Whether only failures and warnings are shown. */
  readonly short: boolean;
  /** The remedies that were already shown. They are not shown again for a later failure. */
  readonly remedies: Set<string>;
}

/** Returns true for `--output short`, and for `--quiet` with the human output format. */
export function isShort({
  formats,
  quiet,
}: {
  readonly formats: { readonly stdout: string };
  readonly quiet: boolean;
}) {
  return quiet || formats.stdout === 'short';
}

/** Formats the name of a target and, if the target has a connection string, the connection string. */
export function targetHeader({ name, uri }: Pick<TargetReport, 'name' | 'uri'>, theme: Theme): string {
  const shown = uri === null ? '' : `  ${uri}`;
  return theme.prose(`${theme.strong(name)}${shown}`);
}

/** Formats a complete report. */
export function humanLines(report: CheckReport, theme: Theme, short: boolean): readonly string[] {
  const [only, ...others] = report.targets;
  const shown = { short, remedies: new Set<string>() };
  const checks =
    only === undefined || others.length > 0
      ? targetsLines(report.targets, theme, short)
      : [
          ...(short ? [] : [targetHeader(only, theme)]),
          ...only.checks.flatMap((check) => resultLines(check, theme, shown)),
        ];
  return [...checks, ...summaryLines(report, theme)];
}

/** Formats the lines for one check. Returns an empty list if the check is not shown. */
export function resultLines(
  result: CheckResult,
  theme: Theme,
  { short, remedies }: Shown,
): readonly string[] {
  if (short && !isTrouble(result)) return [];
  return checkLines(withoutRepeat(result, remedies), theme);
}

function isTrouble({ status }: CheckResult): boolean {
  return status === 'fail' || status === 'warn';
}

/**
 * Formats one check: ` ✓ sts.mint 142 ms token of arn:…`. Below a failure or a warning, adds the comparisons,
 * the cause and the command.
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
  return `  ${mark(status, theme)} ${theme.prose(`${id.padEnd(ID_WIDTH)} ${theme.dim(time)}  ${text}`)}`;
}

function mark(status: CheckResult['status'], theme: Theme): string {
  const paint = { pass: theme.good, warn: theme.caution, fail: theme.bad, skip: theme.dim }[status];
  return paint(MARKS[status]);
}

/**
 * Formats several targets. The table lists broken targets first. The failures and warnings of each target
 * follow. A healthy target appears only in the table.
 */
export function targetsLines(
  targets: readonly TargetReport[],
  theme: Theme,
  short: boolean,
): readonly string[] {
  const sorted = brokenFirst(targets);
  const trouble = sorted.flatMap((target) => {
    const shown = { short: true, remedies: new Set<string>() };
    const lines = target.checks.flatMap((check) => resultLines(check, theme, shown));
    if (lines.length === 0) return [];
    const who = principalText(target);
    return [targetHeader(target, theme), ...(who === null ? [] : [`  ${theme.prose(who)}`]), ...lines, ''];
  });
  return [...(short ? [] : [...table(sorted, theme), '']), ...trouble];
}

function table(targets: readonly TargetReport[], theme: Theme): readonly string[] {
  const rows = targets.map((target) => {
    const { status, first } = targetVerdict(target);
    const code = first?.code ? ` (${first.code})` : '';
    return {
      mark: mark(status, theme),
      cells: [target.name, RESULTS[status], shownMs(target.ms)],
      first: first === null ? '' : `${first.id}${code}`,
    };
  });
  const heads = ['target', 'result', 'time'];
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) => {
    const [name = '', result = '', time = ''] = cells;
    const [ofName = 0, ofResult = 0, ofTime = 0] = widths;
    return `${name.padEnd(ofName)}  ${result.padEnd(ofResult)}  ${time.padStart(ofTime)}`;
  };
  return [
    theme.dim(`    ${line(heads)}  first failure`),
    ...rows.map(({ mark: sign, cells, first }) =>
      `  ${sign} ${line(cells)}  ${theme.prose(first)}`.trimEnd(),
    ),
  ];
}

const RESULTS = { pass: 'works', warn: 'warned', fail: 'broken' } as const;

/**
 * Formats the summary: the verdict, the counts, and the next step for each unhealthy target. If there is only
 * one target, the summary also shows the principal and the cluster.
 */
export function summaryLines(report: CheckReport, theme: Theme): readonly string[] {
  const { targets } = report;
  const { status, words } = reportVerdict(report);
  const counts = countsText(countChecks(targets.flatMap(({ checks }) => checks)));
  const [only, ...others] = targets;
  const who = only === undefined || others.length > 0 ? null : principalText(only);
  const verdict = `${theme.strong(words)}: ${counts} in ${shownMs(report.ms)}${attempts(targets)}`;
  return [
    `${mark(status, theme)} ${theme.prose(verdict)}`,
    ...(who === null ? [] : [`  ${theme.prose(who)}`]),
    ...nextLines(report, theme),
  ];
}

function attempts(targets: readonly TargetReport[]): string {
  const most = Math.max(1, ...targets.map((target) => target.attempts));
  return most === 1 ? '' : `, after ${most} attempts`;
}

/** Formats one line for each remedy, with the names of the targets to which the remedy applies. */
function nextLines({ ok, targets }: CheckReport, theme: Theme): readonly string[] {
  const verdicts = targets.map((target) => {
    const alone = targets.length === 1 ? { ...target, ok: ok && target.ok } : target;
    return { name: target.name, ...targetVerdict(alone) };
  });
  const isBroken = verdicts.some(({ status }) => status === 'fail');
  const names = new Map<string, { readonly line: string; readonly names: string[] }>();
  for (const { name, status, first } of verdicts) {
    if (first === null || (isBroken && status !== 'fail')) continue;
    const { command, remedy } = first;
    if (command === null && remedy === null && first.code === null) continue;
    const typed = command ?? (remedy === null ? explainCommand(first) : null);
    const line = typed === null ? theme.prose(remedy ?? '') : theme.typed(typed);
    const same = names.get(line) ?? { line, names: [] };
    same.names.push(name);
    names.set(line, same);
  }
  return [...names.values()].map(({ line, names: of }) => {
    const label = targets.length === 1 ? 'next:' : `next, for ${of.join(', ')}:`;
    return `  ${theme.dim(label)} ${line}`;
  });
}
