// Finds the texts that a person reads: paragraphs of the documents, strings and comments of the source, descriptions of the schemas.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { toString as textOf } from 'mdast-util-to-string';
import { parseSync } from 'oxc-parser';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/**
 * @typedef {object} Text
 * @property {'document' | 'failure page' | 'schema' | 'message' | 'comment'} kind
 * @property {string} file relative to the root of the repository
 * @property {number} line the first line is 1
 * @property {string} text without line breaks
 * @property {number} [end] the last line of a message or a comment
 */

/**
 * Returns the Markdown files of the root, of `docs` and of `.github`, relative to the root of the repository.
 *
 * @returns {string[]}
 */
export function documents() {
  return [...filesOf('.', '.md', false), ...filesOf('docs', '.md'), ...filesOf('.github', '.md')].sort();
}

/**
 * Returns every text of the repository, in the order of the files.
 *
 * @returns {Text[]}
 */
export function texts() {
  const sources = [...filesOf('bin', '.js'), ...filesOf('src', '.ts')].filter(
    (file) => !file.includes('.generated.'),
  );
  return [
    ...documents().flatMap((file) => paragraphsOf(file, read(file))),
    ...filesOf('schemas', '.json').flatMap((file) => descriptionsOf(file, read(file))),
    ...sources.flatMap((file) => [...messagesOf(file, read(file)), ...commentsOf(file, read(file))]),
  ];
}

/**
 * Returns the paragraphs of a Markdown file, without code blocks.
 *
 * @param {string} file
 * @param {string} content
 * @returns {Text[]}
 */
export function paragraphsOf(file, content) {
  const kind = file.startsWith('docs/failures/') ? 'failure page' : 'document';
  const found = [];
  const visit = (node) => {
    if (node.type === 'paragraph' || node.type === 'tableCell')
      found.push({ kind, file, line: node.position.start.line, text: oneLine(textOf(node)) });
    else for (const child of node.children ?? []) visit(child);
  };
  // Front matter is data.
  visit(fromMarkdown(content.replace(/^---\n.*?\n---\n/s, (matter) => matter.replace(/[^\n]/g, ''))));
  // A failure page names the program before a block of its texts.
  return found.filter(({ text }) => isProse(text) && !(kind === 'failure page' && text.endsWith(':')));
}

/**
 * Returns the descriptions of a JSON Schema.
 *
 * @param {string} file
 * @param {string} content
 * @returns {Text[]}
 */
export function descriptionsOf(file, content) {
  return content.split('\n').flatMap((line, index) => {
    const value = /"(?:description|title)": ("(?:[^"\\]|\\.)*")/.exec(line)?.[1];
    return value === undefined ? [] : [{ kind: 'schema', file, line: index + 1, text: JSON.parse(value) }];
  });
}

/**
 * Returns the string and template literals of a source file that hold at least two words.
 *
 * @param {string} file
 * @param {string} content
 * @returns {Text[]}
 */
export function messagesOf(file, content) {
  const found = [];
  const add = (node, text) => {
    if (isProse(text))
      found.push({
        kind: 'message',
        file,
        line: lineOf(content, node.start),
        text: oneLine(text),
        end: lineOf(content, node.end),
      });
  };
  const visit = (node) => {
    if (Array.isArray(node)) for (const each of node) visit(each);
    if (typeof node?.type !== 'string') return;
    if (node.type === 'ImportDeclaration') return;
    if (node.type === 'Literal' && typeof node.value === 'string') add(node, node.value);
    if (node.type === 'TemplateLiteral') add(node, node.quasis.map(({ value }) => value.cooked).join('…'));
    for (const child of Object.values(node)) if (typeof child === 'object') visit(child);
  };
  visit(parseSync(file, content).program);
  return found;
}

/**
 * Returns the comments of a source file. Consecutive line comments form one text.
 *
 * @param {string} file
 * @param {string} content
 * @returns {Text[]}
 */
export function commentsOf(file, content) {
  const found = [];
  let end = -1;
  for (const comment of parseSync(file, content).comments) {
    const text = oneLine(comment.value.replace(/^[ \t]*\*+/gm, ''));
    const last = found.at(-1);
    if (comment.type === 'Line' && last !== undefined && /^\n[ \t]*$/.test(content.slice(end, comment.start)))
      Object.assign(last, { text: `${last.text} ${text}`, end: lineOf(content, comment.end) });
    else
      found.push({
        kind: 'comment',
        file,
        line: lineOf(content, comment.start),
        text,
        end: lineOf(content, comment.end),
      });
    end = comment.end;
  }
  return found.filter(({ text }) => isProse(text));
}

/** Matches two words separated only by white space. Styles and markup do not match. */
function isProse(text) {
  return /[a-z]{2,}[,:;.]? [a-z]{2,}/i.test(text) && !/^\s*[<{]|;\s*}/.test(text);
}

function oneLine(text) {
  return text.replace(/\s+/g, ' ').trim();
}

function lineOf(content, offset) {
  return content.slice(0, offset).split('\n').length;
}

function read(file) {
  return readFileSync(`${ROOT}${file}`, 'utf8');
}

function filesOf(directory, ending, recursive = true) {
  return readdirSync(`${ROOT}${directory}`, { recursive, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => (directory === '.' ? name : `${directory}/${name}`))
    .sort();
}
