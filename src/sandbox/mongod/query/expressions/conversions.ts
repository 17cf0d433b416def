import { Decimal128, Double, Int32, Long, ObjectId } from 'bson';
import { CommandError } from '../../command-error.ts';
import { unsupported } from '../../unsupported.ts';
import { truncated, whole } from '../../values/numbers.ts';
import { isNullish, isNumeric, type Tagged, tagged, typeOf } from '../../values/types.ts';
import { isTrue } from './conditions.ts';
import { named, type Operator, type OperatorTable, unary } from './expression.ts';

const WHOLE = /^-?\d+$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z)?$/;
/**
 * If the absolute value of a double is within these limits, JavaScript and MongoDB format the double in the same way.
 */
const PLAIN_DOUBLES = { least: 1e-4, most: 1e15 };

type Conversion = (from: Tagged) => unknown;

const CONVERSIONS_TO: Readonly<Record<string, Conversion>> = {
  int: (from) => toWhole(from, 'int'),
  long: (from) => toWhole(from, 'long'),
  double: (from) => {
    if (from.type === 'string') return new Double(Number(numberText(from.value, 'double')));
    if (from.type === 'bool') return new Double(Number(from.value));
    if (from.type === 'date') return new Double(from.value.getTime());
    return isNumeric(from.value) ? new Double(Number(from.value.toString())) : undefined;
  },
  decimal: (from) => {
    if (from.type === 'string') return Decimal128.fromString(numberText(from.value, 'decimal'));
    if (from.type === 'bool') return Decimal128.fromString(from.value ? '1' : '0');
    if (from.type === 'date') return Decimal128.fromString(String(from.value.getTime()));
    // When MongoDB converts a double to a decimal, it rounds to 15 significant digits and keeps trailing zeros.
    if (from.type === 'double') return Decimal128.fromString(fifteenDigits(from.value.valueOf()));
    return isNumeric(from.value) ? Decimal128.fromString(from.value.toString()) : undefined;
  },
  bool: ({ type, value }) => (type === 'minKey' || type === 'maxKey' ? undefined : isTrue(value)),
  string: ({ value }) => toText(value),
  objectId: (from) => {
    if (from.type === 'objectId') return from.value;
    if (from.type !== 'string') return undefined;
    if (/^[0-9a-fA-F]{24}$/.test(from.value)) return new ObjectId(from.value);
    throw failed(
      `Failed to parse objectId '${from.value}' in $convert with no onError value: Invalid string length for parsing to OID, expected 24 but found ${from.value.length}`,
    );
  },
  date: (from) => {
    if (from.type === 'date') return from.value;
    if (from.type === 'objectId') return from.value.getTimestamp();
    if (from.type === 'timestamp') return new Date(from.value.getHighBits() * 1000);
    if (from.type === 'string') return dateOf(from.value);
    if (from.type === 'long' || from.type === 'double' || from.type === 'decimal') {
      const milliseconds = truncated(from.value);
      if (milliseconds !== null) return new Date(Number(milliseconds));
    }
    return undefined;
  },
};

export const CONVERSIONS: OperatorTable = {
  $type: unary((value) => typeOf(value)),
  $isNumber: unary(isNumeric),
  $toInt: conversion('int'),
  $toLong: conversion('long'),
  $toDouble: conversion('double'),
  $toDecimal: conversion('decimal'),
  $toBool: conversion('bool'),
  $toString: conversion('string'),
  $toObjectId: conversion('objectId'),
  $toDate: conversion('date'),
  $convert: (operand, context) => {
    const values = named(
      operand,
      context,
      { required: ['input', 'to'], optional: ['onError', 'onNull'] },
      { shape: 9, unknown: 9, missing: 9 },
    );
    return (scope) => {
      const found = values(scope);
      const [input, to] = [found.get('input'), found.get('to')];
      if (isNullish(input)) return found.get('onNull') ?? null;
      if (isNullish(to)) return null;
      if (typeof to !== 'string' || !Object.hasOwn(CONVERSIONS_TO, to)) {
        throw unsupported('NotImplemented', '$convert to this type');
      }
      try {
        return converted(input, to);
      } catch (error) {
        const isFailure = error instanceof CommandError && error.codeName === 'ConversionFailure';
        if (isFailure && found.has('onError')) return found.get('onError');
        throw error;
      }
    };
  },
};

function conversion(to: string): Operator {
  return unary((value) => (isNullish(value) ? null : converted(value, to)));
}

function converted(value: unknown, to: string): unknown {
  const result = CONVERSIONS_TO[to]?.(tagged(value));
  if (result !== undefined) return result;
  throw failed(`Unsupported conversion from ${typeOf(value)} to ${to} in $convert with no onError value`);
}

/**
 * Formats a value in the same way as `$toString`.
 *
 * @throws CommandError NotImplemented for a type that the lab cannot format, or for a double that MongoDB and
 * JavaScript might format differently
 */
export function toText(value: unknown): string {
  const { type, value: known } = tagged(value);
  if (type === 'date') return known.toISOString();
  if (type === 'objectId') return known.toHexString();
  if (type === 'string' || type === 'bool' || type === 'int' || type === 'long') return String(known);
  if (type === 'decimal') return known.toString();
  if (type === 'double') {
    const size = Math.abs(known.valueOf());
    const isPlain = size === 0 || (size >= PLAIN_DOUBLES.least && size < PLAIN_DOUBLES.most);
    if (isPlain && !Object.is(known.valueOf(), -0)) return String(known.valueOf());
  }
  throw unsupported('NotImplemented', `converting this ${type} to a string`);
}

function toWhole(from: Tagged, type: 'int' | 'long'): unknown {
  if (from.type === 'bool') return whole(from.value ? 1n : 0n, type);
  if (from.type === 'date' && type === 'long') return Long.fromNumber(from.value.getTime());
  const isText = from.type === 'string';
  if (isText && !WHOLE.test(from.value)) {
    throw failed(
      `Failed to parse number '${from.value}' in $convert with no onError value: Did not consume whole string.`,
    );
  }
  const number = isText ? BigInt(from.value) : isNumeric(from.value) ? truncated(from.value) : undefined;
  if (number === undefined) return undefined;
  const result = number === null ? null : whole(number, type);
  if (result === null || (type === 'int' && !(result instanceof Int32))) {
    throw failed('Conversion would overflow target type in $convert with no onError value');
  }
  return result;
}

function numberText(value: string, to: string): string {
  if (NUMBER.test(value)) return value;
  throw failed(
    `Failed to parse number '${value}' in $convert with no onError value: Did not consume whole string. (${to})`,
  );
}

function fifteenDigits(number: number): string {
  return Number.isFinite(number) ? number.toPrecision(15) : String(number);
}

function dateOf(value: string): Date {
  const date = new Date(value);
  if (
    ISO_DATE.test(value) &&
    !Number.isNaN(date.getTime()) &&
    date.toISOString().startsWith(value.slice(0, 10))
  )
    return date;
  throw unsupported('NotImplemented', `converting the string '${value}' to a date`);
}

function failed(message: string): CommandError {
  return new CommandError('ConversionFailure', message);
}
