import type { Document } from '../../bson-codec.ts';
import { CommandError } from '../../command-error.ts';
import { isDocument, isNullish, typeOf } from '../../values/types.ts';
import { namedFields, type OperatorTable, unary, variadic } from './expression.ts';

export const OBJECTS: OperatorTable = {
  $mergeObjects: variadic((values) =>
    merged(values.length === 1 && Array.isArray(values[0]) ? values[0] : values),
  ),
  $objectToArray: unary((value) => {
    if (isNullish(value)) return null;
    if (!isDocument(value)) {
      throw new CommandError(
        'Location40390',
        `$objectToArray requires a document input, found: ${typeOf(value)}`,
      );
    }
    return [...value].map(
      ([k, v]) =>
        new Map([
          ['k', k],
          ['v', v],
        ] as [string, unknown][]),
    );
  }),
  $arrayToObject: unary((value) => {
    if (isNullish(value)) return null;
    if (!Array.isArray(value)) {
      throw new CommandError(
        'Location40386',
        `$arrayToObject requires an array input, found: ${typeOf(value)}`,
      );
    }
    return new Map(value.map(pairOf));
  }),
  $getField: (operand, { name, compile }) => {
    const isNamed = isDocument(operand) && !([...operand.keys()][0] ?? '').startsWith('$');
    const fields = isNamed
      ? namedFields(
          operand,
          name,
          { required: ['field'], optional: ['input'] },
          { shape: 3041701, unknown: 3041701, missing: 3041702 },
        )
      : new Map([['field', operand]]);
    const [field, input] = [fieldName(fields.get('field')), compile(fields.get('input') ?? '$$CURRENT')];
    return (scope) => {
      const document = input(scope);
      if (isNullish(document)) return document;
      return isDocument(document) ? document.get(field) : undefined;
    };
  },
  $setField: (operand, { name, compile }) => {
    const required = ['field', 'input', 'value'];
    const codes = { shape: 4161100, unknown: 4161101, missing: 4161102 };
    const fields = namedFields(operand, name, { required }, codes);
    const field = fieldName(fields.get('field'));
    const [input, value] = [compile(fields.get('input')), compile(fields.get('value'))];
    return (scope) => withField(input(scope), field, value(scope));
  },
  $unsetField: (operand, { name, compile }) => {
    const codes = { shape: 4161110, unknown: 4161111, missing: 4161112 };
    const fields = namedFields(operand, name, { required: ['field', 'input'] }, codes);
    const [field, input] = [fieldName(fields.get('field')), compile(fields.get('input'))];
    return (scope) => withField(input(scope), field, undefined);
  },
};

/** Merges documents. If several documents have the same field, the last document determines the value. */
export function merged(values: readonly unknown[]): Document {
  const result: Document = new Map();
  for (const value of values) {
    if (isNullish(value)) continue;
    if (!isDocument(value)) {
      throw new CommandError(
        'Location40400',
        `$mergeObjects requires object inputs, but input is of type ${typeOf(value)}`,
      );
    }
    for (const [name, member] of value) result.set(name, member);
  }
  return result;
}

function withField(document: unknown, field: string, value: unknown): unknown {
  if (isNullish(document)) return null;
  if (!isDocument(document)) {
    throw new CommandError('Location4161105', `$setField requires 'input' to evaluate to type Object`);
  }
  const result = new Map(document);
  if (value === undefined) result.delete(field);
  else result.set(field, value);
  return result;
}

/**
 * Returns the field name that an operand specifies. The operand must be a constant: a string, or `{ $literal: … }` if
 * the name begins with `$`.
 */
function fieldName(operand: unknown): string {
  const name = isDocument(operand) && operand.size === 1 ? operand.get('$literal') : operand;
  if (typeof name === 'string' && (name !== operand || !name.startsWith('$'))) return name;
  throw new CommandError('Location5654602', "$getField requires 'field' to evaluate to a constant");
}

function pairOf(value: unknown): [string, unknown] {
  const pair: readonly unknown[] = isDocument(value)
    ? [value.get('k'), value.get('v')]
    : Array.isArray(value)
      ? value
      : [];
  const [name, member] = pair;
  if (pair.length === 2 && typeof name === 'string' && member !== undefined) return [name, member];
  throw new CommandError(
    'Location40392',
    '$arrayToObject requires an array of key-value pairs, where the key must be of type string',
  );
}
