import { type CheckReport, type CheckResult, isCaution } from '../../core/check-run.ts';
import { WorkflowCommand } from '../workflow-command.ts';
import { evidenceLines, UNPAINTED } from './evidence.ts';

/**
 * Formats annotations for GitHub Actions: one for each check that failed, warned or could not run. The
 * message contains the same lines as the terminal output. Returns an empty list if all checks passed.
 */
export function githubAnnotations({ targets }: CheckReport): readonly WorkflowCommand[] {
  return targets.flatMap(({ name, checks }) =>
    checks.flatMap((check) => annotation(check, targets.length > 1 ? name : null)),
  );
}

function annotation(check: CheckResult, target: string | null): WorkflowCommand[] {
  const kind = {
    fail: 'error',
    warn: 'warning',
    pass: null,
    skip: isCaution(check) ? 'notice' : null,
  } as const;
  const name = kind[check.status];
  if (name === null) return [];
  const title = `fedctl check${target === null ? '' : ` ${target}`}: ${check.id}`;
  return [WorkflowCommand.annotation(name, title, [check.title, ...evidenceLines(check, '', UNPAINTED)])];
}
