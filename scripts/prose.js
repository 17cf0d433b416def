// Prints a random sample of the texts that a person reads, each message and comment with its line of code. The same seed and
// the same texts give the same sample.
import { createHash } from 'node:crypto';
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
for (const [index, { kind, file, line, text, code }] of sample.entries()) {
  const context = code === undefined ? '' : `   code: ${code}\n`;
  process.stdout.write(`${index + 1}. ${file}:${line} (${kind})\n   ${text}\n${context}`);
}
