import { CATALOGUE } from '../../lib/check/catalogue.ts';
import type { Answer } from '../command.ts';

/** `--list`: every check, in the order of the chain. */
export function listChecks(): Answer {
  const checks = CATALOGUE.map(({ id, title, link, needs }) => ({
    id,
    title,
    link,
    needs: needs.map((each) => each.id),
  }));
  const width = Math.max(...checks.map(({ id }) => id.length));
  return {
    document: { schema: 'fedctl.checks/v1', checks } as Answer['document'],
    text: checks.map(({ id, title }) => `${id.padEnd(width)}  ${title}`).join('\n'),
  };
}
