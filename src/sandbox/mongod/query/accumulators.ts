import { Int32 } from 'bson';
import type { Document } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import { unsupported } from '../unsupported.ts';
import { keyOf } from '../values/compare.ts';
import { isDocument } from '../values/types.ts';
import { averageOf, extreme, sumOf } from './expressions/arrays.ts';
import { compileExpression } from './expressions/compile.ts';
import type { Expression, Scope } from './expressions/expression.ts';
import { merged } from './expressions/objects.ts';
import { UNSUPPORTED_ACCUMULATORS } from './unsupported-operators.ts';

/** Computes the result of an accumulator for one group. Each document of the group contributes one value. */
type Accumulator = (values: readonly unknown[]) => unknown;

/** The accumulators of `$group` that the lab supports. */
export const ACCUMULATORS: Readonly<Record<string, Accumulator>> = {
  $sum: sumOf,
  $avg: averageOf,
  $min: (values) => extreme(values, -1),
  $max: (values) => extreme(values, 1),
  $first: (values) => values[0] ?? null,
  $last: (values) => values.at(-1) ?? null,
  $push: (values) => values.filter((value) => value !== undefined),
  $addToSet: (values) => [
    ...new Map(values.filter((value) => value !== undefined).map((value) => [keyOf(value), value])).values(),
  ],
  $mergeObjects: merged,
  $count: (values) => new Int32(values.length),
};

/** A compiled `$group` stage. */
export type Grouping = (documents: readonly Document[], variables: Scope['variables']) => readonly Document[];

/**
 * Compiles the specification of the `$group` stage.
 *
 * @throws CommandError Location15952 for an accumulator that the lab does not support; other codes for an invalid
 * specification (for example Location15947)
 */
export function compileGroup(specification: unknown, variables: ReadonlySet<string>): Grouping {
  if (!isDocument(specification)) {
    throw new CommandError('Location15947', "a group's fields must be specified in an object");
  }
  if (!specification.has('_id')) {
    throw new CommandError('Location15955', 'a group specification must include an _id');
  }
  const id = compileExpression(specification.get('_id'), variables);
  const fields = [...specification]
    .filter(([name]) => name !== '_id')
    .map(([name, operand]) => ({ name, ...accumulatorOf(name, operand, variables) }));
  return (documents, values) =>
    grouped(documents, (root) => id({ root, variables: values })).map(({ key, members }) => {
      const result: Document = new Map([['_id', key]]);
      const scopes = members.map((root) => ({ root, variables: values }));
      for (const { name, accumulate, expression } of fields)
        result.set(name, accumulate(scopes.map(expression)));
      return result;
    });
}

interface Group {
  readonly key: unknown;
  readonly members: Document[];
}

function grouped(documents: readonly Document[], idOf: (document: Document) => unknown): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const document of documents) {
    // Documents with a missing value and documents with null belong to the same group.
    const key = idOf(document) ?? null;
    const text = keyOf(key);
    const group = groups.get(text) ?? { key, members: [] };
    group.members.push(document);
    groups.set(text, group);
  }
  return [...groups.values()];
}

function accumulatorOf(
  name: string,
  operand: unknown,
  variables: ReadonlySet<string>,
): { readonly accumulate: Accumulator; readonly expression: Expression } {
  if (name.includes('.')) {
    throw new CommandError('Location40235', `The field name '${name}' cannot contain '.'`);
  }
  if (name.startsWith('$')) {
    throw new CommandError('Location40236', `The field name '${name}' cannot be an operator name`);
  }
  if (!isDocument(operand) || operand.size === 0) {
    throw new CommandError('Location40234', `The field '${name}' must be an accumulator object`);
  }
  if (operand.size > 1) {
    throw new CommandError('Location40238', `The field '${name}' must specify one accumulator`);
  }
  const [[operator, argument] = ['', null]] = operand;
  const accumulate = Object.hasOwn(ACCUMULATORS, operator) ? ACCUMULATORS[operator] : undefined;
  if (accumulate === undefined) {
    throw UNSUPPORTED_ACCUMULATORS.has(operator)
      ? unsupported('Location15952', `the group operator ${operator}`)
      : new CommandError('Location15952', `unknown group operator '${operator}'`);
  }
  if (operator === '$count' && !(isDocument(argument) && argument.size === 0)) {
    throw new CommandError('TypeMismatch', '$count takes no arguments, i.e. $count:{}');
  }
  if (Array.isArray(argument)) {
    throw new CommandError('Location40237', `The ${operator} accumulator is a unary operator`);
  }
  return { accumulate, expression: compileExpression(argument, variables) };
}
