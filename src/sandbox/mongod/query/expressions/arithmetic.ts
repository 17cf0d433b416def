import { Double, Int32, Long } from 'bson';
import { CommandError } from '../../command-error.ts';
import { unsupported } from '../../unsupported.ts';
import {
  compareNumbers,
  decimal,
  decimalOperand,
  divideDecimals,
  exact,
  integer,
  multiply,
  native,
  negated,
  numericTypeOf,
  roundedAt,
  Sum,
  toDouble,
  truncated,
  whole,
  widest,
} from '../../values/numbers.ts';
import { isNullish, isNumeric, type Numeric, typeOf } from '../../values/types.ts';
import { binary, type Operator, type OperatorTable, unary, variadic, withArguments } from './expression.ts';

const ZERO = new Int32(0);

export const ARITHMETIC: OperatorTable = {
  $add: variadic((values, name) => {
    if (values.some(isNullish)) return null;
    const dates = values.filter((value) => value instanceof Date);
    if (dates.length > 1)
      throw new CommandError('Location16612', 'only one date allowed in an $add expression');
    const sum = new Sum();
    for (const value of values) {
      if (!(value instanceof Date)) sum.add(numeric(value, name, 'numeric or date types'));
    }
    const [date] = dates;
    return date === undefined ? sum.total : shifted(date, sum.total);
  }),
  $subtract: binary((a, b) => {
    if (isNullish(a) || isNullish(b)) return null;
    if (a instanceof Date && b instanceof Date) return Long.fromNumber(a.getTime() - b.getTime());
    if (a instanceof Date && isNumeric(b)) return shifted(a, negated(b));
    if (!isNumeric(a) || !isNumeric(b)) {
      throw new CommandError('TypeMismatch', `can't $subtract ${typeOf(b)} from ${typeOf(a)}`);
    }
    const sum = new Sum();
    sum.add(a);
    sum.add(negated(b));
    const type = widest(numericTypeOf(a), numericTypeOf(b));
    // If `b` is the minimum int, `negated(b)` is a long. Therefore, the sum is also a long. If both operands are ints
    // and the sum fits in an int, the sum is converted back to an int.
    return type === 'int' && sum.total instanceof Long
      ? (whole(sum.total.toBigInt(), 'int') ?? sum.total)
      : sum.total;
  }),
  $multiply: variadic((values, name) => {
    if (values.some(isNullish)) return null;
    const factors = values.map((value) => numeric(value, name, 'numeric types'));
    return factors.reduce<Numeric>(multiply, new Int32(1));
  }),
  $divide: binary((a, b, name) => {
    if (isNullish(a) || isNullish(b)) return null;
    if (!isNumeric(a) || !isNumeric(b)) {
      throw new CommandError(
        'TypeMismatch',
        `${name} only supports numeric types, not ${typeOf(a)} and ${typeOf(b)}`,
      );
    }
    if (compareNumbers(b, ZERO) === 0) throw new CommandError('BadValue', "can't $divide by zero");
    return quotient(a, b);
  }),
  $mod: binary((a, b, name) => {
    if (isNullish(a) || isNullish(b)) return null;
    if (!isNumeric(a) || !isNumeric(b)) {
      throw new CommandError(
        'Location16611',
        `${name} only supports numeric types, not ${typeOf(a)} and ${typeOf(b)}`,
      );
    }
    if (compareNumbers(b, ZERO) === 0) throw new CommandError('Location16610', "can't $mod by zero");
    const type = widest(numericTypeOf(a), numericTypeOf(b));
    if (type === 'decimal') throw unsupported('NotImplemented', '$mod of decimals');
    if (type === 'double') return new Double(toDouble(a) % toDouble(b));
    const rest = BigInt(native(a as Int32)) % BigInt(native(b as Int32));
    return whole(rest, type);
  }),
  $abs: ofNumber((value) => (compareNumbers(value, ZERO) < 0 ? negated(value) : value)),
  $ceil: ofNumber((value) => toWhole(value, Math.ceil)),
  $floor: ofNumber((value) => toWhole(value, Math.floor)),
  $round: rounding((value, place) => roundedAt(value, -place)),
  $trunc: rounding((value, place) => {
    const divisor = 10n ** BigInt(Math.max(0, -place - value.exponent));
    return { coefficient: value.coefficient / divisor, exponent: Math.max(value.exponent, -place) };
  }),
  $sqrt: ofNumber((value) => {
    if (numericTypeOf(value) === 'decimal') throw unsupported('NotImplemented', '$sqrt of decimals');
    const number = toDouble(value);
    if (number < 0)
      throw new CommandError('Location28714', "$sqrt's argument must be greater than or equal to 0");
    return new Double(Math.sqrt(number));
  }),
};

/**
 * Returns the quotient for `$divide` and `$avg`. The quotient is a decimal if an operand is a decimal, and a double in
 * all other cases.
 */
export function quotient(a: Numeric, b: Numeric): Numeric {
  if (widest(numericTypeOf(a), numericTypeOf(b)) === 'decimal') {
    return divideDecimals(decimalOperand(a), decimalOperand(b));
  }
  return new Double(toDouble(a) / toDouble(b));
}

function numeric(value: unknown, name: string, supported: string): Numeric {
  if (isNumeric(value)) return value;
  throw new CommandError('TypeMismatch', `${name} only supports ${supported}, not ${typeOf(value)}`);
}

function shifted(date: Date, by: Numeric): Date {
  const milliseconds = integer(by);
  if (milliseconds === null)
    throw unsupported('NotImplemented', 'adding fractions of a millisecond to a date');
  return new Date(date.getTime() + Number(milliseconds));
}

function ofNumber(evaluate: (value: Numeric) => unknown): Operator {
  return unary((value, name) => {
    if (isNullish(value)) return null;
    if (!isNumeric(value)) {
      throw new CommandError('Location28765', `${name} only supports numeric types, not ${typeOf(value)}`);
    }
    return evaluate(value);
  });
}

function toWhole(value: Numeric, round: (number: number) => number): Numeric {
  if (value instanceof Double) return new Double(round(value.valueOf()));
  if (numericTypeOf(value) !== 'decimal') return value;
  throw unsupported('NotImplemented', 'rounding decimals');
}

function rounding(
  round: (
    value: NonNullable<ReturnType<typeof exact>>,
    place: number,
  ) => NonNullable<ReturnType<typeof exact>>,
): Operator {
  return withArguments(1, 2, ([value, precision = ZERO], name) => {
    if (isNullish(value) || precision === null) return null;
    if (!isNumeric(value)) {
      throw new CommandError('Location51081', `${name} only supports numeric types, not ${typeOf(value)}`);
    }
    const place = isNumeric(precision) ? integer(precision) : null;
    if (place === null || place < -20n || place > 100n) {
      throw new CommandError(
        'Location51082',
        `precision argument to ${name} must be a integral value between -20 and 100`,
      );
    }
    const parts = exact(value);
    if (parts === null) return value;
    const rounded = round(parts, Number(place));
    const type = numericTypeOf(value);
    if (type === 'decimal') return decimal(rounded);
    if (type === 'double') return new Double(Number(`${rounded.coefficient}e${rounded.exponent}`));
    return whole(truncated(decimal(rounded)) ?? 0n, type);
  });
}
