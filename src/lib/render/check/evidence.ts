import type { CheckResult } from '../../core/check-run.ts';
import type { Theme } from '../theme.ts';
import { comparisonLines } from './comparison-lines.ts';
import { explainCommand } from './verdict.ts';

/** Text as it is: for the faces that know no colour. */
export const UNPAINTED: Theme = {
  good: (text) => text,
  bad: (text) => text,
  caution: (text) => text,
  dim: (text) => text,
  strong: (text) => text,
  typed: (text) => text,
  underlined: (text) => text,
};

/** What is said under a failure or a warning: what was seen and compared, the cause, what to do and what to type. */
export function evidenceLines(result: CheckResult, indent: string, theme: Theme): readonly string[] {
  const row = (label: string, text: string | null, paint: (text: string) => string) =>
    text === null ? [] : [`${indent}${theme.dim(label.padEnd(7))} ${paint(text)}`];
  return [
    ...(result.detail === null ? [] : [`${indent}${result.detail}`]),
    ...result.notes.map((note) => `${indent}${note}`),
    ...comparisonLines(result.comparisons, indent, theme),
    ...row('cause:', result.cause, (text) => text),
    ...row('remedy:', result.remedy, (text) => text),
    ...row('run:', result.command, theme.typed),
    ...row('more:', explainCommand(result), theme.typed),
  ];
}
