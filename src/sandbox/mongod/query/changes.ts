import type { Document } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import { textOf } from '../values/text.ts';
import { isDocument } from '../values/types.ts';
import { isPosition, member } from './paths.ts';

/**
 * If an update sets an array element after the end of the array, null elements fill the gap. This constant is the
 * maximum number of these null elements, as in mongod.
 */
const MAX_PADDING = 1_500_000;

/** Returns the value at an update path. A number in the path selects an array element. */
export function valueAt(document: Document, steps: readonly string[]): unknown {
  return steps.reduce<unknown>(member, document);
}

/**
 * Returns a copy of a document with a new value at a path. Creates missing documents along the path.
 *
 * @throws CommandError PathNotViable if a value in the path is neither a document nor an array
 */
export function withValueAt(document: Document, steps: readonly string[], value: unknown): Document {
  return withMember(document, steps, value, '') as Document;
}

function withMember(
  parent: unknown,
  [step = '', ...rest]: readonly string[],
  value: unknown,
  name: string,
): unknown {
  const existing = member(parent, step);
  const isContainer = isDocument(parent) || (Array.isArray(parent) && isPosition(step));
  if (!isContainer) {
    throw new CommandError(
      'PathNotViable',
      `Cannot create field '${step}' in element {${name}: ${textOf(parent)}}`,
    );
  }
  const changed =
    rest.length === 0 ? value : withMember(existing === undefined ? new Map() : existing, rest, value, step);
  if (isDocument(parent)) return new Map(parent).set(step, changed);
  const position = Number(step);
  if (position - parent.length > MAX_PADDING) {
    throw new CommandError('BadValue', `can't backfill more than ${MAX_PADDING} elements`);
  }
  const padded: unknown[] = [...parent];
  while (padded.length < position) padded.push(null);
  padded[position] = changed;
  return padded;
}

/**
 * Returns a copy of a document without the field at a path. If the path selects an array element, replaces the element
 * with null.
 */
export function withoutValueAt(document: Document, steps: readonly string[]): Document {
  const last = steps.at(-1) ?? '';
  const path = steps.slice(0, -1);
  const parent = valueAt(document, path);
  if (member(parent, last) === undefined) return document;
  if (Array.isArray(parent)) return withValueAt(document, steps, null);
  const remaining = new Map(parent as Document);
  remaining.delete(last);
  return path.length === 0 ? remaining : withValueAt(document, path, remaining);
}

/**
 * Returns a document with a value at a path through nested documents. A value on the path that is not a document is
 * replaced. The value `undefined` removes the field.
 */
export function withField(
  document: Document,
  [step = '', ...rest]: readonly string[],
  value: unknown,
): Document {
  const result = new Map(document);
  const inner = result.get(step);
  const changed = rest.length === 0 ? value : withField(isDocument(inner) ? inner : new Map(), rest, value);
  if (changed === undefined) result.delete(step);
  else result.set(step, changed);
  return result;
}
