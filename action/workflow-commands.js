// @ts-check
// What a step says to the runner of GitHub Actions: lines on stdout that it obeys. Nothing foreign gets into one
// unescaped (actions/toolkit, packages/core/src/command.ts).

import { randomUUID } from 'node:crypto';

/** @param {string} text */
function data(text) {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/**
 * From here on the runner shows asterisks instead.
 *
 * @param {string} secret
 */
export function mask(secret) {
  return `::add-mask::${data(secret)}\n`;
}

/** @param {string} message */
export function errorAnnotation(message) {
  return `::error title=fedctl check::${data(message)}\n`;
}

/**
 * What another program says, to be read and not obeyed, in a group of the log.
 *
 * @param {string} title ours
 * @returns {[string, string]} what goes before and after it
 */
export function readOnly(title) {
  const end = randomUUID();
  return [`::group::${title}\n::stop-commands::${end}\n`, `\n::${end}::\n::endgroup::\n`];
}

/**
 * The lines of the file that GITHUB_OUTPUT names.
 *
 * @param {Readonly<Record<string, string>>} outputs
 */
export function outputLines(outputs) {
  return Object.entries(outputs)
    .map(([name, value]) => {
      const end = randomUUID();
      return `${name}<<${end}\n${value}\n${end}\n`;
    })
    .join('');
}
