import type { Document } from '../../bson-codec.ts';
import { CommandError } from '../../command-error.ts';
import { textOf } from '../../values/text.ts';
import { isDocument } from '../../values/types.ts';

/** The input for the evaluation of an expression. */
export interface Scope {
  readonly root: Document;
  readonly variables: ReadonlyMap<string, unknown>;
}

/** A compiled expression. Returns the value of the expression, or undefined for a missing value. */
export type Expression = (scope: Scope) => unknown;

/** The input for the compilation of an operand. */
export interface Context {
  /** The name of the operator. */
  readonly name: string;
  /**
   * Compiles a nested expression.
   *
   * @param variables the names of additional variables that the operator defines for this expression
   */
  readonly compile: (value: unknown, ...variables: readonly string[]) => Expression;
}

/** Checks and compiles the operand of an operator. @throws CommandError */
export type Operator = (operand: unknown, context: Context) => Expression;

export type OperatorTable = Readonly<Record<string, Operator>>;

/** Compiles the operands of an operator. An operand that is not an array counts as an array with one element. */
export function operands(operand: unknown, { compile }: Context): readonly Expression[] {
  return (Array.isArray(operand) ? operand : [operand]).map((value) => compile(value));
}

/** Returns an operator that accepts at least `least` and at most `most` operands. */
export function withArguments(
  least: number,
  most: number,
  evaluate: (values: readonly unknown[], name: string) => unknown,
): Operator {
  return (operand, context) => {
    const list = operands(operand, context);
    const { name } = context;
    if (list.length < least || list.length > most) throw wrongCount(name, least, most, list.length);
    return (scope) =>
      evaluate(
        list.map((expression) => expression(scope)),
        name,
      );
  };
}

function wrongCount(name: string, least: number, most: number, count: number): CommandError {
  if (least === most) {
    return new CommandError(
      'Location16020',
      `Expression ${name} takes exactly ${least} arguments. ${count} were passed in.`,
    );
  }
  return new CommandError(
    'Location28667',
    `Expression ${name} takes at least ${least} arguments, and at most ${most}, but ${count} were passed in.`,
  );
}

export const unary = (evaluate: (value: unknown, name: string) => unknown): Operator =>
  withArguments(1, 1, ([value], name) => evaluate(value, name));

export const binary = (evaluate: (a: unknown, b: unknown, name: string) => unknown): Operator =>
  withArguments(2, 2, ([a, b], name) => evaluate(a, b, name));

export const variadic = (evaluate: (values: readonly unknown[], name: string) => unknown): Operator =>
  withArguments(0, Number.POSITIVE_INFINITY, evaluate);

/** Evaluates the named arguments of an operator. Returns the values by argument name. */
export type Arguments = (scope: Scope) => ReadonlyMap<string, unknown>;

/**
 * Compiles the named arguments of an operator.
 *
 * @param codes mongod's error codes: `shape` for an operand that is not a document, `unknown` for an unknown argument,
 * and `missing` for a missing argument
 */
export function named(
  operand: unknown,
  { name, compile }: Context,
  {
    required,
    optional = [],
  }: { readonly required: readonly string[]; readonly optional?: readonly string[] },
  codes: { readonly shape: number; readonly unknown: number; readonly missing: number },
): Arguments {
  const fields = namedFields(operand, name, { required, optional }, codes);
  const compiled = [...fields].map(([field, value]) => [field, compile(value)] as const);
  return (scope) => new Map(compiled.map(([field, expression]) => [field, expression(scope)]));
}

/**
 * Checks the argument names of an operator, but does not compile the arguments. The caller compiles each argument,
 * because the arguments can use different variables.
 */
export function namedFields(
  operand: unknown,
  name: string,
  {
    required,
    optional = [],
  }: { readonly required: readonly string[]; readonly optional?: readonly string[] },
  codes: { readonly shape: number; readonly unknown: number; readonly missing: number },
): Document {
  if (!isDocument(operand)) {
    throw new CommandError(
      `Location${codes.shape}`,
      `${name} only supports an object as an argument, found ${textOf(operand)}`,
    );
  }
  for (const field of operand.keys()) {
    if (!required.includes(field) && !optional.includes(field)) {
      throw new CommandError(`Location${codes.unknown}`, `Unrecognized argument to ${name}: ${field}`);
    }
  }
  for (const field of required) {
    if (!operand.has(field)) {
      throw new CommandError(`Location${codes.missing}`, `Missing '${field}' parameter to ${name}`);
    }
  }
  return operand;
}
