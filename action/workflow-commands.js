// @ts-check
// Workflow commands: lines on standard output that the runner of GitHub Actions executes. External text in a command is
// always escaped (actions/toolkit, packages/core/src/command.ts).

import { randomUUID } from 'node:crypto';

/** @param {string} text */
function data(text) {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/**
 * Returns the command that masks a secret in all later output.
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
 * Returns text that encloses the output of another program in a group of the log and disables workflow commands in it.
 *
 * @param {string} title the title of the group; must not contain external text
 * @returns {[string, string]} the text before and after the output
 */
export function readOnly(title) {
  const end = randomUUID();
  return [`::group::${title}\n::stop-commands::${end}\n`, `\n::${end}::\n::endgroup::\n`];
}

/**
 * Formats outputs for the file that GITHUB_OUTPUT names.
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
