// Runs textlint over the documents, the descriptions of the schemas and the strings of the source.
// The phrases to avoid are in docs/phrases.yml.
import { relative } from 'node:path';
import { createLinter, loadTextlintrc } from 'textlint';
import { documents, texts } from './texts.js';

const linter = createLinter({ descriptor: await loadTextlintrc() });
const faults = (await linter.lintFiles(documents())).flatMap(({ filePath, messages }) =>
  messages.map(({ line, message }) => `${relative('.', filePath)}:${line}: ${message}`),
);

// The lab returns the original texts of AWS and of mongod.
const OF_OTHERS = ['src/sandbox/aws/', 'src/sandbox/mongod/'];
const strings = texts().filter(
  ({ kind, file }) =>
    kind === 'schema' || (kind === 'message' && !OF_OTHERS.some((directory) => file.startsWith(directory))),
);
for (const file of new Set(strings.map((text) => text.file))) {
  const found = strings.filter((text) => text.file === file);
  // Each text is one line, so that the line number of a finding identifies the text.
  const { messages } = await linter.lintText(found.map(({ text }) => text).join('\n'), `${file}.txt`);
  for (const { line, message } of messages) faults.push(`${file}:${found[line - 1].line}: ${message}`);
}

for (const fault of faults) process.stderr.write(`${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
