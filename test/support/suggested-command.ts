import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { parse } from '../../src/commands/parse.ts';
import { memoryContext } from './memory-context.ts';

/** Actions that no printed command may contain. */
const DESTROYS = /\b(?:delete|remove|revoke|disable|drop|rm)\b|--force\b|--yes\b/;

/**
 * Asserts that a command that fedctl offers can be pasted: bash parses it; it contains no redirection, placeholder or
 * comment; it deletes nothing; and fedctl's own parser accepts it if it is a fedctl command.
 */
export async function expectPastable(command: string): Promise<void> {
  const { status, stderr } = spawnSync('bash', ['-n', '-c', command], { encoding: 'utf8' });
  expect({ status, stderr }, command).toEqual({ status: 0, stderr: '' });
  const outside = command.replaceAll(/'[^']*'|\\'/g, '');
  expect(outside, command).not.toMatch(/[<>()|&;`$*?]/);
  expect(command).not.toMatch(DESTROYS);
  const words =
    command.match(/(?:'[^']*'|\\'|[^\s'])+/g)?.map((word) => word.replaceAll(/'([^']*)'/g, '$1')) ?? [];
  if (words[0] === 'fedctl') await expectParsed(words.slice(1), command);
}

async function expectParsed(args: readonly string[], command: string): Promise<void> {
  try {
    expect(await parse(args, memoryContext(), { width: 100, writeOut() {} }), command).not.toBeNull();
  } catch (error) {
    // The parser prints the help and stops.
    if (!(error instanceof Error && 'exitCode' in error && error.exitCode === 0)) throw error;
  }
}
