import { Decimal128, Double, Int32, Long } from 'bson';
import { unsupported } from '../unsupported.ts';
import { type Numeric, type NumericType, typeOf } from './types.ts';

/** A number with the exact value `coefficient * 10 ** exponent`. */
export interface Exact {
  readonly coefficient: bigint;
  readonly exponent: number;
}

/** The precision of a Decimal128 in decimal digits. */
const DIGITS = 34;
const MAX_EXPONENT = 6000;
const INT_LIMIT = 2n ** 31n;
const LONG_LIMIT = 2n ** 63n;
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/;
const WIDTH: readonly NumericType[] = ['int', 'long', 'double', 'decimal'];

/**
 * Converts a BSON number to a JavaScript value without a loss of precision. A long becomes a bigint. An int or a
 * double becomes a number.
 */
export function native(value: Int32 | Long | Double): number | bigint {
  return value instanceof Long ? value.toBigInt() : value.valueOf();
}

/** Returns the exact value of a number, or null for NaN and infinity. */
export function exact(value: Numeric): Exact | null {
  if (value instanceof Decimal128) return exactDecimal(value.toString());
  const number = native(value);
  if (typeof number === 'bigint') return { coefficient: number, exponent: 0 };
  if (Number.isInteger(number)) return { coefficient: BigInt(number), exponent: 0 };
  return Number.isFinite(number) ? exactFraction(number) : null;
}

function exactDecimal(text: string): Exact | null {
  const parts = DECIMAL.exec(text);
  if (parts === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  return {
    coefficient: BigInt(`${sign}${whole}${fraction}`),
    exponent: Number(exponent) - fraction.length,
  };
}

/** Returns the exact value of a double that is not an integer. A double `m / 2^n` equals `m * 5^n / 10^n`. */
function exactFraction(number: number): Exact {
  let scaled = number;
  let exponent = 0;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    exponent += 1;
  }
  return { coefficient: BigInt(scaled) * 5n ** BigInt(exponent), exponent: -exponent };
}

/** Returns NaN, Infinity or -Infinity as a JavaScript number. Returns 0 for a finite value. */
export function special(value: Numeric): number {
  if (value instanceof Long || value instanceof Int32) return 0;
  const number = value instanceof Double ? value.valueOf() : Number(value.toString());
  if (Number.isNaN(number)) return number;
  if (value instanceof Decimal128 && exact(value) !== null) return 0;
  return Number.isFinite(number) ? 0 : number;
}

/** Compares two numbers. NaN equals NaN and is less than every other number. */
export function compareNumbers(a: Numeric, b: Numeric): number {
  if (a instanceof Int32 && b instanceof Int32) return a.valueOf() - b.valueOf();
  if (a instanceof Decimal128 || b instanceof Decimal128) return compareExact(a, b);
  const [x, y] = [native(a), native(b)];
  if (x < y) return -1;
  if (x > y) return 1;
  return Number(Number.isNaN(y)) - Number(Number.isNaN(x));
}

function compareExact(a: Numeric, b: Numeric): number {
  const [x, y] = [exact(a), exact(b)];
  if (x === null || y === null) {
    return compareNumbers(new Double(special(a)), new Double(special(b)));
  }
  const exponent = Math.min(x.exponent, y.exponent);
  const [left, right] = [at(x, exponent), at(y, exponent)];
  return left < right ? -1 : Number(left > right);
}

function at({ coefficient, exponent }: Exact, lower: number): bigint {
  return coefficient * 10n ** BigInt(exponent - lower);
}

/** Returns a key for a number. Equal numbers have the same key, even if their types differ. */
export function numberKey(value: Numeric): string {
  const simple = value instanceof Int32 || value instanceof Double ? value.valueOf() : Number.NaN;
  if (Number.isSafeInteger(simple)) return simple === 0 ? '0' : withoutZeros(simple);
  const parts = exact(value);
  if (parts === null) return String(special(value));
  let { coefficient, exponent } = parts;
  if (coefficient === 0n) return '0';
  while (coefficient % 10n === 0n) {
    coefficient /= 10n;
    exponent += 1;
  }
  return `${coefficient}e${exponent}`;
}

/** Returns the key that `numberKey` uses for a safe integer other than 0, for example `12e2` for 1200. */
function withoutZeros(number: number): string {
  let coefficient = number;
  let exponent = 0;
  while (coefficient % 10 === 0) {
    coefficient /= 10;
    exponent += 1;
  }
  return `${coefficient}e${exponent}`;
}

export function widest(a: NumericType, b: NumericType): NumericType {
  return WIDTH.indexOf(a) < WIDTH.indexOf(b) ? b : a;
}

export const numericTypeOf = (value: Numeric): NumericType => typeOf(value) as NumericType;

/**
 * Returns an int if `type` is `int` and the value fits in an int. Otherwise, returns a long. Returns null if the value
 * does not fit in a long.
 */
export function whole(value: bigint, type: 'int' | 'long'): Int32 | Long | null {
  if (type === 'int' && value >= -INT_LIMIT && value < INT_LIMIT) return new Int32(Number(value));
  return value >= -LONG_LIMIT && value < LONG_LIMIT ? Long.fromBigInt(value) : null;
}

/** Returns the value of an integer as a bigint. Returns null for a fraction, NaN or infinity. */
export function integer(value: Numeric): bigint | null {
  const parts = exact(value);
  if (parts === null) return null;
  if (parts.exponent >= 0) return at(parts, 0);
  const divisor = 10n ** BigInt(-parts.exponent);
  return parts.coefficient % divisor === 0n ? parts.coefficient / divisor : null;
}

/** Returns the integer part of a number, or null for NaN and infinity. */
export function truncated(value: Numeric): bigint | null {
  const parts = exact(value);
  if (parts === null) return null;
  return parts.exponent >= 0 ? at(parts, 0) : parts.coefficient / 10n ** BigInt(-parts.exponent);
}

/**
 * Converts a number to a double.
 *
 * @throws CommandError NotImplemented for a long that a double cannot represent exactly
 */
export function toDouble(value: Numeric): number {
  if (value instanceof Decimal128) return Number(value.toString());
  const number = native(value);
  if (typeof number === 'number') return number;
  if (!Number.isSafeInteger(Number(number))) {
    throw unsupported('NotImplemented', `converting the long ${number} to a double`);
  }
  return Number(number);
}

/**
 * Converts an exact value to a Decimal128. Rounds values with more than 34 digits (half to even).
 *
 * @throws CommandError NotImplemented if the absolute value of the exponent is greater than 6000
 */
export function decimal({ coefficient, exponent }: Exact): Decimal128 {
  const digits = String(coefficient < 0n ? -coefficient : coefficient).length;
  const surplus = digits - DIGITS;
  const rounded =
    surplus > 0 ? roundedAt({ coefficient, exponent }, exponent + surplus) : { coefficient, exponent };
  if (Math.abs(rounded.exponent) > MAX_EXPONENT) {
    throw unsupported('NotImplemented', 'decimals with exponents beyond 6000');
  }
  return Decimal128.fromString(`${rounded.coefficient}E${rounded.exponent}`);
}

/** Rounds a value to a multiple of `10 ** exponent` (half to even). */
export function roundedAt(value: Exact, exponent: number): Exact {
  if (value.exponent >= exponent) return value;
  const divisor = 10n ** BigInt(exponent - value.exponent);
  const sign = value.coefficient < 0n ? -1n : 1n;
  const magnitude = value.coefficient * sign;
  const quotient = magnitude / divisor;
  const twice = (magnitude % divisor) * 2n;
  const up = twice > divisor || (twice === divisor && quotient % 2n === 1n);
  return { coefficient: sign * (up ? quotient + 1n : quotient), exponent };
}

/**
 * Returns the exact value of a number for decimal arithmetic.
 *
 * @throws CommandError NotImplemented for a double, NaN or infinity
 */
export function decimalOperand(value: Numeric): Exact {
  const parts = value instanceof Double ? null : exact(value);
  if (parts === null)
    throw unsupported('NotImplemented', `decimal arithmetic with the ${typeOf(value)} ${value}`);
  return parts;
}

export function plus(a: Exact, b: Exact): Exact {
  const exponent = Math.min(a.exponent, b.exponent);
  return { coefficient: at(a, exponent) + at(b, exponent), exponent };
}

/**
 * Computes a sum in the same way as `$sum` and `$add`. The sum of integers and decimals is exact. For doubles, the
 * class compensates for the rounding error of each addition, as MongoDB's DoubleDoubleSummation does. The result has
 * the widest type among the operands, or a wider type if the sum does not fit in this type.
 */
export class Sum {
  #type: NumericType = 'int';
  #whole = 0n;
  #high = 0;
  #low = 0;
  #plain = 0;
  #hasDouble = false;
  #decimal: Exact = { coefficient: 0n, exponent: 0 };

  add(value: Numeric): void {
    this.#type = widest(this.#type, numericTypeOf(value));
    if (value instanceof Decimal128) this.#decimal = plus(this.#decimal, decimalOperand(value));
    else if (value instanceof Double) this.#addDouble(value.valueOf());
    else this.#whole += BigInt(native(value));
  }

  get type(): NumericType {
    return this.#type;
  }

  /** Returns the sum. @throws CommandError NotImplemented if the operands include both decimals and doubles */
  get total(): Numeric {
    if (this.#type === 'decimal') return decimal(this.exactTotal);
    if (this.#type === 'double') return new Double(this.double);
    return whole(this.#whole, this.#type) ?? new Double(Number(this.#whole));
  }

  /** Returns the sum of the integers and the decimals. */
  get exactTotal(): Exact {
    if (this.#hasDouble) throw unsupported('NotImplemented', 'a sum of decimals and doubles');
    return plus(this.#decimal, { coefficient: this.#whole, exponent: 0 });
  }

  /** Returns the sum of the integers and the doubles. */
  get double(): number {
    if (!this.#hasDouble) return Number(this.#whole);
    const sum = new Sum();
    sum.#high = this.#high;
    sum.#low = this.#low;
    sum.#plain = this.#plain;
    const nearest = Number(this.#whole);
    sum.#addDouble(nearest);
    sum.#addDouble(Number(this.#whole - BigInt(nearest)));
    return Number.isFinite(sum.#plain) ? sum.#high + sum.#low : sum.#plain;
  }

  #addDouble(x: number): void {
    this.#hasDouble = true;
    // `#plain` is the sum without compensation. If `#plain` is NaN or infinity, `#plain` is the final result.
    this.#plain += x;
    const [sum, rest] = twoSum(this.#high, x);
    const lower = rest + this.#low;
    this.#high = sum + lower;
    this.#low = lower - (this.#high - sum);
  }
}

/** Returns the rounded sum of two doubles, and the rounding error of this sum (Knuth's two-sum). */
function twoSum(a: number, b: number): readonly [sum: number, rest: number] {
  const sum = a + b;
  const part = sum - a;
  return [sum, a - (sum - part) + (b - part)];
}

/** Returns `a + b`. @throws CommandError NotImplemented if the lab cannot reproduce MongoDB's exact result */
export function add(a: Numeric, b: Numeric): Numeric {
  const sum = new Sum();
  sum.add(a);
  sum.add(b);
  return sum.total;
}

/** Returns `a * b`. If an integer product does not fit in a long, returns a double, as `add` does. */
export function multiply(a: Numeric, b: Numeric): Numeric {
  const type = widest(numericTypeOf(a), numericTypeOf(b));
  if (type === 'double') return new Double(toDouble(a) * toDouble(b));
  if (type === 'decimal') {
    const [x, y] = [decimalOperand(a), decimalOperand(b)];
    return decimal({ coefficient: x.coefficient * y.coefficient, exponent: x.exponent + y.exponent });
  }
  const product = BigInt(native(a as Int32 | Long)) * BigInt(native(b as Int32 | Long));
  return whole(product, type) ?? new Double(Number(product));
}

/** Returns `-value`. For the minimum int, the result is a long. */
export function negated(value: Numeric): Numeric {
  return multiply(value, new Int32(-1));
}

/**
 * Divides decimals. The quotient has at most 34 digits. The exponent of an exact quotient is as close as possible to
 * the preferred exponent of IEEE 754.
 */
export function divideDecimals(a: Exact, b: Exact): Decimal128 {
  const preferred = a.exponent - b.exponent;
  const scale = DIGITS * 2 + String(b.coefficient).length;
  const dividend = a.coefficient * 10n ** BigInt(scale);
  const quotient = dividend / b.coefficient;
  // Appends the digit 0 to an exact quotient and the digit 1 to an inexact quotient. Without the digit 1, rounding
  // could treat an inexact quotient as an exact half.
  const sticky = dividend % b.coefficient === 0n ? 0n : dividend < 0n !== b.coefficient < 0n ? -1n : 1n;
  let coefficient = quotient * 10n + sticky;
  let exponent = preferred - scale - 1;
  while (exponent < preferred && coefficient % 10n === 0n) {
    coefficient /= 10n;
    exponent += 1;
  }
  return decimal({ coefficient, exponent });
}
