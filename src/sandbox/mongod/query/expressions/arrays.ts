import { Int32 } from 'bson';
import type { Document } from '../../bson-codec.ts';
import { CommandError } from '../../command-error.ts';
import { compare, equal } from '../../values/compare.ts';
import { integer, Sum } from '../../values/numbers.ts';
import { isNullish, isNumeric, typeOf } from '../../values/types.ts';
import { quotient } from './arithmetic.ts';
import { isTrue, withVariables } from './conditions.ts';
import {
  binary,
  namedFields,
  type Operator,
  type OperatorTable,
  operands,
  unary,
  variadic,
  withArguments,
} from './expression.ts';

export const ARRAYS: OperatorTable = {
  $size: unary((value) => {
    if (Array.isArray(value)) return new Int32(value.length);
    throw new CommandError(
      'Location17124',
      `The argument to $size must be an array, but was of type: ${typeOf(value)}`,
    );
  }),
  $isArray: unary((value) => Array.isArray(value)),
  $in: binary((value, list) => {
    if (Array.isArray(list)) return list.some((element) => equal(element, value));
    throw new CommandError(
      'Location40081',
      `$in requires an array as a second argument, found: ${typeOf(list)}`,
    );
  }),
  $arrayElemAt: binary((list, index, name) => {
    if (isNullish(list) || isNullish(index)) return null;
    const array = arrayFor(list, 'Location28689', `${name}'s first argument must be an array`);
    return array.at(indexFor(index, 'Location28690', `${name}'s second argument must be a numeric value`));
  }),
  $first: end(0),
  $last: end(-1),
  $concatArrays: variadic((lists, name) => {
    if (lists.some(isNullish)) return null;
    return lists.flatMap((list) => arrayFor(list, 'Location28664', `${name} only supports arrays`));
  }),
  $reverseArray: unary((list) => {
    if (isNullish(list)) return null;
    return [...arrayFor(list, 'Location34435', 'The argument to $reverseArray must be an array')].reverse();
  }),
  $slice: withArguments(2, 3, ([list, a, b], name) => {
    if (isNullish(list) || isNullish(a)) return null;
    const array = arrayFor(list, 'Location28724', `First argument to ${name} must be an array`);
    const first = indexFor(a, 'Location28725', `Second argument to ${name} must be a numeric value`);
    if (b === null) return null;
    if (b === undefined) return sliced(array, first, null);
    const count = indexFor(b, 'Location28727', `Third argument to ${name} must be numeric`);
    if (count <= 0) {
      throw new CommandError('Location28729', `Third argument to ${name} must be positive: ${count}`);
    }
    return sliced(array, first, count);
  }),
  $range: withArguments(2, 3, ([a, b, c = new Int32(1)], name) => {
    const [start, end, step] = [a, b, c].map((value) =>
      indexFor(value, 'Location34443', `${name} requires a numeric value`),
    );
    if (step === undefined || start === undefined || end === undefined || step === 0) {
      throw new CommandError('Location34449', `${name} requires a non-zero step value`);
    }
    const count = Math.max(0, Math.ceil((end - start) / step));
    return Array.from({ length: count }, (_, index) => new Int32(start + index * step));
  }),
  $indexOfArray: withArguments(2, 4, ([list, value, from = new Int32(0), to], name) => {
    if (isNullish(list)) return null;
    const array = arrayFor(list, 'Location40090', `${name} requires an array as a first argument`);
    const start = indexFor(from, 'Location40096', `${name} requires an integral starting index`);
    const end =
      to === undefined
        ? array.length
        : indexFor(to, 'Location40096', `${name} requires an integral ending index`);
    if (start < 0 || end < 0) {
      throw new CommandError('Location40097', `${name} requires a nonnegative index`);
    }
    return new Int32(
      array.findIndex((element, index) => index >= start && index < end && equal(element, value)),
    );
  }),
  $filter: (operand, { name, compile }) => {
    const fields = namedFields(
      operand,
      name,
      { required: ['input', 'cond'], optional: ['as', 'limit'] },
      { shape: 28646, unknown: 28647, missing: 28648 },
    );
    const variable = nameOf(fields);
    const [input, condition] = [compile(fields.get('input')), compile(fields.get('cond'), variable)];
    const limit = fields.has('limit') ? compile(fields.get('limit')) : null;
    return (scope) => {
      const list = input(scope);
      if (isNullish(list)) return null;
      const kept = arrayFor(list, 'Location28651', 'input to $filter must be an array').filter((element) =>
        isTrue(condition(withVariables(scope, [[variable, element]]))),
      );
      const most = limit?.(scope);
      if (isNullish(most)) return kept;
      const count = indexFor(
        most,
        'Location327391',
        '$filter: limit must be represented as a 32-bit integral value',
      );
      if (count < 1) throw new CommandError('Location327392', '$filter: limit must be greater than 0');
      return kept.slice(0, count);
    };
  },
  $map: (operand, { name, compile }) => {
    const fields = namedFields(
      operand,
      name,
      { required: ['input', 'in'], optional: ['as'] },
      { shape: 16878, unknown: 16879, missing: 16880 },
    );
    const variable = nameOf(fields);
    const [input, body] = [compile(fields.get('input')), compile(fields.get('in'), variable)];
    return (scope) => {
      const list = input(scope);
      if (isNullish(list)) return null;
      return arrayFor(list, 'Location16883', 'input to $map must be an array').map(
        (element) => body(withVariables(scope, [[variable, element]])) ?? null,
      );
    };
  },
  $reduce: (operand, { name, compile }) => {
    const fields = namedFields(
      operand,
      name,
      { required: ['input', 'initialValue', 'in'] },
      { shape: 40075, unknown: 40076, missing: 40077 },
    );
    const [input, initial] = [compile(fields.get('input')), compile(fields.get('initialValue'))];
    const body = compile(fields.get('in'), 'this', 'value');
    return (scope) => {
      const list = input(scope);
      if (isNullish(list)) return null;
      return arrayFor(list, 'Location40080', "$reduce requires that 'input' be an array").reduce<unknown>(
        (value, element) =>
          body(
            withVariables(scope, [
              ['this', element],
              ['value', value],
            ]),
          ),
        initial(scope),
      );
    };
  },
  $sum: folded(sumOf),
  $avg: folded(averageOf),
  $min: folded((values) => extreme(values, -1)),
  $max: folded((values) => extreme(values, 1)),
};

/** Returns the sum of all numbers among the values, or 0 if no value is a number. */
export function sumOf(values: readonly unknown[]): unknown {
  return summed(values).total;
}

/**
 * Returns the average of all numbers among the values, as a double or a decimal. Returns null if no value is a number.
 */
export function averageOf(values: readonly unknown[]): unknown {
  const count = values.filter(isNumeric).length;
  return count === 0 ? null : quotient(summed(values).total, new Int32(count));
}

function summed(values: readonly unknown[]): Sum {
  const sum = new Sum();
  for (const value of values.filter(isNumeric)) sum.add(value);
  return sum;
}

/**
 * Returns the minimum value (`sign` -1) or the maximum value (`sign` 1). Ignores null and missing values. Returns null
 * if all values are null or missing.
 */
export function extreme(values: readonly unknown[], sign: 1 | -1): unknown {
  const present = values.filter((value) => !isNullish(value));
  if (present.length === 0) return null;
  return present.reduce((best, value) => (compare(value, best) * sign > 0 ? value : best));
}

/**
 * Returns the expression operator for an accumulator. If the only operand is an array, the accumulator applies to the
 * array elements. In all other cases, the accumulator applies to the operands.
 */
function folded(evaluate: (values: readonly unknown[]) => unknown): Operator {
  return (operand, context) => {
    const list = operands(operand, context);
    return (scope) => {
      const values = list.map((expression) => expression(scope));
      const [only] = values;
      return evaluate(values.length === 1 && Array.isArray(only) ? only : values);
    };
  };
}

function end(index: 0 | -1): Operator {
  return unary((list, name) => {
    if (isNullish(list)) return null;
    return arrayFor(list, 'Location28689', `${name}'s argument must be an array`).at(index);
  });
}

/**
 * Returns the result of `$slice`. If `count` is a number, `first` is the start position, and `count` is the number of
 * elements. If `count` is null, `first` is the number of elements. A negative `first` counts from the end of the array.
 */
export function sliced(array: readonly unknown[], first: number, count: number | null): readonly unknown[] {
  if (count === null) return first < 0 ? array.slice(first) : array.slice(0, first);
  const start = first < 0 ? Math.max(0, array.length + first) : first;
  return array.slice(start, start + count);
}

function nameOf(fields: Document): string {
  const name = fields.get('as');
  if (name === undefined) return 'this';
  if (typeof name === 'string' && name !== '') return name;
  throw new CommandError('FailedToParse', 'empty variable names are not allowed');
}

function arrayFor(value: unknown, code: `Location${number}`, message: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new CommandError(code, `${message}, but is ${typeOf(value)}`);
}

function indexFor(value: unknown, code: `Location${number}`, message: string): number {
  const index = isNumeric(value) ? integer(value) : null;
  if (index !== null && index >= -(2n ** 31n) && index < 2n ** 31n) return Number(index);
  throw new CommandError(code, `${message}, but is ${typeOf(value)}`);
}
