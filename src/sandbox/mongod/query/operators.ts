import { Binary, BSONRegExp } from 'bson';
import type { Document } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import { unsupported } from '../unsupported.ts';
import { compare } from '../values/compare.ts';
import { exact, integer, special, truncated } from '../values/numbers.ts';
import { textOf } from '../values/text.ts';
import { type BsonType, isDocument, isNumeric, TYPES, typeOf } from '../values/types.ts';
import { isTrue } from './expressions/conditions.ts';
import { compilePattern } from './regular-expression.ts';

/** A test that one query operator defines for a field. */
export interface Test {
  /**
   * Returns true if the field meets the condition.
   *
   * @param values the values at the path of the field; a missing field has the value `undefined`
   * @param expands if true, tests an array and each array element; if false, tests an array as one value
   */
  readonly holds: (values: readonly unknown[], expands: boolean) => boolean;
  /**
   * True for a negated condition such as `$ne`. The positional operator ignores negated conditions, because they match
   * no array element.
   */
  readonly isNegated: boolean;
  /** Tests one array element. Defined only for `$elemMatch`. */
  readonly element?: (element: unknown) => boolean;
  /** The value that an upsert stores in the field. Defined only for an equality. */
  readonly equals?: unknown;
  /** True for `$in` with one value. MongoDB might treat this condition as an equality. */
  readonly isAmbiguous?: boolean;
}

/** The filter compiler functions that the query operators call. */
export interface Compilers {
  readonly testsOf: (operand: unknown) => readonly Test[];
  readonly elementTest: (argument: Document) => (element: unknown) => boolean;
  readonly isOperators: (value: unknown) => value is Document;
}

type Compile = (argument: unknown, operators: Document, compilers: Compilers) => readonly Test[];

/** The field-level query operators that the lab supports. */
export const OPERATORS: Readonly<Record<string, Compile>> = {
  $eq: (argument) => [equality(argument)],
  $ne: (argument) => {
    if (argument instanceof BSONRegExp) throw new CommandError('BadValue', "Can't have regex as arg to $ne.");
    return [negation([equality(argument)])];
  },
  $gt: (argument) => [ordering('$gt', argument)],
  $gte: (argument) => [ordering('$gte', argument)],
  $lt: (argument) => [ordering('$lt', argument)],
  $lte: (argument) => [ordering('$lte', argument)],
  $in: (argument, _, compilers) => [membership('$in', argument, compilers)],
  $nin: (argument, _, compilers) => [negation([membership('$nin', argument, compilers)])],
  $exists: (argument) => {
    const isPresent: Test = {
      holds: (values) => values.some((value) => value !== undefined),
      isNegated: false,
    };
    return [isTrue(argument) ? isPresent : negation([isPresent])];
  },
  $type: (argument) => {
    const types = new Set((Array.isArray(argument) ? argument : [argument]).flatMap(typesNamed));
    if (types.size === 0) throw new CommandError('FailedToParse', 'a must match at least one type');
    return [ofLeaves((value) => types.has(typeOf(value)))];
  },
  $not: (argument, _, { testsOf, isOperators }) => {
    if (argument instanceof BSONRegExp) return [negation([patternTest(argument.pattern, argument.options)])];
    if (!isDocument(argument)) throw new CommandError('BadValue', '$not needs a regex or a document');
    if (argument.size === 0) throw new CommandError('BadValue', '$not cannot be empty');
    const [first] = argument.keys();
    if (!isOperators(argument)) throw new CommandError('BadValue', `unknown operator: ${first}`);
    return [negation(testsOf(argument))];
  },
  $all: (argument, _, { testsOf, isOperators }) => {
    if (!Array.isArray(argument)) throw new CommandError('BadValue', '$all needs an array');
    if (argument.length === 0) return [{ holds: () => false, isNegated: false }];
    const isElement = (value: unknown): boolean => isDocument(value) && value.has('$elemMatch');
    if (isElement(argument[0]) && !argument.every(isElement)) {
      throw new CommandError('BadValue', '$all/$elemMatch has to be consistent');
    }
    return argument.flatMap((value: unknown) => {
      if (isOperators(value) && !isElement(argument[0])) {
        throw new CommandError('BadValue', `no $ expressions in $all: ${textOf(value)}`);
      }
      return testsOf(value);
    });
  },
  $elemMatch: (argument, _, { elementTest }) => {
    if (!isDocument(argument)) throw new CommandError('BadValue', '$elemMatch needs an Object');
    const element = elementTest(argument);
    return [
      {
        holds: (values) => values.some((value) => Array.isArray(value) && value.some(element)),
        isNegated: false,
        element,
      },
    ];
  },
  $size: (argument) => {
    const size = isNumeric(argument) ? integer(argument) : null;
    if (size === null)
      throw new CommandError(
        'BadValue',
        `Failed to parse $size. Expected an integer: $size: ${textOf(argument)}`,
      );
    if (size < 0n)
      throw new CommandError(
        'BadValue',
        `Failed to parse $size. Expected a non-negative number in: $size: ${textOf(argument)}`,
      );
    return [
      {
        holds: (values) => values.some((value) => Array.isArray(value) && BigInt(value.length) === size),
        isNegated: false,
      },
    ];
  },
  $mod: (argument) => {
    const [divisor, remainder] = modOperands(argument);
    return [
      ofLeaves((value) => {
        const number = isNumeric(value) ? truncated(value) : null;
        return number !== null && number % divisor === remainder;
      }),
    ];
  },
  $regex: (argument, operators) => {
    const options = operators.get('$options');
    if (options !== undefined && typeof options !== 'string') {
      throw new CommandError('BadValue', '$options has to be a string');
    }
    if (typeof argument === 'string') return [patternTest(argument, options ?? '')];
    if (!(argument instanceof BSONRegExp)) throw new CommandError('BadValue', '$regex has to be a string');
    if (options !== undefined && argument.options !== '') {
      throw new CommandError('Location51075', 'options set in both $regex and $options');
    }
    return [patternTest(argument.pattern, options ?? argument.options)];
  },
  $options: (_, operators) => {
    if (!operators.has('$regex')) throw new CommandError('BadValue', '$options needs a $regex');
    return [];
  },
  $bitsAllSet: (argument) => [bits(argument, (value, mask) => (value & mask) === mask)],
  $bitsAllClear: (argument) => [bits(argument, (value, mask) => (value & mask) === 0n)],
  $bitsAnySet: (argument) => [bits(argument, (value, mask) => (value & mask) !== 0n)],
  $bitsAnyClear: (argument) => [bits(argument, (value, mask) => (value & mask) !== mask)],
};

/** Returns a test for equality with the operand. A missing field equals null. */
export function equality(operand: unknown): Test {
  const isNull = operand === null;
  const test = ofLeaves((value) => (value === undefined ? isNull : compare(value, operand) === 0));
  return { ...test, equals: operand };
}

/**
 * Returns a test for a PCRE pattern. The test accepts strings that match the pattern. The test also accepts a regular
 * expression with the same pattern and options.
 */
export function patternTest(pattern: string, options: string): Test {
  const expression = compilePattern(pattern, options);
  const sorted = [...options].sort().join('');
  return ofLeaves((value) => {
    if (typeof value === 'string') return expression.test(value);
    return value instanceof BSONRegExp && value.pattern === pattern && value.options === sorted;
  });
}

function ofLeaves(matches: (value: unknown) => boolean): Test {
  return {
    holds: (values, expands) =>
      values.some((value) => matches(value) || (expands && Array.isArray(value) && value.some(matches))),
    isNegated: false,
  };
}

function negation(tests: readonly Test[]): Test {
  return {
    holds: (values, expands) => !tests.every(({ holds }) => holds(values, expands)),
    isNegated: true,
  };
}

const ORDERS: Readonly<Record<string, (difference: number) => boolean>> = {
  $gt: (difference) => difference > 0,
  $gte: (difference) => difference >= 0,
  $lt: (difference) => difference < 0,
  $lte: (difference) => difference <= 0,
};

/**
 * Returns a test that compares a value with the operand. Values of a different type do not match. All number types
 * count as one type.
 */
function ordering(name: string, operand: unknown): Test {
  if (operand instanceof BSONRegExp) {
    throw new CommandError('BadValue', `Can't have RegEx as arg to predicate over field '${name}'.`);
  }
  const type = typeOf(operand);
  if (type === 'minKey' || type === 'maxKey') throw unsupported('NotImplemented', `${name} with ${type}`);
  const holds = ORDERS[name];
  const takesEqual = name.endsWith('e');
  if (type === 'null') return ofLeaves((value) => takesEqual && (value ?? null) === null);
  return ofLeaves((value) => {
    if (TYPES[typeOf(value)].order !== TYPES[type].order) return false;
    const difference = compare(value, operand);
    // NaN equals only NaN. Every other comparison with NaN is false.
    if (isNaNumber(value) || isNaNumber(operand)) return takesEqual && difference === 0;
    return holds?.(difference) ?? false;
  });
}

const isNaNumber = (value: unknown): boolean => isNumeric(value) && Number.isNaN(special(value));

function membership(name: string, argument: unknown, { testsOf, isOperators }: Compilers): Test {
  if (!Array.isArray(argument)) throw new CommandError('BadValue', `${name} needs an array`);
  const tests = argument.flatMap((value: unknown) => {
    if (isOperators(value)) throw new CommandError('BadValue', `cannot nest $ under ${name}`);
    return testsOf(value);
  });
  return {
    holds: (values, expands) => tests.some(({ holds }) => holds(values, expands)),
    isNegated: false,
    isAmbiguous: tests.length === 1,
  };
}

function typesNamed(argument: unknown): readonly BsonType[] {
  if (argument === 'number') return ['int', 'long', 'double', 'decimal'];
  const found = Object.entries(TYPES).filter(([name, { number }]) =>
    typeof argument === 'string'
      ? name === argument
      : isNumeric(argument) && integer(argument) === BigInt(number),
  );
  const types = found.map(([name]) => name as BsonType).filter((name) => name !== 'missing');
  if (types.length > 0) return types;
  if (isDeprecatedType(argument)) throw unsupported('BadValue', `$type: ${textOf(argument)}`);
  if (typeof argument === 'string')
    throw new CommandError('BadValue', `Unknown type name alias: ${argument}`);
  if (isNumeric(argument))
    throw new CommandError('BadValue', `Invalid numerical type code: ${textOf(argument)}`);
  throw new CommandError('TypeMismatch', 'type must be represented as a number or a string');
}

function isDeprecatedType(argument: unknown): boolean {
  return (
    ['undefined', 'dbPointer', 'symbol', 'javascriptWithScope'].includes(String(argument)) ||
    ['6', '12', '14', '15'].includes(String(argument))
  );
}

function modOperands(argument: unknown): readonly [divisor: bigint, remainder: bigint] {
  if (!Array.isArray(argument)) throw new CommandError('BadValue', 'malformed mod, needs to be an array');
  if (argument.length < 2) throw new CommandError('BadValue', 'malformed mod, not enough elements');
  if (argument.length > 2) throw new CommandError('BadValue', 'malformed mod, too many elements');
  const [divisor, remainder] = argument.map((value: unknown, index) => {
    const number = isNumeric(value) ? truncated(value) : null;
    if (number !== null) return number;
    throw new CommandError(
      'BadValue',
      `malformed mod, ${index === 0 ? 'divisor' : 'remainder'} not a number`,
    );
  });
  if (divisor === 0n) throw new CommandError('BadValue', 'divisor cannot be 0');
  return [divisor ?? 1n, remainder ?? 0n];
}

const INT64 = 64;

function bits(argument: unknown, matches: (value: bigint, mask: bigint) => boolean): Test {
  const mask = maskOf(argument);
  return ofLeaves((value) => {
    if (value instanceof Binary) throw unsupported('NotImplemented', 'bitwise operators on binData');
    const number = isNumeric(value) && exact(value) !== null ? integer(value) : null;
    if (number === null || BigInt.asIntN(INT64, number) !== number) return false;
    // In MongoDB, all bit positions above 63 have the value of the sign bit. JavaScript operators for BigInt values use
    // the same rule.
    return matches(number, mask);
  });
}

function maskOf(argument: unknown): bigint {
  if (Array.isArray(argument)) {
    return argument.reduce<bigint>((mask, value: unknown) => {
      const position = isNumeric(value) ? integer(value) : null;
      if (position === null || position < 0n || position >= 2n ** 31n) {
        throw new CommandError('BadValue', 'bit positions must be nonnegative integers');
      }
      if (position > 1000n) throw unsupported('NotImplemented', 'bit positions beyond 1000');
      return mask | (1n << position);
    }, 0n);
  }
  if (argument instanceof Binary) throw unsupported('NotImplemented', 'binData as a bit mask');
  const mask = isNumeric(argument) ? integer(argument) : null;
  if (mask === null || mask < 0n || BigInt.asIntN(INT64, mask) !== mask) {
    throw new CommandError(
      'FailedToParse',
      'a bit mask must be an array of positions, binData, or a nonnegative integer',
    );
  }
  return mask;
}
