import { Decimal128, Double, Int32, Long, ObjectId } from 'bson';
import type { TypedDocument } from './bson-codec.ts';
import { CommandError } from './command-error.ts';
import { isDocument, numberOf } from './fields.ts';
import { replaceAt, valueAt } from './paths.ts';
import { isLiteral, type QueryEngine } from './query-engine.ts';
import { isLong, keyOf, plain, plainDocument, plainOperand, retypeDocument } from './values.ts';

/** What to do to a document, as the client sent it. */
export interface UpdateRequest {
  readonly filter: TypedDocument;
  /** A replacement, update operators, or a pipeline. */
  readonly update: TypedDocument | readonly TypedDocument[];
  readonly arrayFilters: readonly TypedDocument[];
  readonly variables?: TypedDocument | undefined;
}

/** Operators whose operand may come to stand in the document as it is. */
const ASSIGNING = ['$set', '$min', '$max'] as const;
const COMPUTING = ['$inc', '$mul'] as const;
const STORING: ReadonlySet<string> = new Set(['$set', '$push', '$addToSet']);

/** @throws CommandError FailedToParse when operators and fields are mixed */
export function isReplacement(update: UpdateRequest['update']): update is TypedDocument {
  if (Array.isArray(update)) return false;
  const operators = Object.keys(update).filter((name) => name.startsWith('$')).length;
  if (operators !== 0 && operators !== Object.keys(update).length) {
    throw new CommandError('FailedToParse', 'an update holds either operators or fields, not both');
  }
  return operators === 0;
}

/**
 * The document after an update; the given one stays as it is.
 *
 * @throws CommandError BadValue, TypeMismatch, ImmutableField, NotImplemented
 */
export function updated(engine: QueryEngine, before: TypedDocument, request: UpdateRequest): TypedDocument {
  const after = isReplacement(request.update)
    ? replaced(before, request.update)
    : modified(engine, before, request, request.update);
  if (keyOf(after['_id']) !== keyOf(before['_id'])) throw immutableId('_id');
  return after;
}

function immutableId(path: string): CommandError {
  const message = `Performing an update on the path '${path}' would modify the immutable field '_id'`;
  return new CommandError('ImmutableField', message);
}

/** The document that an upsert inserts: what the filter's equalities say, with the update applied. */
export function upserted(engine: QueryEngine, request: UpdateRequest): TypedDocument {
  const { update } = request;
  const seed = { ...assignedId(update), ...equalities(request.filter) };
  const draft = isReplacement(update)
    ? { ...('_id' in seed && { _id: seed['_id'] }), ...update }
    : modified(engine, seed, { ...request, filter: {} }, withInsertions(update));
  return '_id' in draft ? draft : { _id: new ObjectId(), ...draft };
}

function replaced(before: TypedDocument, replacement: TypedDocument): TypedDocument {
  return '_id' in replacement ? replacement : { _id: before['_id'], ...replacement };
}

function modified(
  engine: QueryEngine,
  before: TypedDocument,
  request: UpdateRequest,
  update: TypedDocument | readonly TypedDocument[],
): TypedDocument {
  const modifier = Array.isArray(update)
    ? update.map(plainOperand)
    : operatorsOf(before, update as TypedDocument);
  const result = engine.modify(plainDocument(before), {
    filter: request.filter,
    modifier,
    arrayFilters: request.arrayFilters.map(plainOperand),
    variables: request.variables,
  });
  const after = retypeDocument(result, before);
  if (!Array.isArray(update)) retypeOperands(after, before, update as TypedDocument);
  return after;
}

/** mingo has no $setOnInsert, refuses an `_id` that stays the same, and lets $inc of a text pass in silence. */
function operatorsOf(before: TypedDocument, update: TypedDocument): TypedDocument {
  for (const operator of COMPUTING) {
    for (const [path, operand] of pathsOf(update, operator)) {
      if (!isNumber(operand)) {
        throw new CommandError('TypeMismatch', `Cannot ${operator} with non-numeric argument at '${path}'`);
      }
      const value = valueAt(before, path);
      if (value !== undefined && !isNumber(value)) {
        throw new CommandError(
          'TypeMismatch',
          `Cannot apply ${operator} to a value of non-numeric type at '${path}'`,
        );
      }
      if (isNumber(value)) plainOperand({ value });
    }
  }
  const { $setOnInsert: _, ...operators } = withoutId(before, update);
  // What is only stored may be any long; what is computed or compared with may not.
  for (const [operator, operand] of Object.entries(operators)) {
    if (!STORING.has(operator)) plainOperand({ operand });
  }
  return plainDocument(operators);
}

/** Leaves out assignments that keep the `_id` as it is. @throws CommandError ImmutableField for any other change of it */
function withoutId(before: TypedDocument, update: TypedDocument): TypedDocument {
  const kept = Object.keys(update).map((operator) => {
    const paths = pathsOf(update, operator).filter(([path, operand]) => {
      if (path !== '_id' && !path.startsWith('_id.')) return true;
      const assigns = operator === '$set' || operator === '$setOnInsert';
      if (assigns && keyOf(operand) === keyOf(valueAt(before, path))) return false;
      throw immutableId(path);
    });
    return [operator, isDocument(update[operator]) ? Object.fromEntries(paths) : update[operator]];
  });
  return Object.fromEntries(kept);
}

/** The `_id` that an upsert assigns, where its filter names none. */
function assignedId(update: UpdateRequest['update']): TypedDocument {
  for (const operator of ['$set', '$setOnInsert']) {
    const fields = Array.isArray(update) ? undefined : (update as TypedDocument)[operator];
    if (isDocument(fields) && '_id' in fields) return { _id: fields['_id'] };
  }
  return {};
}

function withInsertions(update: UpdateRequest['update']): UpdateRequest['update'] {
  if (Array.isArray(update)) return update;
  const { $setOnInsert, ...rest } = update as TypedDocument;
  if (!isDocument($setOnInsert)) return rest;
  return { ...rest, $set: { ...(isDocument(rest['$set']) ? rest['$set'] : {}), ...$setOnInsert } };
}

/** What came from the operands gets their types; what was computed, the wider type of both sides. */
function retypeOperands(after: TypedDocument, before: TypedDocument, update: TypedDocument): void {
  for (const operator of ASSIGNING) {
    for (const [path, operand] of pathsOf(update, operator)) {
      const kept = operator !== '$set' && keyOf(operand) === keyOf(valueAt(before, path));
      if (!kept && keyOf(valueAt(after, path)) === keyOf(plain(operand))) replaceAt(after, path, operand);
    }
  }
  for (const operator of COMPUTING) {
    for (const [path, operand] of pathsOf(update, operator)) {
      const result = valueAt(after, path);
      if (typeof result === 'number') replaceAt(after, path, wider(result, valueAt(before, path), operand));
    }
  }
  retypePushed(after, update);
}

/** The elements that $push and $addToSet added, each found again by its value. */
function retypePushed(after: TypedDocument, update: TypedDocument): void {
  for (const operator of ['$push', '$addToSet']) {
    for (const [path, operand] of pathsOf(update, operator)) {
      const array = valueAt(after, path);
      if (!Array.isArray(array)) continue;
      const each = isDocument(operand) && Array.isArray(operand['$each']) ? operand['$each'] : [operand];
      const typed = new Map(each.map((value) => [keyOf(plain(value)), value]));
      for (const [index, value] of array.entries()) {
        // A stored element has its type already; only what is still plain was added.
        if (plain(value) === value) array[index] = typed.get(keyOf(value)) ?? value;
      }
    }
  }
}

function pathsOf(
  update: TypedDocument,
  operator: string,
): readonly (readonly [path: string, operand: unknown])[] {
  const fields = update[operator];
  return isDocument(fields) ? Object.entries(fields) : [];
}

function isNumber(value: unknown): boolean {
  return value instanceof Decimal128 || numberOf(value) !== null;
}

/** @throws CommandError NotImplemented where a long is too large for the engine's doubles */
function wider(result: number, ...operands: readonly unknown[]): unknown {
  if (operands.some((operand) => operand instanceof Decimal128)) return Decimal128.fromString(String(result));
  if (operands.some((operand) => operand instanceof Double) || !Number.isInteger(result))
    return new Double(result);
  if (!Number.isSafeInteger(result)) {
    throw new CommandError('NotImplemented', 'the lab cannot compute with longs beyond 2^53');
  }
  const isInt = result === (result | 0) && !operands.some(isLong);
  return isInt ? new Int32(result) : Long.fromNumber(result);
}

/** The fields that a filter pins to one value: `{a: 1}`, `{a: {$eq: 1}}`, and those inside $and. */
function equalities(filter: TypedDocument): TypedDocument {
  const found: TypedDocument = {};
  for (const [name, condition] of Object.entries(filter)) {
    if (name === '$and' && Array.isArray(condition)) {
      for (const part of condition.filter(isDocument)) Object.assign(found, equalities(part));
    } else if (!name.startsWith('$')) {
      const value = isDocument(condition) && '$eq' in condition ? condition['$eq'] : condition;
      if (isLiteral(value)) setPath(found, name, value);
    }
  }
  return found;
}

function setPath(document: TypedDocument, path: string, value: unknown): void {
  const [step = '', ...rest] = path.split('.');
  // Not assigned but defined: a field may be called __proto__.
  const inner = Object.hasOwn(document, step) && isDocument(document[step]) ? document[step] : {};
  if (rest.length > 0) setPath(inner, rest.join('.'), value);
  Object.defineProperty(document, step, {
    value: rest.length > 0 ? inner : value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}
