// Reads the pages of docs/failures: one Markdown file for each failure code, with front matter and fixed sections.
// A malformed page causes an error with the file name and the problem.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { toString as textOf } from 'mdast-util-to-string';
import { parse as parseYaml } from 'yaml';

/** The sections of a page, in order. Every page must have the `required` sections. */
const SECTIONS = {
  Meaning: { required: true },
  Causes: { required: true },
  Texts: { required: true },
  'Texts that other failures share': { required: false },
  'Similar codes': { required: false },
  'What to do': { required: true },
  Sources: { required: true },
};

const CODE = /^[a-z]+(\.[a-z0-9-]+){1,2}$/;

/**
 * Reads and validates every page of a directory.
 *
 * @param {string} directory
 * @returns {object[]} the pages, ordered by code and `before`: code, kind, title, exit (null for reported), reported (null for raised),
 *   cause, remedy, meaning, shows, alsoShows, causes, apart, commands, sources
 * @throws {Error} with the file name and the problem
 */
export function readFailurePages(directory) {
  const files = readdirSync(directory)
    .filter((name) => name.endsWith('.md'))
    .sort();
  const pages = files.map((name) => readPage(name, readFileSync(join(directory, name), 'utf8')));
  const codes = new Set(pages.map(({ code }) => code));
  for (const { code, apart, before } of pages) {
    for (const other of [...Object.keys(apart), ...(before === null ? [] : [before])]) {
      if (other === code || !codes.has(other)) throw fault(`${code}.md`, `names ${other}, which has no page`);
    }
  }
  return ordered(pages);
}

/** Sorts pages by code. A page with `before` is placed before the named page. The first page with a text owns the text. */
function ordered(pages) {
  const order = pages.filter(({ before }) => before === null);
  for (const page of pages.filter(({ before }) => before !== null)) {
    const place = order.findIndex(({ code }) => code === page.before);
    if (place < 0) throw fault(`${page.code}.md`, `"before" names ${page.before}, which has a "before" too`);
    order.splice(place, 0, page);
  }
  return order;
}

/**
 * Reads one page.
 *
 * @param {string} name the file name: `<code>.md`
 * @param {string} text the content of the file
 */
export function readPage(name, text) {
  const code = name.replace(/\.md$/, '');
  if (!CODE.test(code)) throw fault(name, 'the file name must be <area>[.<part>].<kebab>.md');
  const [, frontMatter, body] = /^---\n(.*?)\n---\n(.*)$/s.exec(text) ?? [];
  if (frontMatter === undefined || body === undefined)
    throw fault(name, 'must start with front matter between --- lines');
  const { lead, sections } = splitSections(name, fromMarkdown(body).children);
  const { remedy, commands } = whatToDo(name, sections.get('What to do'));
  return {
    code,
    ...readFrontMatter(name, parseYaml(frontMatter)),
    cause: paragraph(name, 'lead', lead),
    remedy,
    meaning: paragraph(name, 'Meaning', sections.get('Meaning')),
    shows: texts(name, 'Texts', sections.get('Texts')),
    alsoShows: texts(
      name,
      'Texts that other failures share',
      sections.get('Texts that other failures share') ?? [],
    ),
    causes: list(name, 'Causes', sections.get('Causes')),
    apart: similarCodes(name, sections.get('Similar codes')),
    commands,
    sources: list(name, 'Sources', sections.get('Sources')),
  };
}

function readFrontMatter(name, data) {
  const { title, kind, exit, reported, before = null, ...rest } = data ?? {};
  if (Object.keys(rest).length > 0)
    throw fault(name, `unknown key in the front matter: ${Object.keys(rest)[0]}`);
  if (typeof title !== 'string' || title === '') throw fault(name, 'the front matter must have a title');
  if (kind === 'raised') {
    // The exit codes 125 to 127 are for a program that could not be run.
    if (!Number.isInteger(exit) || exit < 1 || (exit > 6 && exit < 125) || exit > 127)
      throw fault(name, 'kind raised requires an exit code from 1 to 6, or from 125 to 127');
    if (reported !== undefined) throw fault(name, 'kind raised does not allow "reported"');
    return { kind, title, exit, reported: null, before };
  }
  if (kind !== 'reported') throw fault(name, 'kind must be raised or reported');
  if (exit !== undefined)
    throw fault(name, 'kind reported does not allow an exit code, because fedctl never raises the failure');
  if (typeof reported !== 'string' || reported.length < 6)
    throw fault(name, 'kind reported requires "reported": the source of the report');
  return { kind, title, exit: null, reported, before };
}

/** @returns the nodes before the first heading, and the nodes of each section by title */
function splitSections(name, nodes) {
  const lead = [];
  const sections = new Map();
  let current = lead;
  for (const node of nodes) {
    if (node.type !== 'heading') {
      current.push(node);
      continue;
    }
    const title = textOf(node);
    if (node.depth !== 2 || !Object.hasOwn(SECTIONS, title)) throw fault(name, `unknown heading "${title}"`);
    if (sections.has(title)) throw fault(name, `duplicate section "${title}"`);
    current = [];
    sections.set(title, current);
  }
  const order = Object.keys(SECTIONS).filter((title) => sections.has(title));
  if (order.join() !== [...sections.keys()].join())
    throw fault(name, `the order of the sections must be ${order.join(', ')}`);
  for (const [title, { required }] of Object.entries(SECTIONS)) {
    if (required && !sections.has(title)) throw fault(name, `missing section "${title}"`);
  }
  return { lead, sections };
}

/** Joins the lines of a Markdown paragraph into one line. */
function prose(node) {
  return textOf(node).replace(/\n/g, ' ');
}

function paragraph(name, title, nodes) {
  const [only, ...more] = nodes;
  if (only?.type !== 'paragraph' || more.length > 0) throw fault(name, `"${title}" must be one paragraph`);
  return prose(only);
}

function list(name, title, nodes) {
  const [only, ...more] = nodes;
  if (only?.type !== 'list' || more.length > 0) throw fault(name, `"${title}" must be one list`);
  return only.children.map((item) => paragraph(name, title, item.children));
}

/** @returns {Record<string, string[]>} the texts by program, which the paragraph before each block names */
function texts(name, title, nodes) {
  const found = {};
  let from = null;
  for (const node of nodes) {
    if (node.type === 'paragraph') {
      from = prose(node).replace(/:$/, '');
      if (Object.hasOwn(found, from)) throw fault(name, `"${title}" names ${from} twice`);
    } else if (node.type === 'code' && from !== null) {
      found[from] = node.value.split('\n').filter((line) => line !== '');
      from = null;
    } else
      throw fault(
        name,
        `"${title}" must have paragraphs with the name of a program, each followed by a code block`,
      );
  }
  return found;
}

function similarCodes(name, nodes) {
  if (nodes === undefined) return {};
  return Object.fromEntries(
    list(name, 'Similar codes', nodes).map((item) => {
      const [, code, how] = /^([a-z0-9.-]+): (.+)$/s.exec(item) ?? [];
      if (code === undefined) throw fault(name, `each item of "Similar codes" must be "code: difference"`);
      return [code, how];
    }),
  );
}

function whatToDo(name, nodes) {
  const [first, block, ...more] = nodes;
  if (first?.type !== 'paragraph' || block?.type !== 'code' || more.length > 0)
    throw fault(name, '"What to do" must be a paragraph and a block of commands');
  return { remedy: prose(first), commands: block.value.split('\n') };
}

function fault(name, what) {
  return new Error(`docs/failures/${name}: ${what}.`);
}
