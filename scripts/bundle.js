// @ts-check
// Builds `bundle/`: fedctl as a package without dependencies to install, with the licenses of all bundled packages.
// `npm pack ./bundle` creates a package of the directory. A release contains the directory itself. The optional argument is another
// output directory.

import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { argv, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { buildCli } from './build-cli.js';
import { licenses } from './licenses.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * @param {string} directory the output directory, emptied first
 * @returns the chunks in rolldown's format
 */
export async function bundle(directory) {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const { name, version, description, license, type, engines, bin } = JSON.parse(
    await readFile(join(ROOT, 'package.json'), 'utf8'),
  );
  const entry = (/** @type {string} */ types, /** @type {string} */ chunk) => ({
    types: `./dist/types/${types}`,
    default: `./dist/cli/${chunk}`,
  });
  const exports = {
    '.': entry('lib/index.d.ts', 'index.cjs'),
    './sandbox': entry('sandbox/index.d.ts', 'sandbox.cjs'),
    './package.json': './package.json',
  };
  const about = { name, version, description, license, type, engines, bin, exports };
  await writeFile(join(directory, 'package.json'), `${JSON.stringify(about, null, 2)}\n`);
  const chunks = await buildCli(join(directory, 'dist/cli'));
  await writeFile(join(directory, 'LICENSES-OF-OTHERS.txt'), await licenses(ROOT, chunks));
  for (const types of await declarations([entryTypes('lib/index'), entryTypes('sandbox/index')])) {
    const to = join(directory, 'dist/types', relative(join(ROOT, 'dist'), types));
    await mkdir(dirname(to), { recursive: true });
    await cp(types, to);
  }
  for (const file of ['LICENSE', 'README.md', 'CHANGELOG.md', 'schemas', 'bin'])
    await cp(join(ROOT, file), join(directory, file), { recursive: true });
  return chunks;
}

/** @param {string} name */
const entryTypes = (name) => join(ROOT, `dist/${name}.d.ts`);

/**
 * Returns the given declaration files and all declaration files that they import.
 *
 * @param {readonly string[]} entries
 * @returns {Promise<ReadonlySet<string>>}
 */
async function declarations(entries) {
  const found = new Set(entries);
  for (const file of found) {
    const code = await readFile(file, 'utf8');
    for (const [, specifier = ''] of code.matchAll(/(?:from|import\()\s*['"](\.[^'"]+)\.ts['"]/g))
      found.add(join(dirname(file), `${specifier}.d.ts`));
  }
  return found;
}

if (resolve(argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  const directory = resolve(argv[2] ?? join(ROOT, 'bundle'));
  const chunks = await bundle(directory);
  const bytes = chunks.reduce((sum, { code }) => sum + code.length, 0);
  stdout.write(`${directory}: ${chunks.length} chunks, ${(bytes / 1e6).toFixed(1)} MB\n`);
}
