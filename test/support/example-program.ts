import { basename, join } from 'node:path';
import { rolldown } from 'rolldown';
import { ROOT } from '../architecture/imports.ts';

/**
 * Builds a TypeScript example into one file, as the build of its template does. Packages are not bundled: the output
 * directory is inside this checkout, where Node.js finds them.
 *
 * @param entry relative to `examples/`
 * @returns the path of the built file
 */
export async function buildExample(entry: string): Promise<string> {
  const directory = join(ROOT, 'node_modules/.cache/examples', entry.replaceAll('/', '-'));
  const bundle = await rolldown({
    input: join(ROOT, 'examples', entry),
    platform: 'node',
    external: /^[^./]/,
  });
  const name = `${basename(entry, '.ts')}.mjs`;
  await bundle.write({ dir: directory, format: 'esm', entryFileNames: name });
  await bundle.close();
  return join(directory, name);
}
