import { Long } from 'bson';
import type { Document } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import { isTrue } from '../query/expressions/conditions.ts';
import { unsupported } from '../unsupported.ts';
import { integer } from '../values/numbers.ts';
import { textOf } from '../values/text.ts';
import { isDocument, isNumeric, typeOf } from '../values/types.ts';

/** Checks the value of a field. @param path the command and the field, for example `find.filter` */
export type Rule = (value: unknown, path: string) => void;

/** The rules for the fields of a command or a statement, by field name. */
export interface Rules {
  readonly required?: Readonly<Record<string, Rule>>;
  readonly optional: Readonly<Record<string, Rule>>;
}

export const any: Rule = () => {};

export const text: Rule = (value, path) => {
  if (typeof value !== 'string') throw wrongType(path, value, 'string');
};

export const object: Rule = (value, path) => {
  if (!isDocument(value)) throw wrongType(path, value, 'object');
};

export const array: Rule = (value, path) => {
  if (!Array.isArray(value)) throw wrongType(path, value, 'array');
};

export const objects: Rule = (value, path) => {
  array(value, path);
  for (const [index, element] of (value as readonly unknown[]).entries()) object(element, `${path}.${index}`);
};

/** Accepts true, false or a number. */
export const flag: Rule = (value, path) => {
  if (typeof value !== 'boolean' && !isNumeric(value)) {
    throw new CommandError(
      'TypeMismatch',
      `BSON field '${path}' is the wrong type '${typeOf(value)}', expected types '[bool, long, int, decimal, double]'`,
    );
  }
};

/** Accepts the name or the key pattern of an index. */
export const hint: Rule = (value, path) => {
  if (typeof value !== 'string' && !isDocument(value)) {
    throw new CommandError('FailedToParse', `'${path}' must be a string or an object`);
  }
};

/** Returns a rule that accepts an integer greater than or equal to `least`. */
export const whole =
  (least: number): Rule =>
  (value, path) => {
    const number = isNumeric(value) ? integer(value) : null;
    if (!isNumeric(value)) {
      throw new CommandError(
        'TypeMismatch',
        `BSON field '${path}' is the wrong type '${typeOf(value)}', expected types '[long, int, decimal, double]'`,
      );
    }
    if (number === null || number > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new CommandError('FailedToParse', `Expected an integer: ${path}: ${textOf(value)}`);
    }
    if (number < BigInt(least)) {
      throw new CommandError(
        'Location51024',
        `BSON field '${path}' value must be >= ${least}, actual value '${number}'`,
      );
    }
  };

export const long: Rule = (value, path) => {
  if (!(value instanceof Long)) throw wrongType(path, value, 'long');
};

/** Accepts only values that disable an option. Used for options that the lab does not support. */
export const off: Rule = (value, path) => {
  if (value !== false && !(isNumeric(value) && !isTrue(value))) {
    throw unsupported('NotImplemented', `the option '${path}'`);
  }
};

/**
 * Checks the fields of a document. A null field counts as missing.
 *
 * @param accepted returns true if a field without a rule is allowed
 * @throws CommandError Location40415 for an unknown field; Location40414 for a missing field; any error that a rule
 * throws
 */
export function check(
  document: Document,
  { required = {}, optional }: Rules,
  path: string,
  accepted: (name: string) => boolean = () => false,
): void {
  for (const [name, value] of document) {
    const rule = ruleIn(required, name) ?? ruleIn(optional, name);
    if (rule !== undefined && value !== null) rule(value, `${path}.${name}`);
    if (rule === undefined && !accepted(name)) {
      throw new CommandError('Location40415', `BSON field '${path}.${name}' is an unknown field.`);
    }
  }
  const missing = Object.keys(required).find((name) => (document.get(name) ?? null) === null);
  if (missing !== undefined) {
    throw new CommandError(
      'Location40414',
      `BSON field '${path}.${missing}' is missing but a required field`,
    );
  }
}

function ruleIn(rules: Readonly<Record<string, Rule>>, name: string): Rule | undefined {
  return Object.hasOwn(rules, name) ? rules[name] : undefined;
}

function wrongType(path: string, value: unknown, expected: string): CommandError {
  return new CommandError(
    'TypeMismatch',
    `BSON field '${path}' is the wrong type '${typeOf(value)}', expected type '${expected}'`,
  );
}
