// Generates modules from documents, so that fedctl reads no Markdown or YAML for them at run time. The pages of
// docs/failures become the catalogue, which every run loads, and the pages, which only `explain` and failures load.
// The promises of SECURITY.md become the text of `help security`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFailurePages } from './failure-pages.js';

/** The areas of failure codes in the order of the chain, as `fedctl explain` lists them. */
const AREAS = [
  'usage',
  'config',
  'net',
  'bug',
  'aws',
  'sts',
  'iam',
  'jwt',
  'issuer',
  'mongo',
  'atlas',
  'exec',
  'lab',
];

const HEADER = '// Generated from docs/failures by scripts/generate.js. Change the page, not this file.\n';

const root = fileURLToPath(new URL('..', import.meta.url));
/** The input and output directories. Tests pass other directories as arguments. */
const [from = join(root, 'docs/failures'), to = join(root, 'src/lib/failures')] = process.argv.slice(2);

const area = ({ code }) => {
  const place = AREAS.indexOf(code.slice(0, code.indexOf('.')));
  if (place < 0)
    throw new Error(
      `docs/failures/${code}.md: the code must start with one of the areas ${AREAS.join(', ')}.`,
    );
  return place;
};

const pages = readFailurePages(from).sort((a, b) => area(a) - area(b));

const json = (value) => JSON.stringify(value, null, 1);

const union = (codes) => codes.map((code) => `\n  | '${code}'`).join('');

const catalogue = Object.fromEntries(
  pages
    .filter(({ kind }) => kind === 'raised')
    .map(({ code, title, cause, remedy, exit }) => [code, { title, cause, remedy, exit }]),
);
const reported = pages.filter(({ kind }) => kind === 'reported').map(({ code }) => code);
const texts = Object.fromEntries(
  pages.map(({ code, kind: _kind, before: _before, ...page }) => [code, page]),
);

write(
  'catalogue.generated.ts',
  `import type { Failure } from './failure.ts';

/** The codes that fedctl raises. */
export type RaisedCode =${union(Object.keys(catalogue))};

/** The codes that other programs report and fedctl never raises. */
export type ReportedCode =${union(reported)};

/** Every run loads the catalogue, and V8 parses JSON faster than the same object in JavaScript. */
export const CATALOGUE: Readonly<Record<RaisedCode, Failure>> = JSON.parse(${JSON.stringify(JSON.stringify(catalogue))});
`,
);
write(
  'pages.generated.ts',
  `import type { ExplainedCode, PageText } from './page.ts';

export const PAGES: Readonly<Record<ExplainedCode, PageText>> = ${json(texts)};
`,
);

if (process.argv.length === 2) {
  writePromises();
  writeVersion();
}

/** The version of package.json, so that no run reads that file. */
function writeVersion() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const text = `// Generated from package.json by scripts/generate.js. Change that file, not this one.\n\nexport const VERSION = '${version}';\n`;
  writeIfChanged(join(root, 'src/lib/core/version.generated.ts'), text);
}

/** The numbered promises of SECURITY.md under their headings, without the names of their tests. */
function writePromises() {
  const page = readFileSync(join(root, 'SECURITY.md'), 'utf8');
  const sections = page.slice(page.indexOf('\n## Promises')).split('\n### ').slice(1);
  const promises = sections.map((section) => ({
    title: section.slice(0, section.indexOf('\n')),
    promises: [...section.matchAll(/^\d+\. (.*(?:\n {3,4}(?!\s*- ).*)*)/gm)].map(([, text]) =>
      text.replace(/\s+/g, ' '),
    ),
  }));
  if (promises.length === 0 || promises.some(({ promises: each }) => each.length === 0))
    throw new Error('SECURITY.md must have promises in each section below "## Promises".');
  const path = join(root, 'src/commands/topics/promises.generated.ts');
  const text = `// Generated from SECURITY.md by scripts/generate.js. Change the page, not this file.

/** The promises of SECURITY.md, by topic. */
export const PROMISES: readonly { readonly title: string; readonly promises: readonly string[] }[] = ${json(promises)};
`;
  writeIfChanged(path, text);
}

/** @param {string} name @param {string} code */
function write(name, code) {
  writeIfChanged(join(to, name), `${HEADER}${code}`);
}

/** Incremental builds stay valid. @param {string} path @param {string} text */
function writeIfChanged(path, text) {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}
