import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isPair,
  LineCounter,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml';
import type { core, ZodType } from 'zod';
import { FedctlError, isFedctlError } from '../core/errors.ts';
import { knownKeys, type Path, pathText, saidAs, suggestion } from './fault-words.ts';
import { secretIn } from './secrets.ts';

/** An error in a configuration file and its position. Lines and columns start at 1. */
export interface ConfigFault {
  readonly line: number;
  readonly column: number;
  /** Path of the value, such as `accounts[0].users[1].name`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
}

export interface YamlOptions {
  /** The remedy in all error messages for this kind of file. */
  readonly remedy: string;
  /**
   * Converts a text value from the file, or returns an error. If this function is missing, values stay
   * unchanged. Keys are never converted.
   */
  readonly readText?: (text: string) => { readonly text: string } | { readonly fault: string };
}

/** The maximum number of errors that are reported at once. */
const MOST_FAULTS = 100;

/** An error and its offset, in characters from the start of the file. */
interface Fault {
  readonly offset: number;
  readonly path: string;
  readonly message: string;
}

/**
 * Parses a configuration file in YAML 1.2 and validates it with a schema. An empty file is an empty mapping.
 *
 * @param file the file name, for messages
 * @throws FedctlError config.invalid; `details.faults` contains every error with its position, and
 * `details.evidence` contains the errors as lines. Throws no other error, whatever the text contains.
 */
export function readYaml<T>(schema: ZodType<T>, text: string, file: string, options: YamlOptions): T {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: 'error',
    });
    const broken = [
      ...document.errors.map(({ pos, message }) => ({ offset: pos[0], path: '', message })),
      ...aliasFaults(document),
      ...keyFaults(document),
    ];
    if (broken.length > 0) throw invalid(file, lines, broken, options);
    const ofTexts = replaceTexts(document, options);
    const read = schema.safeParse(document.toJS() ?? {});
    if (read.success && ofTexts.length === 0) return read.data;
    const issues = read.error?.issues.slice(0, MOST_FAULTS) ?? [];
    const ofSchema = issues.flatMap((issue) => faultsOf(issue, document, schema));
    throw invalid(file, lines, [...ofTexts, ...ofSchema], options);
  } catch (cause) {
    if (isFedctlError(cause)) throw cause;
    // The document has too many aliases, or its nesting is too deep for the parser.
    const message = cause instanceof Error ? cause.message : 'cannot be read';
    throw invalid(file, lines, [{ offset: 0, path: '', message }], options);
  }
}

/**
 * Finds every alias without an earlier anchor. The parser reports only the first of these aliases, and does
 * not report the position.
 */
function aliasFaults(document: Document): readonly Fault[] {
  const faults: Fault[] = [];
  const anchors = new Set<string>();
  visit(document, {
    Alias(_, { source, range }) {
      if (anchors.has(source)) return;
      faults.push({ offset: range?.[0] ?? 0, path: '', message: `no earlier anchor &${source}` });
    },
    Value(_, { anchor }) {
      if (anchor !== undefined) anchors.add(anchor);
    },
  });
  return faults;
}

/**
 * Finds duplicate keys, and the key `__proto__`, which has a special meaning in JavaScript. The YAML parser
 * can find duplicate keys too, but is too slow. The messages are the same as those of the parser.
 */
function keyFaults(document: Document): readonly Fault[] {
  const faults: Fault[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<string>();
      for (const { key } of items) {
        const name = String(key);
        const offset = isNode(key) ? (key.range?.[0] ?? 0) : 0;
        if (name === '__proto__') faults.push({ offset, path: '', message: '__proto__ cannot be a key' });
        if (seen.has(name)) faults.push({ offset, path: '', message: 'Map keys must be unique' });
        seen.add(name);
      }
    },
  });
  return faults;
}

/** Replaces each text value with its converted value. */
function replaceTexts(document: Document, { readText }: YamlOptions): readonly Fault[] {
  const faults: Fault[] = [];
  if (readText === undefined) return faults;
  visit(document, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string') return;
      const read = readText(node.value);
      if ('text' in read) node.value = read.text;
      else if (faults.length < MOST_FAULTS)
        faults.push({ offset: node.range?.[0] ?? 0, path: pathOf(node, ancestors), message: read.fault });
    },
  });
  return faults;
}

/** Derives the path of a node from the ancestors of the node. */
function pathOf(node: Scalar, ancestors: readonly unknown[]): string {
  const path: (string | number)[] = [];
  for (const [depth, one] of ancestors.entries()) {
    const child = ancestors[depth + 1] ?? node;
    if (isPair(one)) path.push(String(one.key));
    else if (isCollection(one) && !isMap(one)) path.push(one.items.indexOf(child));
  }
  return pathText(path);
}

/** Converts a schema issue to errors, one for each key in the issue. */
function faultsOf(issue: core.$ZodIssue, document: Document, schema: ZodType): readonly Fault[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, MOST_FAULTS).map((key) => ({
      offset: offsetOfKey(document, path, key),
      path: pathText([...path, key]),
      message: `unknown key${suggestion(key, knownKeys(schema, path))}`,
    }));
  }
  const key = issue.code === 'invalid_key' ? path.at(-1) : undefined;
  const offset =
    key === undefined ? offsetOf(document, path) : offsetOfKey(document, path.slice(0, -1), String(key));
  return [{ offset, path: pathText(path), message: saidAs(issue) }];
}

/** Returns the position of the value, or of the enclosing mapping if the value is missing. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

function offsetOfKey(document: Document, path: Path, key: string): number {
  const parent = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isMap(parent)) {
    const pair = parent.items.find((item) => String(item.key) === key);
    if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
  }
  return offsetOf(document, path);
}

function invalid(
  file: string,
  lines: LineCounter,
  found: readonly Fault[],
  { remedy }: YamlOptions,
): FedctlError {
  const faults = inOrder(found).map(({ offset, path, message }): ConfigFault => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1), path, message: shown(message) };
  });
  return new FedctlError('config.invalid', {
    message: `${file} has ${faults.length === 1 ? 'an error' : `${faults.length} errors`}.`,
    remedy,
    details: {
      file,
      faults,
      evidence: faults.map(
        ({ line, column, path, message }) =>
          `${file}:${line}:${column}${path === '' ? '' : ` ${path}`}: ${message}`,
      ),
    },
  });
}

/**
 * Sorts errors by position. Keeps only the first error at each position, because one syntax error can cause
 * many others.
 */
function inOrder(faults: readonly Fault[]): readonly Fault[] {
  const seen = new Set<string>();
  const first = faults.filter(({ path, offset }) => {
    const place = path === '' ? String(offset) : path;
    return !seen.has(place) && seen.add(place);
  });
  return first.sort((a, b) => a.offset - b.offset).slice(0, MOST_FAULTS);
}

/**
 * Returns a message of the YAML parser, or a replacement if the message contains a secret. A message can
 * contain text from the file, such as the name of an alias or a tag.
 */
function shown(message: string): string {
  return secretIn(message) === null
    ? message
    : 'is not valid YAML and contains text that looks like a secret';
}
