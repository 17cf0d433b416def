// Writes the two modules that the pages of docs/failures become: the catalogue that every run loads, and the pages that only
// `explain` and refusals load. Nothing at run time reads Markdown or YAML for them.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFailurePages } from './failure-pages.js';

/** In the order of the chain; `fedctl explain` lists them so. */
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
/** A test names other folders. */
const [from = join(root, 'docs/failures'), to = join(root, 'src/lib/failures')] = process.argv.slice(2);

const area = ({ code }) => {
  const place = AREAS.indexOf(code.slice(0, code.indexOf('.')));
  if (place < 0)
    throw new Error(`docs/failures/${code}.md: the code begins with none of the areas ${AREAS.join(', ')}.`);
  return place;
};

const pages = readFailurePages(from).sort((a, b) => area(a) - area(b));

const json = (value) => JSON.stringify(value, null, 1);

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

/** What fedctl raises. */
export const CATALOGUE = ${json(catalogue)} as const satisfies Readonly<Record<string, Failure>>;

/** What other programs report and fedctl never raises. */
export const REPORTED = ${json(reported)} as const;
`,
);
write(
  'pages.generated.ts',
  `import type { ExplainedCode, PageText } from './page.ts';

export const PAGES: Readonly<Record<ExplainedCode, PageText>> = ${json(texts)};
`,
);

/** Leaves a file that is current alone, so that no build starts over. */
function write(name, code) {
  const path = join(to, name);
  const text = `${HEADER}${code}`;
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}
