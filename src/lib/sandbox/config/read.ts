import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import type { core } from 'zod';
import { FedctlError } from '../../errors.ts';
import type { LabDescription } from '../description.ts';
import { describedLab } from './describe.ts';
import { nearest } from './nearest.ts';
import { SandboxConfig } from './schema.ts';

/** One thing that is wrong with a configuration file, and where. Lines and columns count from 1. */
export interface ConfigFault {
  readonly line: number;
  readonly column: number;
  /** `accounts[0].users[1].name`; '' for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/**
 * Reads the configuration of a lab.
 *
 * @param file its name, for messages
 * @throws FedctlError config.invalid with every fault that was found, each with its place
 */
export function readSandboxConfig(text: string, file: string): LabDescription {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placed = (offset: number, path: string, message: string): ConfigFault => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col, path, message };
  };
  const broken = document.errors.map(({ pos, message }) => placed(pos[0], '', message));
  if (broken.length > 0) throw invalid(file, broken);
  const read = SandboxConfig.safeParse(plain(document, file) ?? {});
  if (read.success) return describedLab(read.data);
  const faults = read.error.issues
    .flatMap((issue) => faultsOf(issue, document))
    .map(({ offset, path, message }) => placed(offset, path, message));
  throw invalid(file, faults);
}

/** What the file says, as plain values. */
function plain(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : 'it cannot be read';
    throw invalid(file, [{ line: 1, column: 1, path: '', message }]);
  }
}

interface Fault {
  /** In characters from the start of the file. */
  readonly offset: number;
  readonly path: string;
  readonly message: string;
}

/** What an issue of the schema says, key by key where it is about several. */
function faultsOf(issue: core.$ZodIssue, document: Document): readonly Fault[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      offset: offsetOfKey(document, path, key),
      path: pathText([...path, key]),
      message: `unknown key${suggestion(key, knownKeys(path))}`,
    }));
  }
  const key = issue.code === 'invalid_key' ? path.at(-1) : undefined;
  const offset =
    key === undefined ? offsetOf(document, path) : offsetOfKey(document, path.slice(0, -1), String(key));
  return [{ offset, path: pathText(path), message: messageOf(issue) }];
}

/** Said as a person would: zod's own words are about its types. */
function messageOf(issue: core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && /received undefined$/.test(issue.message)
        ? 'is missing'
        : `must be ${KINDS[issue.expected] ?? issue.expected}${/received number$/.test(issue.message) && issue.expected === 'string' ? ': put it in quotes' : ''}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => String(value)).join(' or ')}`;
    case 'invalid_union':
      return 'must be an ARN, the 12 digits of an account in quotes, or *';
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    case 'too_small':
      return `must have at least ${issue.minimum}`;
    case 'too_big':
      return `must have at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

/** Where the value stands; for one that is missing, what it is missing from. */
function offsetOf(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

function offsetOfKey(document: Document, path: readonly (string | number)[], key: string): number {
  const parent = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isMap(parent)) {
    const pair = parent.items.find((item) => String(item.key) === key);
    if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
  }
  return offsetOf(document, path);
}

/** The keys that may stand in the mapping at this path, found in the schema by walking down. */
function knownKeys(path: readonly (string | number)[]): readonly string[] {
  let schema: unknown = SandboxConfig;
  for (const part of path) {
    schema = within(unwrapped(schema), part);
  }
  const shape = shapeOf(unwrapped(schema));
  return shape === null ? [] : Object.keys(shape);
}

function unwrapped(schema: unknown): unknown {
  let inner = schema;
  while (hasMethod(inner, 'unwrap') && !hasMember(inner, 'element')) inner = inner.unwrap();
  return inner;
}

function within(schema: unknown, part: string | number): unknown {
  if (typeof part === 'number') return hasMember(schema, 'element') ? schema.element : undefined;
  return shapeOf(schema)?.[part];
}

function shapeOf(schema: unknown): Readonly<Record<string, unknown>> | null {
  if (!hasMember(schema, 'shape')) return null;
  const { shape } = schema;
  return typeof shape === 'object' && shape !== null ? { ...shape } : null;
}

function hasMember<Name extends string>(value: unknown, name: Name): value is Record<Name, unknown> {
  return typeof value === 'object' && value !== null && name in value;
}

function hasMethod<Name extends string>(value: unknown, name: Name): value is Record<Name, () => unknown> {
  return hasMember(value, name) && typeof value[name] === 'function';
}

function suggestion(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  if (near !== null) return `; did you mean "${near}"?`;
  return known.length === 0 ? '' : `; known are ${known.join(', ')}`;
}

/** `accounts[0].users[1].name` */
function pathText(path: readonly (string | number)[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${part}`))
    .join('');
}

function invalid(file: string, faults: readonly ConfigFault[]): FedctlError {
  const sorted = [...faults].sort((a, b) => a.line - b.line || a.column - b.column);
  const lines = sorted.map(
    ({ line, column, path, message }) =>
      `${file}:${line}:${column}${path === '' ? '' : ` ${path}`}: ${message}`,
  );
  return new FedctlError('config.invalid', {
    message: `${file} has ${lines.length === 1 ? 'a fault' : `${lines.length} faults`}.`,
    details: { file, faults: sorted, evidence: lines },
  });
}
