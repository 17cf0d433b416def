import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../architecture/imports.ts';

interface Row {
  readonly group: string;
  readonly name: string;
  readonly expected: string;
  readonly differs: Readonly<Record<string, string>>;
  readonly why?: string;
  readonly witnesses: readonly string[];
}

const { ROWS } = (await import(join(ROOT, 'test/parity/rows.js'))) as { readonly ROWS: readonly Row[] };
const { parityPage } = (await import(join(ROOT, 'test/parity/document.js'))) as {
  parityPage(): string;
};

describe('the parity table', () => {
  test('has 80 rows or more, each with a name of its own', () => {
    const names = ROWS.map(({ group, name }) => `${group}: ${name}`);
    expect(names.length).toBeGreaterThanOrEqual(80);
    expect(new Set(names).size).toBe(names.length);
  });

  test('says why for every difference, and for nothing else', () => {
    for (const { name, expected, differs, why } of ROWS) {
      expect(Object.keys(differs).length > 0, name).toBe((why ?? '') !== '');
      expect(Object.values(differs), name).not.toContain(expected);
    }
  });

  test('names witnesses that are asked, fedctl among them', () => {
    for (const { name, differs, witnesses } of ROWS) {
      expect(witnesses, name).toContain('fedctl');
      expect(witnesses, name).toEqual(expect.arrayContaining(Object.keys(differs)));
    }
  });

  test('is docs/parity.md (node test/parity/document.js > docs/parity.md)', () => {
    expect(readFileSync(join(ROOT, 'docs/parity.md'), 'utf8')).toBe(parityPage());
  });
});
