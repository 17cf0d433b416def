import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { parse } from '../../src/commands/parse.ts';
import { memoryContext } from './memory-context.ts';

/** What no printed command may do, whatever it is for. */
const DESTROYS = /\b(?:delete|remove|revoke|disable|drop|rm)\b|--force\b|--yes\b/;

/**
 * Expects of a command that fedctl offers that it can be pasted: bash takes it, nothing of it is a redirection, a
 * placeholder or a remark, nothing is taken away, and one of fedctl's own is taken by its parser.
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
    // Help is printed, and ends the parse.
    if (!(error instanceof Error && 'exitCode' in error && error.exitCode === 0)) throw error;
  }
}
