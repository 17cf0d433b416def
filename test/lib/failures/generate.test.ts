import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ROOT } from '../../architecture/imports.ts';

const PAGE = 'sts.mint-denied.md';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fedctl-pages-'));
  cpSync(join(ROOT, 'docs/failures'), join(directory, 'pages'), { recursive: true });
  mkdirSync(join(directory, 'out'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** What the generator says of the pages: its first line of complaint, or ''. */
function generate(): string {
  const pages = join(directory, 'pages');
  try {
    execFileSync(process.execPath, [join(ROOT, 'scripts/generate.js'), pages, join(directory, 'out')], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return '';
  } catch (error) {
    const { stderr } = error as { readonly stderr: string };
    return /^Error: (.*)$/m.exec(stderr)?.[1] ?? stderr;
  }
}

function change(from: string | RegExp, to: string): void {
  const path = join(directory, 'pages', PAGE);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(from, to);
  if (after === before) throw new Error(`${PAGE} does not have ${from}`);
  writeFileSync(path, after);
}

describe('the generator', () => {
  test('writes the catalogue and the pages, and leaves nothing else', () => {
    expect(generate()).toBe('');
    expect(readdirSync(join(directory, 'out')).sort()).toEqual([
      'catalogue.generated.ts',
      'pages.generated.ts',
    ]);
  });

  test.each([
    [
      'front matter that is missing',
      /^---\n.*?\n---\n/s,
      '',
      'must start with front matter between --- lines',
    ],
    ['no title', /^title: .*\n/m, '', 'the front matter must have a title'],
    ['an unknown key', 'kind: raised', 'kind: raised\nowner: me', 'unknown key in the front matter: owner'],
    ['an unknown kind', 'kind: raised', 'kind: invented', 'kind must be raised or reported'],
    [
      'an exit code that no failure has',
      /^exit: \d/m,
      'exit: 9',
      'kind raised requires an exit code from 1 to 6, or from 125 to 127',
    ],
    [
      'a reported code with an exit code',
      'kind: raised',
      'kind: reported',
      'kind reported does not allow an exit code, because fedctl never raises the failure',
    ],
    [
      'a reported code that nobody reported',
      /exit: \d\nkind: raised/,
      'kind: reported',
      'kind reported requires "reported": the source of the report',
    ],
    ['a section that is missing', /## Sources\n.*$/s, '', 'missing section "Sources"'],
    ['an unknown section', '## Sources', '## References', 'unknown heading "References"'],
    [
      'sections in another order',
      /(## Meaning\n.*?)(## Causes\n.*?)(?=## Texts)/s,
      '$2$1',
      'the order of the sections must be Meaning, Causes, Texts, Similar codes, What to do, Sources',
    ],
    [
      'two paragraphs of meaning',
      '## Meaning\n',
      '## Meaning\n\nOne more.\n',
      '"Meaning" must be one paragraph',
    ],
    [
      'causes that are no list',
      /## Causes\n\n.*?(?=## Texts)/s,
      '## Causes\n\nMany.\n\n',
      '"Causes" must be one list',
    ],
    [
      'a similar code without its difference',
      '## Similar codes\n\n',
      '## Similar codes\n\n- `sts.tag-denied`\n',
      'each item of "Similar codes" must be "code: difference"',
    ],
    [
      'a similar code without a page',
      '## Similar codes\n\n',
      '## Similar codes\n\n- `sts.no-such`: Nobody knows.\n',
      'names sts.no-such, which has no page',
    ],
    [
      'a text that nobody prints',
      '## Texts\n\n',
      '## Texts\n\n```text\nboom\n```\n\n',
      '"Texts" must have paragraphs with the name of a program, each followed by a code block',
    ],
  ] as const)('refuses %s', (_what, from, to, complaint) => {
    change(from, to);
    expect(generate()).toBe(`docs/failures/${PAGE}: ${complaint}.`);
  });

  test('refuses a name that is no code, and a code of no area', () => {
    writeFileSync(join(directory, 'pages', 'Notes.md'), '');
    expect(generate()).toBe('docs/failures/Notes.md: the file name must be <area>[.<part>].<kebab>.md.');
    rmSync(join(directory, 'pages', 'Notes.md'));
    writeFileSync(join(directory, 'pages', 'moon.full.md'), readFileSync(join(directory, 'pages', PAGE)));
    expect(generate()).toMatch(/^docs\/failures\/moon\.full\.md: the code must start with one of the areas/);
  });
});
