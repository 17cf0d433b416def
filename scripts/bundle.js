// @ts-check
// Makes `bundle/`: fedctl as a folder that runs without node_modules, laid out as the package is (bin, dist,
// package.json), with the licences of everything that was taken in. Another folder can be named as the only argument.

import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { argv, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licences } from './licences.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What the driver looks for and can do without: it asks inside a try. */
const OPTIONAL = ['kerberos', 'snappy', 'mongodb-client-encryption', 'gcp-metadata', '@mongodb-js/zstd'];

/**
 * A package that is imported by `import()` and is CommonJS would come out with nothing but a default export
 * (facts/dependencies.md, trap 8). It is wrapped in a module with the names that Node.js itself finds in it. Its default
 * export is all that it exports, as in Node.js; esbuild would take an export called `default`.
 *
 * @type {import('esbuild').Plugin}
 */
const namesOfPackages = {
  name: 'names of packages that are imported on demand',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) =>
      kind === 'dynamic-import' && importer.startsWith(join(ROOT, 'src')) && !path.startsWith('node:')
        ? { path, namespace: 'on-demand' }
        : null,
    );
    onLoad({ filter: /./, namespace: 'on-demand' }, async ({ path }) => {
      const loaded = await import(path);
      const isCompiled = loaded.default?.__esModule === true;
      const names = Object.keys(loaded).filter(
        (name) => /^[\w$]+$/.test(name) && !(isCompiled && name === 'default'),
      );
      const whole = isCompiled ? `\nexport default require('${path}');` : '';
      return { contents: `export { ${names.join(', ')} } from '${path}';${whole}`, resolveDir: ROOT };
    });
  },
};

/**
 * @param {string} folder is emptied first
 * @returns what esbuild knows about it
 */
export async function bundle(folder) {
  await rm(folder, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    // bin/fedctl.js finds these two where the compiler would have put them, and they find package.json as ever.
    entryPoints: {
      'dist/commands/main': 'src/commands/main.ts',
      'dist/lib/process-context': 'src/lib/process-context.ts',
    },
    outdir: folder,
    chunkNames: 'dist/chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    mainFields: ['module', 'main'],
    external: OPTIONAL,
    // Names stay: some classes are told by theirs, and a stack trace is to be read by people.
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    plugins: [namesOfPackages],
  });
  const { name, version, description, license, type, engines, bin } = JSON.parse(
    await readFile(join(ROOT, 'package.json'), 'utf8'),
  );
  const about = { name, version, description, license, type, engines, bin, private: true };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(about, null, 2)}\n`);
  await writeFile(join(folder, 'LICENSES-OF-OTHERS.txt'), await licences(ROOT, metafile));
  await cp(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  // Last: a bundle is whole when it can be started.
  await mkdir(join(folder, 'bin'));
  await cp(join(ROOT, 'bin/fedctl.js'), join(folder, 'bin/fedctl.js'));
  return metafile;
}

if (resolve(argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  const folder = resolve(argv[2] ?? join(ROOT, 'bundle'));
  const { outputs } = await bundle(folder);
  const scripts = Object.entries(outputs).filter(([file]) => file.endsWith('.js'));
  const bytes = scripts.reduce((sum, [, { bytes }]) => sum + bytes, 0);
  stdout.write(`${folder}: ${scripts.length} scripts, ${(bytes / 1e6).toFixed(1)} MB\n`);
}
