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
 * Refuses what could not be written in the end: a typo in a file name is told before the checks, not after them.
 *
 * @throws FedctlError usage.unwritable-output
 */
export async function refuseUnwritableReports({ common, context }: Invocation<OptionTable>): Promise<void> {
  for (const { file } of common.faces.files) await refuseReportFile(resolve(context.cwd, file));
  const summary = summaryFile(common.faces, context);
  if (summary !== null) await appendToFile(summary, '');
}

/** Where GitHub Actions wants the summary of the step; null where nobody asked for its face. */
function summaryFile({ stdout, files }: Faces, { env, cwd }: Invocation<OptionTable>['context']) {
  const file = env['GITHUB_STEP_SUMMARY'] ?? '';
  const wanted = [stdout, ...files.map(({ face }) => face)].includes('github');
  return wanted && file !== '' ? resolve(cwd, file) : null;
}

/**
 * Writes the reports that go to files.
 *
 * @returns what goes to stdout; nothing where it was said already, or is the document
 * @throws FedctlError usage.unwritable-output
 */
export async function reportFaces(
  report: CheckReport,
  faces: Faces,
  { context, hint, warn }: Invocation<OptionTable>,
): Promise<readonly Line[]> {
  const { stdout, files } = faces;
  const { redactor } = context;
  // Before a face writes it in its own way, in which a secret may look different.
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
      // Beside the answer, and no reason to keep it back.
      if (!isFedctlError(error)) throw error;
      warn(error);
    }
  }
  return stdout === 'human' || stdout === 'short' || stdout === 'json' ? [] : faceLines(stdout, clean);
}

/** A report as a whole, in a face. Each is loaded only when it is asked for. */
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
