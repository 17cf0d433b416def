// @ts-check

import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** @typedef {Pick<import('rolldown').OutputChunk, 'modules'>} Chunk */

/**
 * Returns the licenses and notices of every package in a bundle. Packages with the same text are grouped.
 *
 * @param {string} root the checkout
 * @param {readonly Chunk[]} chunks
 * @returns {Promise<string>}
 * @throws Error when a package does not state its license
 */
export async function licenses(root, chunks) {
  /** @type {Map<string, string[]>} */
  const packagesByText = new Map();
  for (const directory of packagesIn(root, chunks)) {
    const { title, text } = await licenseOf(join(root, directory));
    packagesByText.set(text, [...(packagesByText.get(text) ?? []), title]);
  }
  return [...packagesByText]
    .map(([text, titles]) => `${titles.join('\n')}\n\n${text}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/**
 * @param {string} root the checkout
 * @param {readonly Chunk[]} chunks
 * @returns the directories of the packages, `node_modules/…`, sorted
 */
export function packagesIn(root, chunks) {
  const taken = chunks.flatMap(({ modules }) =>
    Object.entries(modules).flatMap(([id, { renderedLength }]) =>
      renderedLength > 0 ? [relative(root, id)] : [],
    ),
  );
  const directories = taken.map((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(directories.filter((directory) => directory !== undefined))].sort();
}

/**
 * @param {string} directory of a package
 * @returns the name, version and license of the package, and the texts that its license requires to be distributed
 */
async function licenseOf(directory) {
  const { name, version, license } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
  const files = (await readdir(directory))
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .sort();
  if (files.length === 0 && typeof license !== 'string') throw new Error(`${name} names no license`);
  const texts = await Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')));
  return {
    title: `${name} ${version} (${license})`,
    text: files.length === 0 ? `License: ${license}` : texts.map((text) => text.trim()).join('\n\n'),
  };
}
