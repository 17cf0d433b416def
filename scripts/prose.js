// Prints a random sample of the texts that a person reads. The same seed and the same texts give the same sample. Each
// text is printed with the lines beside it.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { texts } from './texts.js';

const { values } = parseArgs({
  options: { sample: { type: 'string', default: '100' }, seed: { type: 'string', default: 'fedctl' } },
});
const size = Number(values.sample);
if (!Number.isInteger(size) || size < 1)
  throw new Error(`--sample requires a positive number: "${values.sample}".`);

const place = ({ file, line, text }) =>
  createHash('sha256')
    .update(JSON.stringify([values.seed, file, line, text]))
    .digest('hex');

const sample = texts()
  .map((text) => ({ ...text, place: place(text) }))
  .sort((a, b) => (a.place < b.place ? -1 : 1))
  .slice(0, size);
for (const [index, each] of sample.entries()) {
  const { kind, file, line, text } = each;
  process.stdout.write(`${index + 1}. ${file}:${line} (${kind})\n   ${text}\n${context(each)}`);
}

/**
 * Returns what a reader sees beside a text: the heading above a paragraph, the lines around a message or a description, or
 * the lines after a comment.
 *
 * @param {import('./texts.js').Text} text
 */
function context({ kind, file, line, end = line }) {
  const lines = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8').split('\n');
  const isPage = kind === 'document' || kind === 'failure page';
  const beside = isPage
    ? lines
        .slice(0, line)
        .filter((each) => each.startsWith('#'))
        .slice(-1)
    : kind === 'comment'
      ? lines.slice(end, end + 4)
      : lines.slice(Math.max(line - 3, 0), end + 2);
  return beside.map((each) => `   | ${each}\n`).join('');
}
