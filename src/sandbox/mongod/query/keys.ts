import type { Document } from '../bson-codec.ts';
import { unsupported } from '../unsupported.ts';
import { isDocument } from '../values/types.ts';
import { isPosition } from './paths.ts';

/**
 * A sort key or an index key. The key contains one value for each field of the sort pattern or index key pattern, in
 * the same order. The value for an empty array is `undefined`.
 */
export type Key = readonly unknown[];

const EMPTY = Symbol('an empty array');

/** A position on a path through a document. */
interface Position {
  /** The value at this position. */
  readonly value: unknown;
  /** The remaining parts of the path. */
  readonly steps: readonly string[];
  /** True if `value` is an array element. MongoDB does not follow a path from an array into a nested array. */
  readonly isElement: boolean;
}

/**
 * Returns the sort keys or index keys of a document. If a path contains an array, the document has one key for each
 * array element.
 *
 * @param onParallel called if two paths contain different arrays; must throw an error
 * @throws CommandError NotImplemented for an array position in a path
 */
export function keysOf(
  document: Document,
  paths: readonly (readonly string[])[],
  onParallel: () => never,
): readonly Key[] {
  const [only, second] = paths;
  // A shortcut for the most common case: one top-level field whose value is not an array.
  if (only?.length === 1 && second === undefined) {
    const value = document.get(only[0] ?? '');
    if (!Array.isArray(value)) return [[value ?? null]];
  }
  return expanded(
    paths.map((steps) => ({ value: document, steps, isElement: false })),
    onParallel,
  );
}

function expanded(positions: readonly Position[], onParallel: () => never): readonly Key[] {
  const followed = positions.map(follow);
  const [array, other] = new Set(followed.filter(isPending).map(({ value }) => value));
  if (!Array.isArray(array)) return [followed.map(keyValue)];
  if (other !== undefined) onParallel();
  const elements: readonly unknown[] = array.length === 0 ? [EMPTY] : array;
  return elements.flatMap((element) =>
    expanded(
      followed.map((position) =>
        position.value === array ? { value: element, steps: position.steps, isElement: true } : position,
      ),
      onParallel,
    ),
  );
}

/** Follows a path through nested documents. Stops at the end of the path or at an array. */
function follow(position: Position): Position {
  let { value, steps, isElement } = position;
  while (steps.length > 0 && isDocument(value)) {
    value = value.get(steps[0] ?? '');
    steps = steps.slice(1);
    isElement = false;
  }
  if (Array.isArray(value) && isPosition(steps[0] ?? '')) {
    throw unsupported('NotImplemented', 'array positions in the paths of indexes and sorts');
  }
  return { value, steps, isElement };
}

const isPending = ({ value, isElement }: Position): boolean => Array.isArray(value) && !isElement;

function keyValue({ value, steps }: Position): unknown {
  if (steps.length > 0) return null;
  return value === EMPTY ? undefined : (value ?? null);
}
