import { ObjectId, Timestamp } from 'bson';
import type { Document } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import { unsupported } from '../unsupported.ts';
import { equal } from '../values/compare.ts';
import { textOf } from '../values/text.ts';
import { isDocument, typeOf } from '../values/types.ts';
import { checkUsed, compileArrayFilters, resolved } from './array-filters.ts';
import { valueAt, withoutValueAt, withValueAt } from './changes.ts';
import type { Filter, Variables } from './filter.ts';
import { MODIFIERS, type Modify, REMOVED } from './modifiers.ts';
import { compilePipeline, type Surroundings, stageOf } from './pipeline.ts';
import { checkConflicts, comparePaths, updatePath } from './update-paths.ts';

/** An update that the client requests. */
export interface UpdateRequest {
  readonly filter: Filter;
  /** A replacement document, a document of update operators, or a pipeline. */
  readonly update: Document | readonly unknown[];
  readonly arrayFilters: readonly Document[];
  readonly variables: Variables;
  readonly now: Date;
}

/** A compiled update. */
export interface Update {
  readonly isReplacement: boolean;
  /** Returns the updated document. Does not modify the given document. */
  readonly apply: (before: Document) => Document;
  /**
   * Returns the document that an upsert inserts. This document contains the equality fields of the filter and the
   * changes of the update.
   */
  readonly insert: () => Document;
}

/** The stages that an update pipeline can contain. */
const UPDATE_STAGES: ReadonlySet<string> = new Set([
  '$addFields',
  '$set',
  '$project',
  '$unset',
  '$replaceRoot',
  '$replaceWith',
]);

/**
 * Compiles an update. The functions `apply` and `insert` of the result can throw the same errors as this function.
 *
 * @throws CommandError for an invalid update (for example FailedToParse, BadValue)
 */
export function compileUpdate(request: UpdateRequest): Update {
  const { update, filter } = request;
  if (!isDocument(update)) return pipelineUpdate(update, request);
  const [first = ''] = update.keys();
  if (first.startsWith('$')) return modifierUpdate(update, request);
  const operator = [...update.keys()].find((name) => name.startsWith('$'));
  if (operator !== undefined) {
    throw new CommandError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${operator}' in '${operator}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
    );
  }
  if (request.arrayFilters.length > 0) {
    throw new CommandError('FailedToParse', 'Cannot specify arrayFilters and a replacement-style update');
  }
  const replacement = stamped(update, request.now);
  return {
    isReplacement: true,
    apply: (before) => withSameId(before, replacement),
    insert: () => inserted(identity(equalities(filter)), (seed) => new Map([...seed, ...replacement])),
  };
}

/**
 * Returns the document to store. As in MongoDB, empty timestamps in top-level fields are replaced with the current
 * time. An empty timestamp in `_id` does not change.
 */
export function stamped(document: Document, now: Date): Document {
  const isEmpty = (value: unknown): boolean => value instanceof Timestamp && value.isZero();
  if (![...document.values()].some(isEmpty)) return document;
  const current = new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 });
  return new Map(
    [...document].map(([name, value]) => [name, name !== '_id' && isEmpty(value) ? current : value]),
  );
}

function identity(document: Document): Document {
  return document.has('_id') ? new Map([['_id', document.get('_id')]]) : new Map();
}

/**
 * Returns the new document, with the `_id` of the old document as its first field.
 *
 * @throws CommandError ImmutableField if the new document has a different `_id`
 */
function withSameId(before: Document, after: Document): Document {
  const id = before.get('_id');
  if (after.has('_id') && !equal(after.get('_id'), id)) {
    throw new CommandError(
      'ImmutableField',
      `After applying the update, the (immutable) field '_id' was found to have been altered to _id: ${textOf(after.get('_id'))}`,
    );
  }
  return new Map([['_id', id] as [string, unknown], ...[...after].filter(([name]) => name !== '_id')]);
}

/**
 * Returns the document that an upsert inserts. `seed` contains the equality fields of the filter. If `seed` contains an
 * `_id`, the update cannot change this `_id`.
 */
function inserted(seed: Document, change: (seed: Document) => Document): Document {
  const after = change(seed);
  const document = seed.has('_id') ? withSameId(seed, after) : after;
  return new Map([
    ['_id', document.get('_id') ?? new ObjectId()] as [string, unknown],
    ...[...document].filter(([name]) => name !== '_id'),
  ]);
}

function pipelineUpdate(pipeline: readonly unknown[], request: UpdateRequest): Update {
  const { filter, variables } = request;
  for (const stage of pipeline) {
    const { name } = stageOf(stage);
    if (!UPDATE_STAGES.has(name)) {
      throw new CommandError('InvalidOptions', `${name} is not allowed to be used within an update`);
    }
  }
  if (request.arrayFilters.length > 0) {
    throw new CommandError('FailedToParse', 'arrayFilters may not be specified for pipeline-syle updates');
  }
  const surroundings: Surroundings = { variables, foreign: () => [] };
  const stage = compilePipeline(pipeline, surroundings);
  const result = (document: Document): Document => stage([document], variables)[0] ?? document;
  return {
    isReplacement: false,
    apply: (before) => withSameId(before, result(before)),
    insert: () => inserted(equalities(filter), result),
  };
}

/** The change that one update operator makes to one field. */
interface Modification {
  readonly steps: readonly string[];
  readonly modify: Modify;
  /** The new path of the value. Defined only for `$rename`. */
  readonly destination?: readonly string[];
}

function modifierUpdate(update: Document, request: UpdateRequest): Update {
  const modifications = [...update].flatMap(([name, fields]) => modificationsOf(name, fields));
  checkConflicts(
    modifications.flatMap(({ steps, destination }) => (destination ? [steps, destination] : [steps])),
  );
  const elements = compileArrayFilters(request.arrayFilters, request.variables);
  checkUsed(
    modifications.map(({ steps }) => steps),
    elements,
  );
  const run = (document: Document, isInsert: boolean): Document => {
    const concrete = modifications.flatMap((modification) =>
      resolved(document, modification.steps, { filter: request.filter, elements, isInsert }).map((steps) => ({
        ...modification,
        steps,
      })),
    );
    checkConflicts(concrete.map(({ steps }) => steps));
    // As in MongoDB, new fields are added in the order of their names.
    const ordered = concrete.sort((a, b) => comparePaths(a.destination ?? a.steps, b.destination ?? b.steps));
    return ordered.reduce(
      (result, modification) => modified(result, modification, { document, isInsert, now: request.now }),
      document,
    );
  };
  return {
    isReplacement: false,
    apply: (before) => withSameId(before, keptId(before, run(before, false), modifications)),
    insert: () => inserted(equalities(request.filter), (seed) => run(seed, true)),
  };
}

/**
 * Returns the updated document if its `_id` has not changed.
 *
 * @throws CommandError ImmutableField if an operator removed or changed the `_id`
 */
function keptId(before: Document, after: Document, modifications: readonly Modification[]): Document {
  if (equal(before.get('_id'), after.get('_id'))) return after;
  const path = modifications.find(
    ({ steps, destination }) => steps[0] === '_id' || destination?.[0] === '_id',
  );
  throw new CommandError(
    'ImmutableField',
    `Performing an update on the path '${path?.steps.join('.') ?? '_id'}' would modify the immutable field '_id'`,
  );
}

function modificationsOf(name: string, fields: unknown): readonly Modification[] {
  if (name !== '$rename' && !Object.hasOwn(MODIFIERS, name)) {
    throw new CommandError(
      'FailedToParse',
      `Unknown modifier: ${name}. Expected a valid update modifier or pipeline-style update specified as an array`,
    );
  }
  if (!isDocument(fields)) {
    throw new CommandError(
      'FailedToParse',
      `Modifiers operate on fields but we found type ${typeOf(fields)} instead. For example: {$mod: {<field>: ...}} not {${name}: ${textOf(fields)}}`,
    );
  }
  return [...fields].map(([path, operand]) => {
    const steps = updatePath(path);
    if (name === '$rename') return renaming(path, operand);
    const compile = MODIFIERS[name];
    return { steps, modify: compile?.(operand, path) ?? (() => undefined) };
  });
}

function renaming(path: string, operand: unknown): Modification {
  if (typeof operand !== 'string') {
    throw new CommandError(
      'BadValue',
      `The 'to' field for $rename must be a string: ${path}: ${textOf(operand)}`,
    );
  }
  if (operand === path) {
    throw new CommandError(
      'BadValue',
      `The source and target field for $rename must differ: ${path}: "${operand}"`,
    );
  }
  const [steps, destination] = [updatePath(path), updatePath(operand)];
  const dynamic = [...steps, ...destination].find((step) => step.startsWith('$'));
  if (dynamic !== undefined) {
    throw new CommandError(
      'BadValue',
      `The source and destination fields for $rename may not be dynamic: ${dynamic}`,
    );
  }
  return { steps, destination, modify: () => undefined };
}

function modified(
  document: Document,
  { steps, modify, destination }: Modification,
  target: { readonly document: Document; readonly isInsert: boolean; readonly now: Date },
): Document {
  if (destination !== undefined) return renamed(document, steps, destination);
  const value = modify(valueAt(document, steps), { ...target, path: steps.join('.') });
  if (value === undefined) return document;
  return value === REMOVED ? withoutValueAt(document, steps) : withValueAt(document, steps, value);
}

function renamed(document: Document, source: readonly string[], destination: readonly string[]): Document {
  for (const [role, path] of [
    ['source', source],
    ['destination', destination],
  ] as const) {
    const array = path.findIndex((_, index) => Array.isArray(valueAt(document, path.slice(0, index))));
    if (array > 0) {
      throw new CommandError(
        'BadValue',
        `The ${role} field cannot be an array element, '${path.join('.')}' in doc with _id: ${textOf(document.get('_id') ?? null)} has an array field called '${path[array - 1]}'`,
      );
    }
  }
  const value = valueAt(document, source);
  if (value === undefined) return document;
  return withoutValueAt(withValueAt(document, destination, value), source);
}

/**
 * Returns the fields and values of the equality conditions in the filter.
 *
 * @throws CommandError NotSingleValueField, NotImplemented
 */
function equalities(filter: Filter): Document {
  if (filter.isAmbiguous) {
    throw unsupported(
      'NotImplemented',
      'an upsert if the filter contains $in with one value, or $or with one clause',
    );
  }
  const pinned = filter.conditions.filter(({ test }) => test.equals !== undefined);
  const paths = pinned.map(({ path }) => path).sort();
  for (const [index, path] of paths.entries()) {
    const other = paths.slice(index + 1).find((next) => next === path || next.startsWith(`${path}.`));
    if (other === undefined) continue;
    throw new CommandError(
      'NotSingleValueField',
      other === path
        ? `cannot infer query fields to set, path '${path}' is matched twice`
        : `cannot infer query fields to set, both paths '${path}' and '${other}' are matched`,
    );
  }
  return pinned.reduce<Document>(
    (document, { path, test }) => withValueAt(document, path.split('.'), test.equals),
    new Map(),
  );
}
