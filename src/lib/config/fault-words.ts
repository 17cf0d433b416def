import type { core } from 'zod';
import { nearest } from '../core/nearest.ts';
import { isRecord } from '../core/record.ts';
import { secretIn } from './secrets.ts';

/** The path of a value in a configuration: keys, and list indices that start at 0. */
export type Path = readonly (string | number)[];

/** The maximum length of a key in messages, in characters. */
const LONGEST_SHOWN = 80;

/**
 * Describes a schema issue. Replaces most zod messages, because these messages contain internal type names.
 */
export function saidAs(issue: core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && /received undefined$/.test(issue.message)
        ? 'is missing'
        : `must be ${KINDS[issue.expected] ?? issue.expected}${/received number$/.test(issue.message) && issue.expected === 'string' ? ': put it in quotes' : ''}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => String(value)).join(' or ')}`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    case 'too_small':
      return `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    default:
      // A check or a union in the schema defines this message.
      return issue.message;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

export function suggestion(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  if (near !== null) return `; did you mean "${near}"?`;
  return known.length === 0 ? '' : `; valid keys are ${known.join(', ')}`;
}

/** `accounts[0].users[1].name` */
export function pathText(path: Path): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${keyText(part)}`,
    )
    .join('');
}

/** Formats a key for messages. Shortens the key to one line, and replaces a key that contains a secret. */
function keyText(key: string): string {
  if (secretIn(key) !== null) return '(a secret)';
  return key.length > LONGEST_SHOWN ? `${key.slice(0, LONGEST_SHOWN)}…` : key;
}

/** Returns the valid keys of the mapping at this path, according to the schema. */
export function knownKeys(root: unknown, path: Path): readonly string[] {
  let schema = root;
  for (const part of path) schema = within(unwrapped(schema), part);
  const shape = shapeOf(unwrapped(schema));
  return shape === null ? [] : Object.keys(shape);
}

function unwrapped(schema: unknown): unknown {
  let inner = schema;
  while (hasMethod(inner, 'unwrap') && !hasMember(inner, 'element')) inner = inner.unwrap();
  return inner;
}

/** Returns the schema for a list element or for the value of a key. */
function within(schema: unknown, part: string | number): unknown {
  if (typeof part === 'number') return hasMember(schema, 'element') ? schema.element : undefined;
  return hasMember(schema, 'valueType') ? schema.valueType : shapeOf(schema)?.[part];
}

function shapeOf(schema: unknown): Readonly<Record<string, unknown>> | null {
  if (!hasMember(schema, 'shape')) return null;
  const { shape } = schema;
  return isRecord(shape) ? shape : null;
}

function hasMember<Name extends string>(value: unknown, name: Name): value is Record<Name, unknown> {
  return isRecord(value) && name in value;
}

function hasMethod<Name extends string>(value: unknown, name: Name): value is Record<Name, () => unknown> {
  return hasMember(value, name) && typeof value[name] === 'function';
}
