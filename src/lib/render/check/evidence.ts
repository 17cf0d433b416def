import type { CheckResult } from '../../core/check-run.ts';
import { createTheme, type Theme } from '../theme.ts';
import { comparisonLines } from './comparison-lines.ts';
import { explainCommand } from './verdict.ts';

/** Text as it is: for the faces that know no colour. */
export const UNPAINTED: Theme = createTheme(false);

/** What is said under a failure or a warning: what was seen and compared, the cause, what to do and what to type. */
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
