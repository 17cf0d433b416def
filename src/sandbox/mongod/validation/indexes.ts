import type { Document } from '../bson-codec.ts';
import { documentOf } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import { isTrue } from '../query/expressions/conditions.ts';
import { compileFilter, type Filter } from '../query/filter.ts';
import { type Key, keysOf } from '../query/keys.ts';
import { isPosition } from '../query/paths.ts';
import { unsupported } from '../unsupported.ts';
import { equal } from '../values/compare.ts';
import { toDouble } from '../values/numbers.ts';
import { textOf } from '../values/text.ts';
import { isDocument, isNumeric, typeOf } from '../values/types.ts';
import { checkCollation } from './collation.ts';

export interface Index {
  readonly name: string;
  readonly key: Document;
  readonly isUnique: boolean;
  readonly isSparse: boolean;
  /**
   * The filter of a partial index; null if the index is not partial. A partial index contains only the documents that
   * match the filter.
   */
  readonly partial: { readonly filter: Filter; readonly expression: Document } | null;
  readonly expireAfterSeconds: number | null;
  /** The index specification that listIndexes returns. */
  readonly spec: Document;
  /**
   * Returns the index keys of a document, or an empty array if the index does not contain the document.
   *
   * @throws CommandError CannotIndexParallelArrays
   */
  readonly keys: (document: Document) => readonly Key[];
}

const MAX_TTL = 2 ** 31 - 1;

/** The index options that the lab does not support. */
const UNSUPPORTED: ReadonlySet<string> = new Set([
  'weights',
  'default_language',
  'language_override',
  'textIndexVersion',
  '2dsphereIndexVersion',
  'bits',
  'min',
  'max',
  'bucketSize',
  'wildcardProjection',
  'storageEngine',
  'hidden',
  'prepareUnique',
  'clustered',
]);
const KNOWN: ReadonlySet<string> = new Set([
  'key',
  'name',
  'v',
  'ns',
  'background',
  'unique',
  'sparse',
  'partialFilterExpression',
  'expireAfterSeconds',
  'collation',
]);
const UNSUPPORTED_TYPES: ReadonlySet<unknown> = new Set(['text', '2d', '2dsphere', 'hashed']);
/** https://www.mongodb.com/docs/manual/core/index-partial/ */
const PARTIAL_OPERATORS: ReadonlySet<string> = new Set([
  '$eq',
  '$exists',
  '$gt',
  '$gte',
  '$lt',
  '$lte',
  '$type',
  '$and',
  '$or',
  '$in',
]);

export const ID_INDEX: Index = newIndex(documentOf({ v: 2, key: { _id: 1 }, name: '_id_' }), true);

/**
 * Checks and compiles an index specification.
 *
 * @throws CommandError CannotCreateIndex, InvalidIndexSpecificationOption, FailedToParse, TypeMismatch,
 * NotImplemented
 */
export function compileIndex(spec: Document): Index {
  const { key, name } = { key: spec.get('key'), name: spec.get('name') };
  if (key === undefined)
    throw new CommandError(
      'FailedToParse',
      "The 'key' field is a required property of an index specification",
    );
  if (!isDocument(key))
    throw new CommandError('TypeMismatch', `The field 'key' must be an object, but got ${typeOf(key)}`);
  if (name === undefined)
    throw new CommandError(
      'FailedToParse',
      "The 'name' field is a required property of an index specification",
    );
  if (typeof name !== 'string')
    throw new CommandError('TypeMismatch', `The field 'name' must be a string, but got ${typeOf(name)}`);
  checkKey(key);
  for (const option of spec.keys()) {
    if (UNSUPPORTED.has(option)) throw unsupported('NotImplemented', `the index option '${option}'`);
    if (!KNOWN.has(option)) {
      throw new CommandError(
        'InvalidIndexSpecificationOption',
        `Error in specification ${textOf(spec)} :: caused by :: The field '${option}' is not valid for an index specification`,
      );
    }
  }
  checkCollation(spec.get('collation'));
  if (name === '' || name === '*')
    throw new CommandError(
      name === '' ? 'CannotCreateIndex' : 'BadValue',
      `The index name '${name}' is not valid.`,
    );
  checkVersion(spec.get('v'));
  const isIdIndex = equal(key, ID_INDEX.key);
  if (isIdIndex) checkIdIndex(spec);
  const kept = [...spec].filter(
    ([option, value]) => !['v', 'ns', 'background', 'collation'].includes(option) && value !== null,
  );
  return newIndex(
    new Map([['v', ID_INDEX.spec.get('v')] as [string, unknown], ...kept.map(normalized)]),
    isIdIndex,
  );
}

function normalized([option, value]: [string, unknown]): [string, unknown] {
  return option === 'unique' || option === 'sparse' ? [option, isTrue(value)] : [option, value];
}

function newIndex(spec: Document, isIdIndex: boolean): Index {
  const key = spec.get('key') as Document;
  const isSparse = spec.get('sparse') === true;
  const partial = partialOf(spec.get('partialFilterExpression'));
  if (isSparse && partial !== null) {
    throw new CommandError('CannotCreateIndex', 'cannot mix "partialFilterExpression" and "sparse" options');
  }
  const paths = [...key.keys()].map((path) => path.split('.'));
  return {
    name: spec.get('name') as string,
    key,
    isUnique: isIdIndex || spec.get('unique') === true,
    isSparse,
    partial,
    expireAfterSeconds: lifetimeOf(spec.get('expireAfterSeconds'), key),
    spec,
    keys: (document) => {
      if (partial !== null && !partial.filter.matches(document)) return [];
      const keys = keysOf(document, paths, () => refuseParallel(key));
      // A sparse index contains only documents with at least one of the indexed fields.
      return isSparse ? keys.filter(() => paths.some((steps) => exists(document, steps))) : keys;
    },
  };
}

function exists(value: unknown, [step = '', ...rest]: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((element) => exists(element, [step, ...rest]));
  if (!isDocument(value) || !value.has(step)) return false;
  return rest.length === 0 || exists(value.get(step), rest);
}

function refuseParallel(key: Document): never {
  throw new CommandError(
    'CannotIndexParallelArrays',
    `cannot index parallel arrays ${[...key.keys()]
      .map((path) => `[${path.split('.')[0]}]`)
      .reverse()
      .join(' ')}`,
  );
}

function checkKey(key: Document): void {
  const fail = (message: string): never => {
    throw new CommandError('CannotCreateIndex', `Error in specification :: caused by :: ${message}`);
  };
  if (key.size === 0) fail('Index keys cannot be an empty object.');
  if (key.size > 32) fail('Index has too many fields');
  for (const [path, direction] of key) {
    if (path.includes('$**')) throw unsupported('NotImplemented', 'wildcard indexes');
    const steps = path.split('.');
    if (steps.includes('')) fail('Index keys cannot contain an empty field.');
    if (steps.some((step) => step.startsWith('$')))
      fail(`Index key contains an illegal field name: field name starts with '$'.`);
    if (steps.some(isPosition))
      throw unsupported('NotImplemented', `the array position in the index key '${path}'`);
    if (UNSUPPORTED_TYPES.has(direction)) throw unsupported('NotImplemented', `${String(direction)} indexes`);
    if (typeof direction === 'string') fail(`Unknown index plugin '${direction}'`);
    if (!isNumeric(direction)) {
      fail(
        `Values in v:2 index key pattern cannot be of type ${typeOf(direction)}. Only numbers > 0, numbers < 0, and strings are allowed.`,
      );
    } else if (toDouble(direction) === 0 || Number.isNaN(toDouble(direction))) {
      fail(`Values in the index key pattern cannot be ${textOf(direction)}.`);
    }
  }
}

function checkVersion(version: unknown): void {
  if (version === undefined || version === null) return;
  if (isNumeric(version) && [1, 2].includes(toDouble(version))) return;
  throw new CommandError(
    'CannotCreateIndex',
    `Invalid index specification: cannot create an index with v=${textOf(version)}`,
  );
}

function checkIdIndex(spec: Document): void {
  const allowed = ['key', 'name', 'ns', 'v', 'collation', 'background'];
  const option = [...spec.keys()].find(
    (name) => !allowed.includes(name) && !(name === 'unique' && isTrue(spec.get(name))),
  );
  if (option === undefined) return;
  throw new CommandError(
    'InvalidIndexSpecificationOption',
    `The field '${option}' is not valid for an _id index specification. Specification: ${textOf(spec)}`,
  );
}

function partialOf(expression: unknown): Index['partial'] {
  if (expression === undefined) return null;
  if (!isDocument(expression)) {
    throw new CommandError(
      'TypeMismatch',
      `The field 'partialFilterExpression' must be an object, but got ${typeOf(expression)}`,
    );
  }
  checkPartial(expression);
  return { filter: compileFilter(expression, new Map()), expression };
}

function checkPartial(value: unknown): void {
  if (Array.isArray(value)) for (const element of value) checkPartial(element);
  if (!isDocument(value)) return;
  for (const [name, operand] of value) {
    const isAllowed =
      !name.startsWith('$') || (PARTIAL_OPERATORS.has(name) && (name !== '$exists' || isTrue(operand)));
    if (!isAllowed || typeOf(operand) === 'regex') {
      throw new CommandError(
        'CannotCreateIndex',
        `Expression not supported in partial index: ${textOf(value)}`,
      );
    }
    checkPartial(operand);
  }
}

function lifetimeOf(seconds: unknown, key: Document): number | null {
  if (seconds === undefined) return null;
  if (!isNumeric(seconds)) {
    throw new CommandError(
      'CannotCreateIndex',
      `TTL index 'expireAfterSeconds' option must be numeric, but received a type of '${typeOf(seconds)}'`,
    );
  }
  const number = Math.trunc(toDouble(seconds));
  if (!(number >= 0 && number <= MAX_TTL)) {
    throw new CommandError(
      'CannotCreateIndex',
      `TTL index 'expireAfterSeconds' option must be within an acceptable range, try a different number than ${textOf(seconds)}`,
    );
  }
  if (key.size !== 1)
    throw new CommandError(
      'CannotCreateIndex',
      'TTL indexes are single-field indexes, compound indexes do not support TTL.',
    );
  return number;
}

/**
 * Returns true if a collection already has the index.
 *
 * @throws CommandError IndexOptionsConflict or IndexKeySpecsConflict if the index conflicts with an existing index
 */
export function isPresent(index: Index, existing: readonly Index[]): boolean {
  const named = existing.find(({ name }) => name === index.name);
  const alike = existing.find((other) => isAlike(index, other));
  if (equal(index.key, ID_INDEX.key)) return true;
  if (named !== undefined && !isAlike(index, named)) {
    throw new CommandError(
      'IndexKeySpecsConflict',
      `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${textOf(index.spec)}, existing index: ${textOf(named.spec)}`,
    );
  }
  const other = named ?? alike;
  if (other === undefined) return false;
  if (other.name !== index.name) {
    throw new CommandError(
      'IndexOptionsConflict',
      `Index already exists with a different name: ${other.name}`,
    );
  }
  if (other.expireAfterSeconds !== index.expireAfterSeconds) {
    throw new CommandError(
      'IndexOptionsConflict',
      `An equivalent index already exists with the same name but different options. Requested index: ${textOf(index.spec)}, existing index: ${textOf(other.spec)}`,
    );
  }
  return true;
}

/** Returns true if two indexes have the same key pattern, uniqueness, sparseness and partial filter. */
function isAlike(a: Index, b: Index): boolean {
  return (
    equal(a.key, b.key) &&
    a.isUnique === b.isUnique &&
    a.isSparse === b.isSparse &&
    equal(a.partial?.expression ?? null, b.partial?.expression ?? null)
  );
}
