import { resolve } from 'node:path';
import type { CheckReport } from '../../lib/core/check-run.ts';
import { isFedctlError } from '../../lib/core/errors.ts';
import { appendToFile } from '../../lib/files/append-file.ts';
import { refuseReportFile, writeReportFile } from '../../lib/files/report-file.ts';
import { checkDocument } from '../../lib/render/check/document.ts';
import { humanLines } from '../../lib/render/check/human.ts';
import { JsonLine } from '../../lib/render/json.ts';
import { fileText, type Line, linesOf } from '../../lib/render/output.ts';
import { createTheme } from '../../lib/render/theme.ts';
import type { Invocation } from '../command.ts';
import type { OptionTable } from '../options/option.ts';
import type { OutputFormats } from '../output-formats.ts';

export const CHECK_FORMATS = ['human', 'short', 'json', 'junit', 'github', 'markdown', 'html'] as const;

/**
 * Rejects report files that cannot be written. A typo in a file name is therefore reported before the checks
 * run.
 *
 * @throws FedctlError usage.unwritable-output
 */
export async function refuseUnwritableReports({ common, context }: Invocation<OptionTable>): Promise<void> {
  for (const { file } of common.formats.files) await refuseReportFile(resolve(context.cwd, file));
  const summary = summaryFile(common.formats, context);
  if (summary !== null) await appendToFile(summary, '');
}

/**
 * Returns the file for the job summary of GitHub Actions. Returns null if the github format is not requested,
 * or if GITHUB_STEP_SUMMARY is not set.
 */
function summaryFile({ stdout, files }: OutputFormats, { env, cwd }: Invocation<OptionTable>['context']) {
  const file = env['GITHUB_STEP_SUMMARY'] ?? '';
  const wanted = [stdout, ...files.map(({ format }) => format)].includes('github');
  return wanted && file !== '' ? resolve(cwd, file) : null;
}

/**
 * Writes the reports to their files.
 *
 * @returns the lines to print on stdout. The list is empty for the formats `human` and `short`, which were
 *   printed during the run, and for `json`, which the caller prints.
 * @throws FedctlError usage.unwritable-output
 */
export async function writeReports(
  report: CheckReport,
  formats: OutputFormats,
  { context, hint, warn }: Invocation<OptionTable>,
): Promise<readonly Line[]> {
  const { stdout, files } = formats;
  const { redactor } = context;
  // Remove secrets before the report is encoded. An encoded secret can differ from the secret that the
  // redactor searches for.
  const clean = redactor.redactAll(report);
  for (const { format, file } of files) {
    await writeReportFile(
      resolve(context.cwd, file),
      fileText(await formatLines(format, clean), redactor),
      context.signal,
    );
    hint(`Wrote ${file}.`);
  }
  const summary = summaryFile(formats, context);
  if (summary !== null) {
    try {
      await appendToFile(summary, fileText(await formatLines('markdown', clean), redactor));
    } catch (error) {
      // If the job summary cannot be written, the report is printed nevertheless.
      if (!isFedctlError(error)) throw error;
      warn(error);
    }
  }
  return stdout === 'human' || stdout === 'short' || stdout === 'json' ? [] : formatLines(stdout, clean);
}

/** Formats a complete report. The code for a format is loaded only when this format is requested. */
async function formatLines(format: string, report: CheckReport): Promise<readonly Line[]> {
  switch (format) {
    case 'json':
      return [new JsonLine({ ...checkDocument(report), warnings: [] })];
    case 'junit':
      return linesOf((await import('../../lib/render/check/junit.ts')).junitXml(report));
    case 'github':
      return (await import('../../lib/render/check/github.ts')).githubAnnotations(report);
    case 'markdown':
      return (await import('../../lib/render/check/markdown.ts')).checkMarkdown(report);
    case 'html':
      return linesOf((await import('../../lib/render/check/html.ts')).checkHtml(report));
    default:
      return humanLines(report, createTheme(false), format === 'short');
  }
}
