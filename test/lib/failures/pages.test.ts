import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from '../../../src/commands/parse.ts';
import { FAILURES } from '../../../src/lib/failures/failures.ts';
import { symptoms } from '../../../src/lib/failures/page.ts';
import { areas, CODES, pageOf } from '../../../src/lib/failures/pages.ts';
import { ROOT, sources, walk } from '../../architecture/imports.ts';
import { memoryContext } from '../../support/memory-context.ts';
import { fedctlCommands } from '../../support/typed-lines.ts';

const ALL = CODES.map((code) => pageOf(code));

/** The string literals of the source, outside the failures themselves. */
const LITERALS: ReadonlySet<string> = new Set(
  sources()
    .filter((file) => !file.startsWith('src/lib/failures/'))
    .flatMap((file) => literalsOf(file, readFileSync(join(ROOT, file), 'utf8'))),
);

function literalsOf(file: string, code: string): string[] {
  const found: string[] = [];
  walk(file, code, ({ type, value }) => {
    if (type === 'Literal' && typeof value === 'string') found.push(value);
  });
  return found;
}

test('the areas hold every code once', () => {
  expect(areas().flatMap(({ codes }) => codes)).toEqual(CODES);
});

describe.each(ALL)('$code', ({ code, exit, cause, meaning, causes, remedy, commands, shows, alsoShows }) => {
  test('is raised somewhere in the source if its kind is raised, and nowhere if it is reported', () => {
    expect(exit !== null).toBe(Object.hasOwn(FAILURES, code));
    expect(LITERALS.has(code)).toBe(exit !== null);
  });

  test('says what it means and what causes it, in sentences', () => {
    expect(meaning).toMatch(/^["A-Za-z].{30,}\.$/s);
    for (const sentence of causes) expect(sentence).toMatch(/^["A-Z0-9$/.–-].*[.:…]$|^[a-z-]+.*\.$/s);
    expect(meaning).not.toBe(cause);
  });

  test('tells in whole sentences what to do', () => {
    expect(remedy).toMatch(/^[A-Z].*\.$/s);
  });

  test('has texts long enough to know it by', () => {
    for (const { text } of [...symptoms(shows), ...symptoms(alsoShows)]) {
      expect(text.replace(/<[^<>]*>/g, '').replace(/[^A-Za-z0-9]/g, '').length, text).toBeGreaterThanOrEqual(
        8,
      );
    }
  });

  test('gives lines of fedctl that its own parser takes', async () => {
    for (const args of commands.flatMap(fedctlCommands))
      await expect(parsed(args), args.join(' ')).resolves.toBe(true);
  });
});

test('a line of fedctl with an option that does not exist is found', async () => {
  expect(fedctlCommands("env | grep x && fedctl token --audiance '<audience>' # comment")).toEqual([
    ['token', '--audiance', 'audience'],
  ]);
  await expect(parsed(['token', '--audiance', 'audience'])).rejects.toThrow("unknown option '--audiance'");
});

/** Whether the real parser takes it; help and version count. */
async function parsed(args: readonly string[]): Promise<boolean> {
  try {
    return (await parse(args, memoryContext(), { width: 100, writeOut() {} })) !== null;
  } catch (error) {
    if (error instanceof Error && 'exitCode' in error && error.exitCode === 0) return true;
    throw error;
  }
}

test('what fedctl is said to print stands in its source', () => {
  // The texts of commander are not fedctl's own.
  const others = ['usage.unknown-command', 'usage.unknown-option', 'usage.invalid-command-line'];
  const code = sources()
    .filter((file) => !file.startsWith('src/lib/failures/'))
    .map((file) => readFileSync(join(ROOT, file), 'utf8').replaceAll("\\'", "'"))
    .join('\n');
  const missing = ALL.filter((page) => !others.includes(page.code)).flatMap(
    ({ code: name, shows, alsoShows }) =>
      [...symptoms(shows), ...symptoms(alsoShows)]
        .filter(({ from }) => from === 'fedctl')
        .flatMap(({ text }) => text.split(/<[^<>]*>/).map((part) => part.trim()))
        .filter((part) => part.length > 3 && !code.includes(part))
        .map((part) => `${name}: ${part}`),
  );
  expect(missing).toEqual([]);
});
