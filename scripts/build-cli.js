// @ts-check
// Builds `dist/cli/`: the command as CommonJS chunks with all their dependencies, and the data that bin/fedctl.js needs.
// The output is not minified, to keep names and stack traces readable. V8's code cache compensates for the size.

import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { argv, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Optional packages of the driver, which it loads inside a try block. */
const OPTIONAL = ['kerberos', 'snappy', 'mongodb-client-encryption', 'gcp-metadata', '@mongodb-js/zstd'];

/**
 * Replaces the package whatwg-url, which the driver uses for connection strings, with the URL class of Node.js. The tables of
 * whatwg-url take longer to load than the rest of the driver. test/bundle/own-url.test.ts compares the two implementations.
 *
 * @type {import('rolldown').Plugin}
 */
const ownUrl = {
  name: "Node's own URL",
  resolveId: (id) => (id === 'whatwg-url' ? '\0whatwg-url' : null),
  load: (id) => (id === '\0whatwg-url' ? 'export const { URL, URLSearchParams } = globalThis;' : null),
};

/**
 * Removes child_process from commander. commander uses child_process only for subcommands that are separate programs.
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
 * Replaces the global `Headers`, which the driver uses to sign requests, with a Map. `Headers` would load the complete fetch
 * implementation of Node.js, which takes 12 MB.
 *
 * @type {import('rolldown').Plugin}
 */
const plainHeaders = {
  name: 'headers without fetch',
  transform(code, id) {
    if (!id.endsWith('/mongodb/lib/cmap/auth/aws4.js')) return null;
    if (!code.includes('new Headers({')) throw new Error('aws4.js of the driver no longer uses Headers');
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

/**
 * Keeps the driver's `require('socks')` in the function that runs only for a proxy, as a chunk of its own. The bundler
 * would load its 110 kB for every login.
 *
 * @type {import('rolldown').Plugin}
 */
const socksOnDemand = {
  name: 'socks on demand',
  resolveId(id, importer) {
    if (id === 'socks-of-the-driver') return `\0${id}`;
    const isDriver = importer?.includes('/node_modules/mongodb/');
    return id === 'socks' && isDriver ? { id: './socks.cjs', external: true } : null;
  },
  load: (id) =>
    id === '\0socks-of-the-driver'
      ? `export { SocksClient } from ${JSON.stringify(join(ROOT, 'node_modules/socks/build/index.js'))};`
      : null,
};

const ENTRIES = {
  main: 'src/commands/main.ts',
  'process-context': 'src/lib/process-context.ts',
  // The modules that programs import.
  index: 'src/lib/index.ts',
  sandbox: 'src/sandbox/index.ts',
  socks: 'socks-of-the-driver',
};

/**
 * Collects the modules that bin/fedctl.js loads before it knows the command.
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
 * @param {string} directory the output directory, emptied first
 * @returns the chunks in rolldown's format
 */
export async function buildCli(directory) {
  await rm(directory, { recursive: true, force: true });
  /** @type {Set<string>} */
  const everyRun = new Set();
  const bundle = await rolldown({
    cwd: ROOT,
    input: ENTRIES,
    platform: 'node',
    external: OPTIONAL,
    resolve: { mainFields: ['module', 'main'] },
    plugins: [ownUrl, noPrograms, plainHeaders, socksOnDemand, modulesOfEveryRun(everyRun)],
  });
  const { output } = await bundle.generate({
    format: 'cjs',
    exports: 'named',
    // The loader of bin/fedctl.js supports only `require`.
    dynamicImportInCjs: false,
    // Puts the modules that every run loads into one file instead of twenty.
    codeSplitting: { groups: [{ name: 'base', test: (id) => everyRun.has(id) }] },
    // Keeps license comments and removes all others, because V8 would read them at every start.
    comments: { legal: true, annotation: false, jsdoc: false },
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
  });
  await bundle.close();
  const chunks = output.filter((each) => each.type === 'chunk');
  await mkdir(directory, { recursive: true });
  const hash = createHash('sha256');
  for (const { fileName, code } of chunks.toSorted((a, b) => (a.fileName < b.fileName ? -1 : 1))) {
    const text = ascii(code);
    hash.update(`${fileName}\0${text}\0`);
    await writeFile(join(directory, fileName), text);
  }
  const built = { hash: hash.digest('hex').slice(0, 32), ...(await preparedAnswers(directory)) };
  await writeFile(join(directory, 'built.json'), JSON.stringify(built));
  return chunks;
}

/** Escapes non-ASCII characters, because Node.js reads an ASCII file without decoding it. @param {string} code */
function ascii(code) {
  return code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Runs --help and --version with a standard output that is not a terminal, and returns their output.
 *
 * @param {string} directory
 * @returns {Promise<{ help: string, version: string }>}
 */
async function preparedAnswers(directory) {
  const load = createRequire(import.meta.url);
  const { main } = load(join(directory, 'main.cjs'));
  const { processContext } = load(join(directory, 'process-context.cjs'));
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
