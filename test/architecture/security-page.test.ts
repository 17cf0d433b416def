import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from './imports.ts';

const PAGE = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8');

/** A test that a promise refers to. */
interface Named {
  readonly file: string;
  readonly title: string;
}

/** Returns the promises by number, each with its tests. */
function promises(page: string): ReadonlyMap<number, readonly Named[]> {
  const [, section = ''] = page.split('\n## Promises\n');
  return new Map(
    [...section.matchAll(/^(\d+)\. (.*?)(?=^\d+\. |^### |$(?![\s\S]))/gms)].map(([, number, text = '']) => [
      Number(number),
      [...text.matchAll(/^ +- `([^`]+)`: "(.+)"$/gm)].map(([, file = '', title = '']) => ({ file, title })),
    ]),
  );
}

/** Returns an error if the file or the test does not exist. */
function missing({ file, title }: Named): readonly string[] {
  const path = join(ROOT, file);
  if (!existsSync(path)) return [`${file} does not exist`];
  const text = readFileSync(path, 'utf8').replaceAll("\\'", "'");
  return text.includes(title) ? [] : [`${file} has no test "${title}"`];
}

describe('SECURITY.md', () => {
  const found = promises(PAGE);

  test('names tests that exist', () => {
    expect([...found.values()].flat().flatMap(missing)).toEqual([]);
  });

  test('names one for each promise, and numbers them', () => {
    expect([...found.keys()]).toEqual([...found.keys()].map((_, at) => at + 1));
    expect(found.size).toBeGreaterThan(10);
    expect([...found].filter(([, tests]) => tests.length === 0)).toEqual([]);
  });

  test('a name that does not exist is found', () => {
    const page =
      '\n## Promises\n\n1. None.\n   - `test/none.test.ts`: "a"\n2. No title.\n   - `SECURITY.md`: "not a ti" "tle"\n';
    expect([...promises(page).values()].flat().flatMap(missing)).toEqual([
      'test/none.test.ts does not exist',
      'SECURITY.md has no test "not a ti" "tle"',
    ]);
  });
});
