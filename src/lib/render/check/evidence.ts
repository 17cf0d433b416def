import type { CheckResult } from '../../core/check-run.ts';
import { createTheme, type Theme } from '../theme.ts';
import { comparisonLines } from './comparison-lines.ts';
import { explainCommand } from './verdict.ts';

/** The theme for output formats without color. */
export const UNPAINTED: Theme = createTheme(false);

/**
 * Replaces the remedy of a failure with a reference if the output already contains the same remedy.
 *
 * @param shown the remedies in the output so far; this function adds the remedy of the result
 */
export function withoutRepeat(result: CheckResult, shown: Set<string>): CheckResult {
  if (result.status !== 'fail' || result.remedy === null) return result;
  const remedy = JSON.stringify([result.remedy, result.command]);
  if (shown.has(remedy)) return { ...result, remedy: 'See above.', command: null };
  shown.add(remedy);
  return result;
}

/** Adds the underlying errors of a failure to the notes, for --verbose. */
export function withCauses(result: CheckResult): CheckResult {
  const { causes = [], notes } = result;
  return { ...result, notes: [...notes, ...causes.map((cause) => `caused by: ${cause}`)] };
}

/** Removes repeated remedies. If several checks have the same remedy, only the first check keeps it. */
export function withoutRepeats(checks: readonly CheckResult[]): readonly CheckResult[] {
  const shown = new Set<string>();
  return checks.map((result) => withoutRepeat(result, shown));
}

/** Returns the lines below a failure or a warning: comparisons, evidence, cause, remedy and command. */
export function evidenceLines(result: CheckResult, indent: string, theme: Theme): readonly string[] {
  const row = (label: string, text: string | null, paint: (text: string) => string) =>
    text === null ? [] : [`${indent}${theme.dim(label.padEnd(7))} ${paint(text)}`];
  return [
    ...(result.detail === null ? [] : [`${indent}${theme.prose(result.detail)}`]),
    ...result.notes.map((note) => `${indent}${theme.prose(note)}`),
    ...comparisonLines(result.comparisons, indent, theme),
    ...row('cause:', result.cause, theme.prose),
    ...row('remedy:', result.remedy, theme.prose),
    ...row('run:', result.command, theme.typed),
    ...row('more:', explainCommand(result), theme.typed),
  ];
}
