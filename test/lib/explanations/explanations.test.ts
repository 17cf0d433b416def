import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from '../../../src/commands/parse.ts';
import { symptoms } from '../../../src/lib/explanations/explanation.ts';
import {
  areas,
  CODES,
  EXPLANATIONS,
  isExplained,
  pageOf,
} from '../../../src/lib/explanations/explanations.ts';
import { FIELD_REPORTS } from '../../../src/lib/explanations/field-reports.ts';
import { FAILURES } from '../../../src/lib/failures.ts';
import { ROOT, sources } from '../../architecture/imports.ts';
import { memoryContext } from '../../support/memory-context.ts';
import { fedctlCommands } from '../../support/typed-lines.ts';

const ALL = CODES.map((code) => pageOf(code));

describe('the codes', () => {
  test('are those of the catalogues, and at least 80', () => {
    expect(Object.keys(EXPLANATIONS).sort()).toEqual([...CODES].sort());
    expect(CODES).toHaveLength(Object.keys(FAILURES).length + Object.keys(FIELD_REPORTS).length);
    expect(CODES.length).toBeGreaterThanOrEqual(80);
    expect(areas().flatMap(({ codes }) => codes)).toHaveLength(CODES.length);
  });

  test('of the field are none that fedctl raises, and have their form', () => {
    for (const code of Object.keys(FIELD_REPORTS)) {
      expect(Object.keys(FAILURES)).not.toContain(code);
      expect(code).toMatch(/^[a-z]+(\.[a-z0-9-]+){1,2}$/);
    }
  });
});

describe.each(ALL)('$code', ({ code, row, explanation }) => {
  const { meaning, shows, alsoShows, causes, apart, type, evidence } = explanation;

  test('says what it means, how it shows, and what causes it', () => {
    expect(meaning).toMatch(/^[A-Za-z].{30,}\.$/s);
    expect(symptoms({ ...shows, ...alsoShows }).length).toBeGreaterThan(0);
    expect(causes.length).toBeGreaterThan(0);
    for (const sentence of causes) expect(sentence).toMatch(/^[A-Z0-9$/.–-].*[.:…]$|^[a-z-]+.*\.$/s);
    expect(meaning).not.toBe(row.cause);
  });

  test('has texts long enough to know it by', () => {
    for (const { text } of symptoms({ ...shows, ...alsoShows })) {
      expect(text.replace(/<[^<>]*>/g, '').replace(/[^A-Za-z0-9]/g, '').length, text).toBeGreaterThanOrEqual(
        8,
      );
    }
  });

  test('is told from two neighbours that exist and are not itself', () => {
    const neighbours = Object.keys(apart);
    expect(neighbours).toHaveLength(2);
    expect(neighbours).not.toContain(code);
    for (const neighbour of neighbours) expect(isExplained(neighbour), neighbour).toBe(true);
  });

  test('names what to type, and its sources', () => {
    expect(type.length).toBeGreaterThan(0);
    expect(explanation.sources.length).toBeGreaterThan(0);
    if (evidence !== 'provoked') expect(evidence.fieldReport.length).toBeGreaterThan(5);
    if (Object.hasOwn(FIELD_REPORTS, code)) expect(evidence).not.toBe('provoked');
  });

  test('gives lines of fedctl that its own parser takes', async () => {
    for (const args of type.flatMap(fedctlCommands))
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
    .filter((file) => !/^src\/lib\/(explanations|failures)\//.test(file))
    .map((file) => readFileSync(join(ROOT, file), 'utf8').replaceAll("\\'", "'"))
    .join('\n');
  const missing = ALL.filter((page) => !others.includes(page.code)).flatMap(({ code: name, explanation }) =>
    symptoms({ ...explanation.shows, ...explanation.alsoShows })
      .filter(({ from }) => from === 'fedctl')
      .flatMap(({ text }) => text.split(/<[^<>]*>/).map((part) => part.trim()))
      .filter((part) => part.length > 3 && !code.includes(part))
      .map((part) => `${name}: ${part}`),
  );
  expect(missing).toEqual([]);
});
