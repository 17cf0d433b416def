import { Int32, Long, Timestamp } from 'bson';
import type { Document } from '../bson-codec.ts';
import { type CodeName, CommandError } from '../command-error.ts';
import { compare, equal } from '../values/compare.ts';
import { add, integer, multiply, numericTypeOf, whole, widest } from '../values/numbers.ts';
import { textOf } from '../values/text.ts';
import { isDocument, isNumeric, type Numeric, typeOf } from '../values/types.ts';
import { compileElementFilter } from './filter.ts';
import { compileSort } from './sort.ts';

/** The input of an update operator, except the old value of the field. The old value is a separate argument. */
export interface Target {
  readonly path: string;
  readonly document: Document;
  /** True if the update inserts the document. */
  readonly isInsert: boolean;
  readonly now: Date;
}

/** Returns the new value of a field, or undefined if the field does not change. */
export type Modify = (value: unknown, target: Target) => unknown;

/** Checks and compiles the operand of an update operator. @throws CommandError */
type Compile = (operand: unknown, path: string) => Modify;

/** An operator returns this symbol to remove the field. */
export const REMOVED: unique symbol = Symbol('removed');

/** The update operators that the lab supports. `$rename` is not in this table, because it changes two fields. */
export const MODIFIERS: Readonly<Record<string, Compile>> = {
  $set: (operand) => () => operand,
  $setOnInsert:
    (operand) =>
    (_, { isInsert }) =>
      isInsert ? operand : undefined,
  $unset: () => (value) => (value === undefined ? undefined : REMOVED),
  $inc: (operand, path) => {
    const by = numeric('$inc', operand, path);
    return (value, target) => (value === undefined ? by : computed('$inc', add, value, by, target));
  },
  $mul: (operand, path) => {
    const by = numeric('$mul', operand, path);
    // A missing field becomes 0. This 0 has the same type as the operand.
    return (value, target) =>
      value === undefined ? multiply(by, new Int32(0)) : computed('$mul', multiply, value, by, target);
  },
  $min: (operand) => (value) => (value === undefined || compare(operand, value) < 0 ? operand : undefined),
  $max: (operand) => (value) => (value === undefined || compare(operand, value) > 0 ? operand : undefined),
  $currentDate: (operand, path) => {
    const type = currentDateType(operand, path);
    return (_, { now }) =>
      type === 'date' ? now : new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 });
  },
  $push: (operand, path) => {
    const { added, position, slice, sort } = pushOperands(operand, path);
    return (value, target) => {
      const array = arrayAt(
        value,
        target,
        'BadValue',
        (type, name) =>
          `The field '${name}' must be an array but is of type ${type} in document ${idText(target)}`,
      );
      const at =
        position === null ? array.length : position < 0 ? Math.max(0, array.length + position) : position;
      const pushed = [...array.slice(0, at), ...added, ...array.slice(at)];
      const sorted = sort === null ? pushed : sort(pushed);
      if (slice === null) return sorted;
      if (slice === 0) return [];
      return slice < 0 ? sorted.slice(slice) : sorted.slice(0, slice);
    };
  },
  $addToSet: (operand) => {
    const added =
      isDocument(operand) && operand.has('$each') ? eachOf('$addToSet', operand, ['$each']) : [operand];
    return (value, target) => {
      const array = arrayAt(
        value,
        target,
        'BadValue',
        (type, name) =>
          `Cannot apply $addToSet to non-array field. Field named '${name}' has non-array type ${type}`,
      );
      const result = [...array];
      for (const element of added) {
        if (!result.some((existing) => equal(existing, element))) result.push(element);
      }
      return result.length === array.length && value !== undefined ? undefined : result;
    };
  },
  $pull: (operand) => {
    const matches = compileElementFilter(operand);
    return (value, target) => without(value, target, '$pull', matches);
  },
  $pullAll: (operand, path) => {
    if (!Array.isArray(operand)) {
      throw new CommandError(
        'BadValue',
        `$pullAll requires an array argument but was given a ${typeOf(operand)} at '${path}'`,
      );
    }
    return (value, target) =>
      without(value, target, '$pullAll', (element) => operand.some((pulled) => equal(pulled, element)));
  },
  $pop: (operand) => {
    const end = isNumeric(operand) ? integer(operand) : null;
    if (end !== 1n && end !== -1n)
      throw new CommandError('FailedToParse', `$pop expects 1 or -1, found: ${textOf(operand)}`);
    return (value, { path }) => {
      if (value === undefined) return undefined;
      if (!Array.isArray(value)) {
        throw new CommandError(
          'TypeMismatch',
          `Path '${path}' contains an element of non-array type '${typeOf(value)}'`,
        );
      }
      if (value.length === 0) return undefined;
      return end === 1n ? value.slice(0, -1) : value.slice(1);
    };
  },
  $bit: (operand, path) => {
    const operations = bitOperations(operand, path);
    return (value = new Int32(0), target) => {
      if (!(value instanceof Int32) && !(value instanceof Long)) {
        throw new CommandError(
          'BadValue',
          `Cannot apply $bit to a value of non-integral type.${idText(target)} has the field ${target.path} of non-integer type ${typeOf(value)}`,
        );
      }
      return operations.reduce<Int32 | Long>((current, { combine, by }) => {
        const type = widest(numericTypeOf(current), numericTypeOf(by)) === 'long' ? 'long' : 'int';
        const bits = combine(BigInt(current.toString()), BigInt(by.toString()));
        return whole(bits, type) ?? current;
      }, value);
    };
  },
};

function numeric(name: string, operand: unknown, path: string): Numeric {
  if (isNumeric(operand)) return operand;
  throw new CommandError(
    'TypeMismatch',
    `Cannot ${name === '$inc' ? 'increment' : 'multiply'} with non-numeric argument: {${path}: ${textOf(operand)}}`,
  );
}

function computed(
  name: string,
  compute: (a: Numeric, b: Numeric) => Numeric,
  value: unknown,
  by: Numeric,
  target: Target,
): Numeric {
  if (!isNumeric(value)) {
    throw new CommandError(
      'TypeMismatch',
      `Cannot apply ${name} to a value of non-numeric type. ${idText(target)} has the field '${target.path.split('.').at(-1)}' of non-numeric type ${typeOf(value)}`,
    );
  }
  const result = compute(value, by);
  const type = widest(numericTypeOf(value), numericTypeOf(by));
  // If an integer result does not fit in a long, a pipeline returns a double, but an update operator returns an error.
  if (numericTypeOf(result) === 'double' && type !== 'double') {
    throw new CommandError(
      'BadValue',
      `Failed to apply ${name} operations to current value ((NumberLong)${textOf(value)}) for document ${idText(target)}`,
    );
  }
  return result;
}

function idText({ document }: Target): string {
  return `{_id: ${document.has('_id') ? textOf(document.get('_id')) : 'no id'}}`;
}

function currentDateType(operand: unknown, path: string): 'date' | 'timestamp' {
  if (typeof operand === 'boolean') return 'date';
  const type = isDocument(operand) && operand.size === 1 ? operand.get('$type') : undefined;
  if (type === 'date' || type === 'timestamp') return type;
  throw new CommandError(
    'BadValue',
    `${textOf(operand)} at '${path}' is not valid for $currentDate: expected true or {$type: 'date'} or {$type: 'timestamp'}`,
  );
}

function arrayAt(
  value: unknown,
  { path }: Target,
  code: CodeName,
  message: (type: string, name: string) => string,
): readonly unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw new CommandError(code, message(typeOf(value), path));
}

function without(
  value: unknown,
  _target: Target,
  name: string,
  matches: (element: unknown) => boolean,
): unknown {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw new CommandError('BadValue', `Cannot apply ${name} to a non-array value`);
  const kept = value.filter((element) => !matches(element));
  return kept.length === value.length ? undefined : kept;
}

interface Push {
  readonly added: readonly unknown[];
  readonly position: number | null;
  readonly slice: number | null;
  readonly sort: ((array: readonly unknown[]) => unknown[]) | null;
}

function pushOperands(operand: unknown, path: string): Push {
  if (!isDocument(operand) || !operand.has('$each'))
    return { added: [operand], position: null, slice: null, sort: null };
  const added = eachOf('$push', operand, ['$each', '$position', '$slice', '$sort']);
  return {
    added,
    position: pushInteger(operand, '$position'),
    slice: pushInteger(operand, '$slice'),
    sort: operand.has('$sort') ? pushSort(operand.get('$sort'), path) : null,
  };
}

function eachOf(name: string, operand: Document, clauses: readonly string[]): readonly unknown[] {
  const unknown = [...operand.keys()].find((clause) => !clauses.includes(clause));
  if (unknown !== undefined) throw new CommandError('BadValue', `Unrecognized clause in ${name}: ${unknown}`);
  const added = operand.get('$each');
  if (Array.isArray(added)) return added;
  throw new CommandError(
    name === '$push' ? 'BadValue' : 'TypeMismatch',
    `The argument to $each in ${name} must be an array but it was of type: ${typeOf(added)}`,
  );
}

function pushInteger(operand: Document, clause: string): number | null {
  const value = operand.get(clause);
  if (value === undefined) return null;
  const number = isNumeric(value) ? integer(value) : null;
  if (number === null) {
    throw new CommandError(
      'BadValue',
      `The value for ${clause} must be an integer value but was given type: ${typeOf(value)}`,
    );
  }
  return Number(number);
}

function pushSort(pattern: unknown, path: string): (array: readonly unknown[]) => unknown[] {
  if (isDocument(pattern)) {
    if (pattern.size === 0)
      throw new CommandError('BadValue', 'The $sort pattern is empty when it should be a set of fields.');
    const sort = sorted(pattern);
    return (array) => sort(array, (element) => (isDocument(element) ? element : new Map()));
  }
  const direction = isNumeric(pattern) ? integer(pattern) : null;
  if (direction !== 1n && direction !== -1n) {
    throw new CommandError('BadValue', `The $sort element value must be either 1 or -1 at '${path}'`);
  }
  return (array) => [...array].sort((a, b) => compare(a, b) * Number(direction));
}

function sorted(pattern: Document): ReturnType<typeof compileSort> {
  try {
    return compileSort(pattern);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError('BadValue', error.message);
  }
}

const BIT_OPERATIONS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};

function bitOperations(
  operand: unknown,
  path: string,
): readonly { readonly combine: (a: bigint, b: bigint) => bigint; readonly by: Int32 | Long }[] {
  if (!isDocument(operand)) {
    throw new CommandError(
      'BadValue',
      `The $bit modifier is not compatible with a ${typeOf(operand)}. You must pass in an embedded document: {$bit: {field: {and/or/xor: #}}`,
    );
  }
  if (operand.size === 0) {
    throw new CommandError(
      'BadValue',
      `You must pass in at least one bitwise operation. The format is: {$bit: {field: {and/or/xor: #}} (${path})`,
    );
  }
  return [...operand].map(([name, by]) => {
    const combine = Object.hasOwn(BIT_OPERATIONS, name) ? BIT_OPERATIONS[name] : undefined;
    if (combine === undefined) {
      throw new CommandError(
        'BadValue',
        `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}' which is an unknown operator: {${name}: ${textOf(by)}}`,
      );
    }
    if (by instanceof Int32 || by instanceof Long) return { combine, by };
    throw new CommandError(
      'BadValue',
      `The $bit modifier field must be an Integer(32/64 bit); a '${typeOf(by)}' is not supported here: {${name}: ${textOf(by)}}`,
    );
  });
}
