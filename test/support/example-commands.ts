import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { splitWords } from '../../action/words.js';
import { type Parsed, parse } from '../../src/commands/parse.ts';
import { ROOT } from '../architecture/imports.ts';
import { memoryContext } from './memory-context.ts';

export function example(file: string): string {
  return readFileSync(join(ROOT, 'examples', file), 'utf8');
}

/** Parses a command line with fedctl's own parser. Throws for an unknown option or an invalid value. */
export async function parseTyped(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Parsed> {
  const parsed = await parse(argv, memoryContext({ env }), { width: 100, writeOut: () => {} });
  if (parsed === null) throw new Error('nothing was parsed');
  return parsed;
}

/** Returns the arguments of the fedctl command in a shell line; null if there is none. Rejects npx without --no. */
export function fedctlIn(line: string): readonly string[] | null {
  const words = splitWords(line);
  const start = words.indexOf('fedctl');
  if (start === -1) return null;
  const before = words.slice(0, start);
  if (before.length > 0 && before.join(' ') !== 'npx --no --')
    throw new Error(`not run as it should be: ${line}`);
  return words.slice(start + 1);
}
