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
import type { Faces } from '../faces.ts';
import type { OptionTable } from '../options/option.ts';

export const CHECK_FACES = ['human', 'short', 'json', 'junit', 'github', 'markdown', 'html'] as const;

/**
 * Rejects files that could not be written at the end, so that a typo in a file name is reported before the
 * checks run.
 *
 * @throws FedctlError usage.unwritable-output
 */
export async function refuseUnwritableReports({ common, context }: Invocation<OptionTable>): Promise<void> {
  for (const { file } of common.faces.files) await refuseReportFile(resolve(context.cwd, file));
  const summary = summaryFile(common.faces, context);
  if (summary !== null) await appendToFile(summary, '');
}

/** Returns the file for the job summary of GitHub Actions; null when this format was not requested. */
function summaryFile({ stdout, files }: Faces, { env, cwd }: Invocation<OptionTable>['context']) {
  const file = env['GITHUB_STEP_SUMMARY'] ?? '';
  const wanted = [stdout, ...files.map(({ face }) => face)].includes('github');
  return wanted && file !== '' ? resolve(cwd, file) : null;
}

/**
 * Writes the reports that go to files.
 *
 * @returns the lines for stdout; none when they were printed already, or are the JSON document
 * @throws FedctlError usage.unwritable-output
 */
export async function reportFaces(
  report: CheckReport,
  faces: Faces,
  { context, hint, warn }: Invocation<OptionTable>,
): Promise<readonly Line[]> {
  const { stdout, files } = faces;
  const { redactor } = context;
  // Before an output format encodes it, because an encoded secret may look different.
  const clean = redactor.redactAll(report);
  for (const { face, file } of files) {
    await writeReportFile(
      resolve(context.cwd, file),
      fileText(await faceLines(face, clean), redactor),
      context.signal,
    );
    hint(`Wrote ${file}.`);
  }
  const summary = summaryFile(faces, context);
  if (summary !== null) {
    try {
      await appendToFile(summary, fileText(await faceLines('markdown', clean), redactor));
    } catch (error) {
      // An additional output must not prevent the report from being printed.
      if (!isFedctlError(error)) throw error;
      warn(error);
    }
  }
  return stdout === 'human' || stdout === 'short' || stdout === 'json' ? [] : faceLines(stdout, clean);
}

/** Formats a complete report. Each format is loaded only when it is requested. */
async function faceLines(face: string, report: CheckReport): Promise<readonly Line[]> {
  switch (face) {
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
      return humanLines(report, createTheme(false), face === 'short');
  }
}
