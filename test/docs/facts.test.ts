import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../architecture/imports.ts';

/** A citation such as `facts/aws.md 2.3`: the page, and the sections, rows or traps that it names. */
interface Citation {
  readonly page: string;
  readonly anchors: readonly string[];
}

const LIST = '\\d+(?:\\.\\d+)?(?:(?:, | and | to )\\d+(?:\\.\\d+)?)*';
const CITATION = new RegExp(
  `facts/([\\w-]+)\\.md(?:,? (?:sections? )?(${LIST}))?(?:, rows? (${LIST}))?(?:,? traps? (${LIST}))?`,
  'g',
);

/** Reads the citations of a source file; comments may break them across lines. */
function citations(text: string): readonly Citation[] {
  const flat = text.replaceAll(/\n\s*(?:\*(?!\/)|\/\/)?\s*/g, ' ');
  return [...flat.matchAll(CITATION)].map(([, page = '', sections = '', rows = '', traps = '']) => ({
    page,
    anchors: [
      ...numbers(sections),
      ...numbers(rows).map((row) => `row ${row}`),
      ...numbers(traps).map((trap) => `trap ${trap}`),
    ],
  }));
}

/** `7.5 to 7.7 and 9` → 7.5, 7.6, 7.7, 9. */
function numbers(list: string): readonly string[] {
  return list.split(/, | and /).flatMap((part) => {
    const [from = '', to] = part.split(' to ');
    if (to === undefined) return from === '' ? [] : [from];
    const [, chapter = '', first = ''] = /^(\d+\.)?(\d+)$/.exec(from) ?? [];
    const last = Number(to.slice(chapter.length));
    return Array.from(
      { length: last - Number(first) + 1 },
      (_, index) => `${chapter}${Number(first) + index}`,
    );
  });
}

/** The sections of a page by their numbers, its traps by their names, and the rows of its tables. */
function anchorsOf(page: string): ReadonlySet<string> {
  const text = readFileSync(join(ROOT, 'docs/facts', `${page}.md`), 'utf8');
  const headings = [...text.matchAll(/^#{2,3} (trap \d+|\d+(?:\.\d+)?)(?: |$)/gm)].map(
    ([, name = '']) => name,
  );
  const rows = [...text.matchAll(/^\| (\d+) \|/gm)].map(([, row]) => `row ${row}`);
  return new Set([...headings, ...rows]);
}

/** What is wrong with the citations of a file. */
function faults(file: string, text: string): readonly string[] {
  const pages = new Set(readdirSync(join(ROOT, 'docs/facts')).map((name) => name.replace(/\.md$/, '')));
  return citations(text).flatMap(({ page, anchors }) => {
    if (!pages.has(page)) return [`${file} cites facts/${page}.md, which does not exist`];
    // A document may link to a page as a whole.
    if (anchors.length === 0 && file.endsWith('.md')) return [];
    if (anchors.length === 0) return [`${file} cites facts/${page}.md without a section`];
    const known = anchorsOf(page);
    return anchors
      .filter((anchor) => !known.has(anchor))
      .map((anchor) => `${file} cites facts/${page}.md ${anchor}, which does not exist`);
  });
}

const SELF = 'test/docs/facts.test.ts';
const FILES = ['src', 'test', 'scripts', 'bin', 'action', 'bench', 'docs', 'examples'].flatMap((directory) =>
  readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|js|mjs|cjs|md|yaml|yml|sh)$/.test(name) && !name.includes('node_modules'))
    .map((name) => join(directory, name)),
);

describe('a comment that cites a fact', () => {
  test('names a section that exists', () => {
    const read = FILES.filter((file) => file !== SELF).map(
      (file) => [file, readFileSync(join(ROOT, file), 'utf8')] as const,
    );
    expect(read.flatMap(([, text]) => citations(text)).length).toBeGreaterThan(200);
    expect(read.flatMap(([file, text]) => faults(file, text))).toEqual([]);
  });

  test.each([
    ['facts/aws.md 2.3', []],
    ['facts/aws.md 1 and 4', []],
    ['facts/aws.md\n * 2.3', []],
    ['facts/mongodb.md 7.5 to 7.9', []],
    ['facts/mongodb.md, section 9, rows 21, 22 and 46', []],
    ['facts/dependencies.md, traps 3 and 4', []],
    ['facts/aws.md', ['x cites facts/aws.md without a section']],
    ['facts/aws.md 2.9', ['x cites facts/aws.md 2.9, which does not exist']],
    ['facts/mongodb.md 9, row 69', ['x cites facts/mongodb.md row 69, which does not exist']],
    ['facts/dependencies.md, trap 99', ['x cites facts/dependencies.md trap 99, which does not exist']],
    ['facts/nothing.md 1', ['x cites facts/nothing.md, which does not exist']],
  ])('%j is judged', (comment, expected) => {
    expect(faults('x', comment)).toEqual(expected);
  });
});
