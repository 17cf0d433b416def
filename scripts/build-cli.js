// @ts-check
// Makes `dist/cli/`: the command as chunks of CommonJS, and what bin/fedctl.js must know of them. Everything that is imported is
// in it. Nothing is minified: names and stacks stay readable, and V8's code cache makes up for the size.

import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { argv, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What the driver looks for and can do without: it asks inside a try. */
const OPTIONAL = ['kerberos', 'snappy', 'mongodb-client-encryption', 'gcp-metadata', '@mongodb-js/zstd'];

/**
 * The driver parses connection strings with a URL of its own, whose tables take longer to load than all the rest of it.
 * Node's own does the same; test/bundle/own-url.test.ts compares the two.
 *
 * @type {import('rolldown').Plugin}
 */
const ownUrl = {
  name: "Node's own URL",
  resolveId: (id) => (id === 'whatwg-url' ? '\0whatwg-url' : null),
  load: (id) => (id === '\0whatwg-url' ? 'export const { URL, URLSearchParams } = globalThis;' : null),
};

/**
 * commander loads what starts programs, for subcommands that are programs of their own. fedctl has none.
 *
 * @type {import('rolldown').Plugin}
 */
const noPrograms = {
  name: 'commander without child_process',
  resolveId: (id, importer) =>
    id === 'node:child_process' && importer?.includes('/node_modules/commander/') ? '\0no-programs' : null,
  load: (id) => (id === '\0no-programs' ? 'export {};' : null),
};

/**
 * The driver signs with a `Headers`, a global for which Node.js loads all of fetch: 12 MB. Of it the driver needs a Map.
 *
 * @type {import('rolldown').Plugin}
 */
const plainHeaders = {
  name: 'headers without fetch',
  transform(code, id) {
    if (!id.endsWith('/mongodb/lib/cmap/auth/aws4.js')) return null;
    if (!code.includes('new Headers({')) throw new Error('the driver signs in another way: look at aws4.js');
    return `${code}
class Headers extends Map {
  constructor(values) {
    super(Object.entries(values));
  }
  append(name, value) {
    this.set(name, value);
  }
}`;
  },
};

const ENTRIES = {
  main: 'src/commands/main.ts',
  'process-context': 'src/lib/process-context.ts',
  // What programs import.
  index: 'src/lib/index.ts',
  sandbox: 'src/sandbox/index.ts',
};

/**
 * Adds the modules that bin/fedctl.js loads before it knows the command.
 *
 * @param {Set<string>} modules
 * @returns {import('rolldown').Plugin}
 */
function modulesOfEveryRun(modules) {
  return {
    name: 'modules of every run',
    buildEnd() {
      for (const entry of [ENTRIES.main, ENTRIES['process-context']]) modules.add(join(ROOT, entry));
      for (const id of modules) {
        for (const imported of this.getModuleInfo(id)?.importedIds ?? []) modules.add(imported);
      }
    },
  };
}

/**
 * Builds the chunks.
 *
 * @param {string} folder is emptied first
 * @returns the chunks as rolldown tells of them
 */
export async function buildCli(folder) {
  await rm(folder, { recursive: true, force: true });
  /** @type {Set<string>} */
  const everyRun = new Set();
  const bundle = await rolldown({
    cwd: ROOT,
    input: ENTRIES,
    platform: 'node',
    external: OPTIONAL,
    resolve: { mainFields: ['module', 'main'] },
    plugins: [ownUrl, noPrograms, plainHeaders, modulesOfEveryRun(everyRun)],
  });
  const { output } = await bundle.generate({
    format: 'cjs',
    exports: 'named',
    // The loader of bin/fedctl.js knows `require` only.
    dynamicImportInCjs: false,
    // One file instead of twenty for what every run loads.
    codeSplitting: { groups: [{ name: 'base', test: (id) => everyRun.has(id) }] },
    // Names and stacks stay as they are written; what V8 reads to no end does not.
    comments: { legal: true, annotation: false, jsdoc: false },
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
  });
  await bundle.close();
  const chunks = output.filter((each) => each.type === 'chunk');
  await mkdir(folder, { recursive: true });
  const hash = createHash('sha256');
  for (const { fileName, code } of chunks.toSorted((a, b) => (a.fileName < b.fileName ? -1 : 1))) {
    const text = ascii(code);
    hash.update(`${fileName}\0${text}\0`);
    await writeFile(join(folder, fileName), text);
  }
  const built = { hash: hash.digest('hex').slice(0, 32), ...(await preparedAnswers(folder)) };
  await writeFile(join(folder, 'built.json'), JSON.stringify(built));
  return chunks;
}

/** Node.js reads a file of one byte a character without decoding it. @param {string} code */
function ascii(code) {
  return code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * What the command prints for --help and --version where no terminal decides the width.
 *
 * @param {string} folder
 * @returns {Promise<{ help: string, version: string }>}
 */
async function preparedAnswers(folder) {
  const load = createRequire(import.meta.url);
  const { main } = load(join(folder, 'main.cjs'));
  const { processContext } = load(join(folder, 'process-context.cjs'));
  /** @param {string[]} args */
  const answer = async (...args) => {
    let text = '';
    const stream = { write: (/** @type {string} */ said) => (text += said) };
    const own = processContext('', new AbortController().signal);
    const code = await main(args, { ...own, env: {}, stdout: stream, stderr: stream });
    if (code !== 0) throw new Error(`fedctl ${args.join(' ')} ended with ${code}: ${text}`);
    return text;
  };
  return { help: await answer('--help'), version: await answer('--version') };
}

if (resolve(argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  const chunks = await buildCli(join(ROOT, 'dist/cli'));
  const bytes = chunks.reduce((sum, { code }) => sum + code.length, 0);
  stdout.write(`dist/cli: ${chunks.length} chunks, ${(bytes / 1e6).toFixed(1)} MB\n`);
}
