import { CATALOGUE } from '../../lib/check/catalogue.ts';
import { fedctl } from '../../lib/core/command-line.ts';
import { FedctlError } from '../../lib/core/errors.ts';
import type { Answer } from '../command.ts';
import type { Faces } from '../faces.ts';

/**
 * `--list`: every check, in the order of the chain.
 *
 * @throws FedctlError usage.invalid-command-line for a face that shows reports only
 */
export function listChecks({ stdout, files }: Faces): Answer {
  const strange = [stdout, ...files.map(({ face, file }) => `${face}=${file}`)].find(
    (face) => face !== 'human' && face !== 'json',
  );
  if (strange !== undefined) {
    throw new FedctlError('usage.invalid-command-line', {
      message: `--list answers as human or json, and not as ${strange}.`,
      remedy: 'Ask for human or json.',
      command: fedctl(['check', '--list', '--output', 'json']),
    });
  }
  const checks = CATALOGUE.map(({ id, title, link, needs }) => ({
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
