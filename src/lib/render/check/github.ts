import { type CheckReport, type CheckResult, isCaution } from '../../check-run.ts';
import { printable } from '../../printable.ts';
import { evidenceLines, UNPAINTED } from './evidence.ts';
import { checkMarkdown } from './markdown.ts';
import { workflowCommand } from './workflow-command.ts';

/**
 * Annotations for GitHub Actions: a line for each check that failed, warned or could not look, for stdout of the job. Its message is
 * what the terminal shows, on lines of its own. Empty when all is well.
 */
export function githubAnnotations({ targets }: CheckReport): string {
  const lines = targets.flatMap(({ name, checks }) =>
    checks.flatMap((check) => annotation(check, targets.length > 1 ? name : null)),
  );
  return lines.map((line) => `${line}\n`).join('');
}

function annotation(check: CheckResult, target: string | null): string[] {
  const kind = {
    fail: 'error',
    warn: 'warning',
    pass: null,
    skip: isCaution(check) ? 'notice' : null,
  } as const;
  const name = kind[check.status];
  if (name === null) return [];
  const title = `fedctl check${target === null ? '' : ` ${printable(target)}`}: ${printable(check.id)}`;
  const message = [printable(check.title), ...evidenceLines(check, '', UNPAINTED)];
  return [workflowCommand(name, { title }, message.join('\n'))];
}

/** The summary of the step, for the file that GITHUB_STEP_SUMMARY names; GitHub takes at most 1 MiB of it. */
export function githubSummary(report: CheckReport): string {
  return checkMarkdown(report);
}
