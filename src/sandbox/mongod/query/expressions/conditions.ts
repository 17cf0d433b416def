import { Int32 } from 'bson';
import { CommandError } from '../../command-error.ts';
import { compare } from '../../values/compare.ts';
import { compareNumbers } from '../../values/numbers.ts';
import { isDocument, isNullish, isNumeric } from '../../values/types.ts';
import {
  binary,
  type Expression,
  namedFields,
  type Operator,
  type OperatorTable,
  operands,
  type Scope,
  unary,
} from './expression.ts';

const ZERO = new Int32(0);

/** Returns true for every value except false, null, 0 and a missing value, as in MongoDB. */
export function isTrue(value: unknown): boolean {
  if (isNumeric(value)) return compareNumbers(value, ZERO) !== 0;
  return value !== false && !isNullish(value);
}

const comparison = (test: (difference: number) => boolean): Operator => binary((a, b) => test(compare(a, b)));

export const CONDITIONS: OperatorTable = {
  $eq: comparison((difference) => difference === 0),
  $ne: comparison((difference) => difference !== 0),
  $gt: comparison((difference) => difference > 0),
  $gte: comparison((difference) => difference >= 0),
  $lt: comparison((difference) => difference < 0),
  $lte: comparison((difference) => difference <= 0),
  $cmp: binary((a, b) => new Int32(Math.sign(compare(a, b)))),
  $and: lazily((list, scope) => list.every((expression) => isTrue(expression(scope)))),
  $or: lazily((list, scope) => list.some((expression) => isTrue(expression(scope)))),
  $not: unary((value) => !isTrue(value)),
  $literal: (operand) => () => operand,
  $ifNull: (operand, context) => {
    const list = operands(operand, context);
    if (list.length < 2) {
      throw new CommandError('Location1257300', `$ifNull needs at least two arguments, had: ${list.length}`);
    }
    return (scope) => {
      let value: unknown;
      for (const expression of list) {
        value = expression(scope);
        if (!isNullish(value)) return value;
      }
      return value;
    };
  },
  $cond: (operand, context) => {
    const [condition, consequence, alternative] = condArguments(operand).map((value) =>
      context.compile(value),
    );
    return (scope) => (isTrue(condition?.(scope)) ? consequence?.(scope) : alternative?.(scope));
  },
  $switch: (operand, { name, compile }) => {
    const fields = namedFields(
      operand,
      name,
      { required: ['branches'], optional: ['default'] },
      { shape: 40060, unknown: 40067, missing: 40068 },
    );
    const branches = fields.get('branches');
    if (!Array.isArray(branches))
      throw new CommandError('Location40061', "$switch expected an array for 'branches'");
    if (branches.length === 0)
      throw new CommandError('Location40068', '$switch requires at least one branch.');
    const compiled = branches.map((branch: unknown) => {
      const parts = namedFields(
        branch,
        name,
        { required: ['case', 'then'] },
        { shape: 40062, unknown: 40063, missing: 40064 },
      );
      return { when: compile(parts.get('case')), value: compile(parts.get('then')) };
    });
    const otherwise = fields.has('default') ? compile(fields.get('default')) : noBranch;
    return (scope) => (compiled.find(({ when }) => isTrue(when(scope)))?.value ?? otherwise)(scope);
  },
  $let: (operand, { name, compile }) => {
    const fields = namedFields(
      operand,
      name,
      { required: ['vars', 'in'] },
      { shape: 16874, unknown: 16875, missing: 16876 },
    );
    const vars = fields.get('vars');
    if (!isDocument(vars))
      throw new CommandError('TypeMismatch', 'invalid parameter: expected an object (vars)');
    const values = [...vars].map(([variable, value]) => [variable, compile(value)] as const);
    const body = compile(fields.get('in'), ...vars.keys());
    return (scope) =>
      body(
        withVariables(
          scope,
          values.map(([variable, value]) => [variable, value(scope)] as const),
        ),
      );
  },
};

export function withVariables(scope: Scope, added: Iterable<readonly [name: string, value: unknown]>): Scope {
  return { root: scope.root, variables: new Map([...scope.variables, ...added]) };
}

function lazily(evaluate: (list: readonly Expression[], scope: Scope) => boolean): Operator {
  return (operand, context) => {
    const list = operands(operand, context);
    return (scope) => evaluate(list, scope);
  };
}

function condArguments(operand: unknown): readonly unknown[] {
  if (!isDocument(operand)) {
    const list: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
    if (list.length === 3) return list;
    throw new CommandError(
      'Location16020',
      `Expression $cond takes exactly 3 arguments. ${list.length} were passed in.`,
    );
  }
  const names = ['if', 'then', 'else'];
  namedFields(operand, '$cond', { required: names }, { shape: 16020, unknown: 17083, missing: 17080 });
  return names.map((field) => operand.get(field));
}

const noBranch: Expression = () => {
  throw new CommandError(
    'Location40066',
    '$switch could not find a matching branch for an input, and no default was specified.',
  );
};
