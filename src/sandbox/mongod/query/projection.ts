import { Int32 } from 'bson';
import type { Document } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import { unsupported } from '../unsupported.ts';
import { integer } from '../values/numbers.ts';
import { textOf } from '../values/text.ts';
import { isDocument, isNumeric } from '../values/types.ts';
import { sliced } from './expressions/arrays.ts';
import { compileExpression, EXPRESSIONS } from './expressions/compile.ts';
import { isTrue } from './expressions/conditions.ts';
import type { Expression } from './expressions/expression.ts';
import { compileFilter, type Filter, matchedPosition, type Variables } from './filter.ts';
import { fieldPath } from './paths.ts';
import { UNSUPPORTED_EXPRESSIONS } from './unsupported-operators.ts';

/** Applies the projection to a copy of a document. Returns the copy. */
export type Projection = (document: Document, variables: Variables) => Document;

/** What a projection does with a field: include, exclude or compute. */
type Leaf =
  | { readonly kind: 'include' }
  | { readonly kind: 'exclude' }
  | { readonly kind: 'compute'; readonly expression: Expression };

/** The paths of a projection as a tree. For example, the path `a.b` is the key `b` in the subtree of the key `a`. */
type Tree = Map<string, Tree | Leaf>;

const INCLUDE: Leaf = { kind: 'include' };
const EXCLUDE: Leaf = { kind: 'exclude' };

type Change = (document: Document, result: Document) => Document;

interface Parts {
  readonly tree: Tree;
  /**
   * The changes that `$slice`, `$elemMatch` and the positional operator make. Only find and findAndModify support these
   * operators.
   */
  readonly changes: Change[];
  /** The first included field other than `_id`; null if there is no such field. */
  inclusion: string | null;
  exclusion: string | null;
}

const newParts = (): Parts => ({ tree: new Map(), changes: [], inclusion: null, exclusion: null });

/**
 * Compiles the specification of the `$project` stage.
 *
 * @throws CommandError for an invalid specification (for example Location51272)
 */
export function compileProject(specification: Document, variables: ReadonlySet<string>): Projection {
  if (specification.size === 0) {
    throw new CommandError(
      'Location51272',
      'Invalid $project :: caused by :: projection specification must have at least one field',
    );
  }
  const parts = newParts();
  addFields(parts, [], specification, variables);
  return projectionOf(parts);
}

/**
 * Compiles the projection of find and findAndModify.
 *
 * @param filter the filter of the command; the positional operator returns the array element that matched this filter
 */
export function compileFindProjection(
  specification: Document,
  filter: Filter,
  variables: ReadonlySet<string>,
): Projection {
  const parts = newParts();
  const rest: Document = new Map();
  const slices: string[] = [];
  for (const [path, value] of specification) {
    if (path.endsWith('.$')) addPositional(parts, path.slice(0, -2), value, filter);
    else if (
      isDocument(value) &&
      value.has('$slice') &&
      value.size === 1 &&
      isFindSlice(value.get('$slice'))
    ) {
      parts.changes.push(slice(path, value.get('$slice')));
      slices.push(path);
    } else if (isDocument(value) && value.size === 1 && value.has('$elemMatch')) {
      parts.changes.push(elemMatch(path, value.get('$elemMatch')));
      if (!excludes(specification)) parts.inclusion ??= path;
    } else rest.set(path, value);
  }
  addFields(parts, [], rest, variables);
  // If a projection contains only `$slice`, the result contains all fields. If a projection includes other fields, the
  // result contains these fields and the sliced array.
  if (parts.inclusion !== null) for (const path of slices) addLeaf(parts.tree, fieldPath(path), INCLUDE);
  return projectionOf(parts);
}

function excludes(specification: Document): boolean {
  return [...specification].some(([path, value]) => path !== '_id' && isFlag(value) && !isTrue(value));
}

const isFlag = (value: unknown): boolean => typeof value === 'boolean' || isNumeric(value);

function addFields(
  parts: Parts,
  prefix: readonly string[],
  fields: Document,
  variables: ReadonlySet<string>,
): void {
  for (const [name, value] of fields) {
    const steps = [...prefix, ...fieldPath(name)];
    const path = steps.join('.');
    if (isDocument(value) && !([...value.keys()][0] ?? '').startsWith('$')) {
      if (value.size === 0) {
        throw new CommandError(
          'Location51270',
          'An empty sub-projection is not a valid value. Found empty object at path',
        );
      }
      addFields(parts, steps, value, variables);
    } else if (isFlag(value)) {
      note(parts, path, isTrue(value));
      addLeaf(parts.tree, steps, isTrue(value) ? INCLUDE : EXCLUDE);
    } else {
      checkOperator(value);
      if (parts.exclusion !== null)
        throw new CommandError(
          'Location31252',
          'Cannot use an expression other than a literal in an exclusion projection',
        );
      parts.inclusion ??= path;
      addLeaf(parts.tree, steps, { kind: 'compute', expression: compileExpression(value, variables) });
    }
  }
}

function checkOperator(value: unknown): void {
  const [name] = isDocument(value) ? value.keys() : [];
  if (name !== undefined && !Object.hasOwn(EXPRESSIONS, name)) {
    throw UNSUPPORTED_EXPRESSIONS.has(name)
      ? unsupported('Location31325', `the expression ${name}`)
      : new CommandError('Location31325', `Unknown expression ${name}`);
  }
}

/**
 * Records that a projection includes or excludes a field. Rejects a mix of inclusions and exclusions. The field `_id`
 * is exempt from this rule.
 */
function note(parts: Parts, path: string, isIncluded: boolean): void {
  if (path === '_id') return;
  if (isIncluded) {
    parts.inclusion ??= path;
    if (parts.exclusion !== null) {
      throw new CommandError('Location31253', `Cannot do inclusion on field ${path} in exclusion projection`);
    }
  } else {
    parts.exclusion ??= path;
    if (parts.inclusion !== null) {
      throw new CommandError('Location31254', `Cannot do exclusion on field ${path} in inclusion projection`);
    }
  }
}

function addLeaf(tree: Tree, steps: readonly string[], leaf: Leaf): void {
  const [step = '', ...rest] = steps;
  const existing = tree.get(step);
  if (rest.length === 0) {
    if (existing !== undefined) throw new CommandError('Location31250', `Path collision at ${step}`);
    tree.set(step, leaf);
    return;
  }
  if (existing !== undefined && !(existing instanceof Map)) {
    throw new CommandError(
      'Location31249',
      `Path collision at ${steps.join('.')} remaining portion ${rest.join('.')}`,
    );
  }
  const inner: Tree = existing ?? new Map();
  tree.set(step, inner);
  addLeaf(inner, rest, leaf);
}

function projectionOf(parts: Parts): Projection {
  const { tree, changes } = parts;
  const id = tree.get('_id');
  const onlyId = parts.inclusion === null && parts.exclusion === null && changes.length === 0;
  const includes = parts.inclusion !== null || (onlyId && id !== undefined && !isExclusion(id));
  // If a projection includes any field, it also includes `_id` by default.
  if (includes && id === undefined) tree.set('_id', INCLUDE);
  if (includes && id === EXCLUDE) tree.delete('_id');
  return (document, variables) => {
    const kept = includes ? included(document, tree) : excluded(document, tree);
    const computed = withComputed(kept, document, tree, variables);
    return changes.reduce((result, change) => change(document, result), computed);
  };
}

const isExclusion = (node: Tree | Leaf): boolean =>
  node instanceof Map ? [...node.values()].every(isExclusion) : node.kind === 'exclude';

function included(document: Document, tree: Tree): Document {
  const result: Document = new Map();
  for (const [name, value] of document) {
    const node = tree.get(name);
    if (node === undefined || isComputed(node)) continue;
    const kept = node instanceof Map ? includedValue(value, node) : value;
    if (kept !== undefined) result.set(name, kept);
  }
  return result;
}

/** Returns true for a computed field. The old value of a computed field is not copied. */
const isComputed = (node: Tree | Leaf): boolean => !(node instanceof Map) && node.kind === 'compute';

function includedValue(value: unknown, tree: Tree): unknown {
  if (Array.isArray(value)) {
    return value.map((element) => includedValue(element, tree)).filter((element) => element !== undefined);
  }
  return isDocument(value) ? included(value, tree) : undefined;
}

function excluded(document: Document, tree: Tree): Document {
  const result: Document = new Map();
  for (const [name, value] of document) {
    const node = tree.get(name);
    if (node instanceof Map) result.set(name, excludedValue(value, node));
    else if (node?.kind !== 'exclude') result.set(name, value);
  }
  return result;
}

function excludedValue(value: unknown, tree: Tree): unknown {
  if (Array.isArray(value)) return value.map((element) => excludedValue(element, tree));
  return isDocument(value) ? excluded(value, tree) : value;
}

function withComputed(result: Document, root: Document, tree: Tree, variables: Variables): Document {
  for (const [name, node] of tree) {
    if (node instanceof Map) {
      if (hasComputed(node)) set(result, name, computedValue(result.get(name), root, node, variables));
    } else if (node.kind === 'compute') set(result, name, node.expression({ root, variables }));
  }
  return result;
}

function hasComputed(tree: Tree): boolean {
  return [...tree.values()].some((node) =>
    node instanceof Map ? hasComputed(node) : node.kind === 'compute',
  );
}

function computedValue(value: unknown, root: Document, tree: Tree, variables: Variables): unknown {
  if (Array.isArray(value)) return value.map((element) => computedValue(element, root, tree, variables));
  return withComputed(isDocument(value) ? new Map(value) : new Map(), root, tree, variables);
}

function set(document: Document, name: string, value: unknown): void {
  if (value === undefined) document.delete(name);
  else if (name === '_id' && !document.has('_id')) {
    // `_id` is always the first field of a document.
    const rest = [...document];
    document.clear();
    for (const [field, member] of [['_id', value] as const, ...rest]) document.set(field, member);
  } else document.set(name, value);
}

/**
 * Compiles the specification of the `$addFields` or `$set` stage.
 *
 * @throws CommandError Location40272, Location40177; other codes for an invalid path or expression
 */
export function compileAddFields(
  specification: unknown,
  stage: string,
  variables: ReadonlySet<string>,
): Projection {
  if (!isDocument(specification)) {
    throw new CommandError(
      'Location40272',
      `${stage} specification stage must be an object, got ${textOf(specification)}`,
    );
  }
  if (specification.size === 0) {
    throw new CommandError(
      'Location40177',
      `Invalid ${stage} :: caused by :: specification must have at least one field`,
    );
  }
  const tree: Tree = new Map();
  addComputed(tree, [], specification, variables);
  return (document, values) => withComputed(new Map(document), document, tree, values);
}

function addComputed(
  tree: Tree,
  prefix: readonly string[],
  fields: Document,
  variables: ReadonlySet<string>,
): void {
  for (const [name, value] of fields) {
    const steps = [...prefix, ...fieldPath(name)];
    const isInner = isDocument(value) && value.size > 0 && !([...value.keys()][0] ?? '').startsWith('$');
    if (isInner) addComputed(tree, steps, value, variables);
    else addLeaf(tree, steps, { kind: 'compute', expression: compileExpression(value, variables) });
  }
}

/** Compiles the `$unset` stage, which removes fields. */
export function compileUnset(paths: readonly string[]): Projection {
  const tree: Tree = new Map();
  for (const path of paths) addLeaf(tree, fieldPath(path), EXCLUDE);
  return (document) => excluded(document, tree);
}

function addPositional(parts: Parts, path: string, value: unknown, filter: Filter): void {
  if (!isFlag(value) || !isTrue(value)) {
    throw new CommandError('Location31395', 'positional projection cannot be used with exclusion');
  }
  if (parts.changes.length > 0)
    throw new CommandError('Location31276', 'Cannot specify more than one positional projection per query.');
  const steps = fieldPath(path);
  if (steps.length > 1) throw unsupported('NotImplemented', 'positional projections of nested fields');
  note(parts, path, true);
  addLeaf(parts.tree, steps, INCLUDE);
  parts.changes.push((document, result) => {
    const array = result.get(path);
    if (!Array.isArray(array)) return result;
    const element: unknown = array[matchedPosition(filter, document, path)];
    return new Map([...result].map(([name, member]) => [name, name === path ? [element] : member]));
  });
}

/**
 * Returns true for one or two numbers, which are the valid arguments of `$slice` in a projection. `$slice` in an
 * expression has different arguments.
 */
function isFindSlice(argument: unknown): boolean {
  return (
    isNumeric(argument) || (Array.isArray(argument) && argument.length === 2 && argument.every(isNumeric))
  );
}

function slice(path: string, argument: unknown): Change {
  const steps = fieldPath(path);
  const [first = 0, count = null] = (Array.isArray(argument) ? argument : [argument]).map((value) =>
    Number(integer(isNumeric(value) ? value : new Int32(0)) ?? 0n),
  );
  if (count !== null && count <= 0) {
    throw new CommandError('Location28724', 'Third argument to $slice must be positive');
  }
  return (_, result) => changedAt(result, steps, (array) => sliced(array, first, count));
}

function changedAt(
  document: Document,
  [step = '', ...rest]: readonly string[],
  change: (array: readonly unknown[]) => readonly unknown[],
): Document {
  const value = document.get(step);
  const inner = (member: unknown): unknown => (isDocument(member) ? changedAt(member, rest, change) : member);
  if (value === undefined) return document;
  const changed = Array.isArray(value)
    ? rest.length === 0
      ? change(value)
      : value.map(inner)
    : rest.length === 0
      ? value
      : inner(value);
  return new Map([...document].map(([name, member]) => [name, name === step ? changed : member]));
}

function elemMatch(path: string, argument: unknown): Change {
  if (path.includes('.')) {
    throw new CommandError('Location31275', 'Cannot use $elemMatch projection on a nested field');
  }
  if (!isDocument(argument))
    throw new CommandError('Location31274', 'elemMatch: Invalid argument, object required');
  const filter = compileFilter(new Map([['v', new Map([['$elemMatch', argument]])]]), new Map());
  return (document, result) => {
    const array = document.get(path);
    const found = new Map(result);
    found.delete(path);
    const element: unknown = Array.isArray(array)
      ? array.find((member) => filter.matches(new Map([['v', [member]]])))
      : undefined;
    if (element !== undefined) found.set(path, [element]);
    return found;
  };
}
