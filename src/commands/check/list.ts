import { CATALOGUE } from '../../lib/check/catalogue.ts';
import { selectChecks } from '../../lib/check/selection.ts';
import { fedctl } from '../../lib/core/command-line.ts';
import { FedctlError } from '../../lib/core/errors.ts';
import type { Answer } from '../command.ts';
import type { OutputFormats } from '../output-formats.ts';

/**
 * Lists the checks that --only and --skip select, in the order of the chain (`--list`).
 *
 * @throws FedctlError usage.invalid-command-line if the output format is neither human nor json;
 * usage.invalid-value if a value of --only or --skip matches no check
 */
export function listChecks(
  { stdout, files }: OutputFormats,
  only: readonly string[],
  skip: readonly string[],
): Answer {
  const strange = [stdout, ...files.map(({ format, file }) => `${format}=${file}`)].find(
    (format) => format !== 'human' && format !== 'json',
  );
  if (strange !== undefined) {
    throw new FedctlError('usage.invalid-command-line', {
      message: `--list supports human and json output, not ${strange}.`,
      remedy: 'Use --output human or --output json.',
      command: fedctl(['check', '--list', '--output', 'json']),
    });
  }
  const { picked, left } = selectChecks(CATALOGUE, only, skip);
  const listed = CATALOGUE.filter((check) => (picked?.has(check) ?? true) && !left.has(check));
  const checks = listed.map(({ id, title, link, needs }) => ({
    id,
    title,
    link,
    needs: needs.map((each) => each.id),
  }));
  const document = { schema: 'fedctl.checks/v1', checks } as const;
  const width = Math.max(...checks.map(({ id }) => id.length));
  return {
    document,
    lines: checks.map(({ id, title }) => `${id.padEnd(width)}  ${title}`),
  };
}
