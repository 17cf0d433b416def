import { BSONRegExp, Int32 } from 'bson';
import { CommandError } from '../../command-error.ts';
import { unsupported } from '../../unsupported.ts';
import { compareStrings } from '../../values/compare.ts';
import { integer } from '../../values/numbers.ts';
import { isNullish, isNumeric, typeOf } from '../../values/types.ts';
import { compilePattern } from '../regular-expression.ts';
import { toText } from './conversions.ts';
import {
  binary,
  named,
  type Operator,
  type OperatorTable,
  unary,
  variadic,
  withArguments,
} from './expression.ts';

/**
 * The characters that `$trim` removes by default:
 * https://www.mongodb.com/docs/manual/reference/operator/aggregation/trim/
 */
const WHITESPACE = [
  ...'\0 \t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a',
];

export const STRINGS: OperatorTable = {
  $concat: variadic((values, name) => {
    if (values.some(isNullish)) return null;
    return values.map((value) => text(value, 'Location16702', `${name} only supports strings`)).join('');
  }),
  // As in MongoDB, `$toLower` and `$toUpper` convert only ASCII letters.
  $toLower: unary((value) => coerced(value).replace(/[A-Z]+/g, (letters) => letters.toLowerCase())),
  $toUpper: unary((value) => coerced(value).replace(/[a-z]+/g, (letters) => letters.toUpperCase())),
  $strLenCP: unary(
    (value, name) =>
      new Int32([...text(value, 'Location34471', `${name} requires a string argument`)].length),
  ),
  $strLenBytes: unary(
    (value, name) =>
      new Int32(Buffer.byteLength(text(value, 'Location34473', `${name} requires a string argument`))),
  ),
  $strcasecmp: binary((a, b) => {
    const [x, y] = [coerced(a), coerced(b)].map((value) =>
      value.replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
    );
    return new Int32(Math.sign(compareStrings(x ?? '', y ?? '')));
  }),
  $substrCP: withArguments(3, 3, ([value, from, count], name) => {
    const start = position(from, 'Location34450', name);
    const length = position(count, 'Location34452', name);
    return [...coerced(value)].slice(start, start + length).join('');
  }),
  $substrBytes: substring(),
  $substr: substring(),
  $split: binary((value, separator, name) => {
    if (isNullish(value) || isNullish(separator)) return null;
    const whole = text(
      value,
      'Location40085',
      `${name} requires an expression that evaluates to a string as a first argument`,
    );
    const by = text(
      separator,
      'Location40086',
      `${name} requires an expression that evaluates to a string as a second argument`,
    );
    if (by === '') throw new CommandError('Location40087', `${name} requires a non-empty separator`);
    return whole.split(by);
  }),
  $indexOfCP: withArguments(2, 2, ([value, part], name) => {
    if (isNullish(value)) return null;
    const whole = text(value, 'Location40093', `${name} requires a string as the first argument`);
    const sought = text(part, 'Location40094', `${name} requires a string as the second argument`);
    const at = whole.indexOf(sought);
    return new Int32(at < 0 ? -1 : [...whole.slice(0, at)].length);
  }),
  $trim: trimming(true, true),
  $ltrim: trimming(true, false),
  $rtrim: trimming(false, true),
  $replaceOne: replacing((input, find, replacement) => input.replace(find, () => replacement)),
  $replaceAll: replacing((input, find, replacement) => input.replaceAll(find, () => replacement)),
  $regexMatch: (operand, context) => {
    const values = named(
      operand,
      context,
      { required: ['input', 'regex'], optional: ['options'] },
      { shape: 51103, unknown: 31024, missing: 31022 },
    );
    return (scope) => {
      const found = values(scope);
      const [input, pattern] = [found.get('input'), patternOf(found.get('regex'), found.get('options'))];
      if (isNullish(input) || pattern === null) return false;
      return pattern.test(text(input, 'Location51104', "$regexMatch needs 'input' to be of type string"));
    };
  },
};

function patternOf(regex: unknown, options: unknown): RegExp | null {
  if (isNullish(regex)) return null;
  if (!isNullish(options) && typeof options !== 'string') {
    throw new CommandError('Location51106', "$regexMatch needs 'options' to be of type string");
  }
  if (regex instanceof BSONRegExp) {
    if (!isNullish(options) && regex.options !== '') {
      throw new CommandError(
        'Location51107',
        "$regexMatch: found regex option(s) specified in both 'regex' and 'option' fields",
      );
    }
    return compilePattern(regex.pattern, regex.options || (options ?? ''));
  }
  if (typeof regex === 'string') return compilePattern(regex, options ?? '');
  throw new CommandError('Location51105', "$regexMatch needs 'regex' to be of type string or regex");
}

function text(value: unknown, code: `Location${number}`, message: string): string {
  if (typeof value === 'string') return value;
  throw new CommandError(code, `${message}, not ${typeOf(value)}`);
}

/** Converts a value to a string. Null and a missing value become an empty string. Numbers and dates are formatted. */
function coerced(value: unknown): string {
  if (isNullish(value)) return '';
  if (typeof value === 'string') return value;
  if (isNumeric(value) || value instanceof Date) return toText(value);
  throw new CommandError('Location16007', `can't convert from BSON type ${typeOf(value)} to String`);
}

function position(value: unknown, code: `Location${number}`, name: string): number {
  const index = isNumeric(value) ? integer(value) : null;
  if (index !== null && index >= 0n && index < 2n ** 31n) return Number(index);
  throw new CommandError(code, `${name}: the starting index and the length must be nonnegative integers`);
}

function substring(): Operator {
  return withArguments(3, 3, ([value, from, count], name) => {
    const bytes = Buffer.from(coerced(value));
    const start = position(from, 'Location50752', name);
    const length =
      isNumeric(count) && integer(count) === -1n ? bytes.length : position(count, 'Location16035', name);
    const end = Math.min(bytes.length, start + length);
    if (isInside(bytes, start)) {
      throw new CommandError(
        'Location28656',
        `${name}:  Invalid range, starting index is a UTF-8 continuation byte.`,
      );
    }
    if (isInside(bytes, end)) {
      throw new CommandError(
        'Location28657',
        `${name}:  Invalid range, ending index is in the middle of a UTF-8 character.`,
      );
    }
    return bytes.toString('utf8', start, end);
  });
}

/** Returns true if the byte at `index` continues a UTF-8 character that begins at an earlier byte. */
const isInside = (bytes: Buffer, index: number): boolean => ((bytes[index] ?? 0) & 0xc0) === 0x80;

function trimming(left: boolean, right: boolean): Operator {
  return (operand, context) => {
    const values = named(
      operand,
      context,
      { required: ['input'], optional: ['chars'] },
      { shape: 50696, unknown: 50694, missing: 50695 },
    );
    const { name } = context;
    return (scope) => {
      const found = values(scope);
      const input = found.get('input');
      if (isNullish(input)) return null;
      const characters = [...text(input, 'Location50699', `${name} requires its input to be a string`)];
      const chars = found.get('chars');
      if (found.has('chars') && isNullish(chars)) return null;
      const removed = new Set(
        chars === undefined
          ? WHITESPACE
          : text(chars, 'Location50700', `${name} requires 'chars' to be a string`),
      );
      const isKept = (character: string): boolean => !removed.has(character);
      const first = left ? characters.findIndex(isKept) : 0;
      if (first < 0) return '';
      const last = right ? characters.findLastIndex(isKept) : characters.length - 1;
      return characters.slice(first, last + 1).join('');
    };
  };
}

function replacing(replace: (input: string, find: string, replacement: string) => string): Operator {
  return (operand, context) => {
    const values = named(
      operand,
      context,
      { required: ['input', 'find', 'replacement'] },
      { shape: 51751, unknown: 51750, missing: 51749 },
    );
    const { name } = context;
    return (scope) => {
      const found = values(scope);
      const parts = ['input', 'find', 'replacement'].map((part) => found.get(part));
      for (const value of parts) {
        if (!isNullish(value)) text(value, 'Location51746', `${name} requires that its arguments be strings`);
      }
      const [input, find, replacement] = parts;
      if (typeof input !== 'string' || typeof find !== 'string' || typeof replacement !== 'string')
        return null;
      if (find === '') throw unsupported('NotImplemented', `${name} with an empty string in 'find'`);
      return replace(input, find, replacement);
    };
  };
}
