import type { CheckReport, CheckResult, TargetReport } from '../../core/check-run.ts';
import { rfc3339 } from '../../core/time.ts';
import { chainLines } from './chain.ts';
import { countChecks, countsText, shownMs } from './counts.ts';
import { evidenceLines, UNPAINTED, withoutRepeats } from './evidence.ts';
import { markdownBlock, markdownCode, markdownText } from './markdown-text.ts';
import {
  brokenFirst,
  explainCommand,
  MARKS,
  principalText,
  reportVerdict,
  STATUS_WORDS,
  skippedText,
  targetVerdict,
} from './verdict.ts';

/**
 * Formats a report as Markdown that GitHub and GitLab support, for example in pull requests and job
 * summaries.
 */
export function checkMarkdown(report: CheckReport): readonly string[] {
  const { version, startedAt, ms } = report;
  const targets = brokenFirst(report.targets);
  // If there are several targets, a healthy target appears only in the table.
  const shown =
    targets.length > 1 ? targets.filter((target) => targetVerdict(target).status !== 'pass') : targets;
  const { status, words } = reportVerdict(report);
  const counts = countsText(countChecks(targets.flatMap(({ checks }) => checks)));
  const lines = [
    `## ${MARKS[status]} fedctl check: ${markdownText(words)}`,
    '',
    `${counts} in ${shownMs(ms)}, ${rfc3339(startedAt)}, fedctl ${markdownText(version)}`,
    '',
    ...(targets.length > 1 ? overview(targets) : []),
    ...shown.flatMap((target) => [
      ...(targets.length > 1 ? targetHeading(target) : []),
      ...targetLines(target),
    ]),
  ];
  return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
}

function overview(targets: readonly TargetReport[]): string[] {
  const rows = targets.map((target) => {
    const { status, words } = targetVerdict(target);
    const counts = countsText(countChecks(target.checks));
    return `| ${MARKS[status]} | ${markdownCode(target.name)} | ${markdownText(words)} | ${counts} | ${shownMs(target.ms)} |`;
  });
  return ['|  | target | verdict | checks | time |', '| --- | --- | --- | --- | ---: |', ...rows, ''];
}

function targetHeading(target: TargetReport): string[] {
  const { status, words } = targetVerdict(target);
  return [`### ${MARKS[status]} ${markdownCode(target.name)}: ${markdownText(words)}`, ''];
}

function targetLines(target: TargetReport): string[] {
  const { name, uri, checks, attempts } = target;
  const who = principalText(target);
  const more = attempts === 1 ? '' : `, checked ${attempts} times`;
  const trouble = withoutRepeats(checks).filter(
    (check) => check.status === 'fail' || check.status === 'warn',
  );
  return [
    `Target ${markdownCode(name)}${uri === null ? '' : `, ${markdownCode(uri)}`}${more}`,
    ...(who === null ? [] : ['', markdownText(who)]),
    '',
    ...markdownBlock(chainLines(target, { columns: 80, theme: UNPAINTED })),
    '',
    ...trouble.flatMap(troubleLines),
    '<details>',
    `<summary>${countsText(countChecks(checks))}</summary>`,
    '',
    '|  | check | time | result |',
    '| --- | --- | ---: | --- |',
    ...checks.map(tableRow),
    '',
    '</details>',
    '',
  ];
}

function tableRow(check: CheckResult): string {
  const { status, id, title, ms } = check;
  const detail = status === 'skip' ? skippedText(check) : check.detail;
  const time = status === 'skip' ? '' : shownMs(ms);
  const seen = detail === null ? '' : `<br>${markdownCode(detail)}`;
  return `| ${MARKS[status]} ${STATUS_WORDS[status]} | ${markdownCode(id)} | ${time} | ${markdownText(title)}${seen} |`;
}

/**
 * Formats a failure or a warning. The evidence has the same format as on a terminal. Each command is in a
 * separate code block, so that users can copy the command.
 */
function troubleLines(check: CheckResult): string[] {
  const { status, id, title } = check;
  const evidence = evidenceLines({ ...check, command: null, code: null }, '', UNPAINTED);
  const commands = [check.command, explainCommand(check)].filter((command) => command !== null);
  return [
    `**${MARKS[status]} ${STATUS_WORDS[status]}** ${markdownCode(id)} ${markdownText(title)}`,
    '',
    ...(evidence.length === 0 ? [] : [...markdownBlock(evidence), '']),
    ...(commands.length === 0 ? [] : ['Run:', '']),
    ...commands.flatMap((command) => [...markdownBlock([command]), '']),
  ];
}
