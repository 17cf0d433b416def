import type { Document } from '../../bson-codec.ts';
import { CommandError } from '../../command-error.ts';
import { textOf } from '../../values/text.ts';
import { isDocument } from '../../values/types.ts';

/** What an expression is evaluated on. */
export interface Scope {
  readonly root: Document;
  readonly variables: ReadonlyMap<string, unknown>;
}

/** A compiled expression; undefined is a missing value. */
export type Expression = (scope: Scope) => unknown;

/** What the operand of an operator is compiled with. */
export interface Context {
  /** The operator's name. */
  readonly name: string;
  /** Compiles an inner expression, with more variables where the operator defines some. */
  readonly compile: (value: unknown, ...variables: readonly string[]) => Expression;
}

/** Checks the operand of an operator and compiles it. @throws CommandError */
export type Operator = (operand: unknown, context: Context) => Expression;

export type OperatorTable = Readonly<Record<string, Operator>>;

/** The expressions of an operand that is a list; a single value is a list of one. */
export function operands(operand: unknown, { compile }: Context): readonly Expression[] {
  return (Array.isArray(operand) ? operand : [operand]).map((value) => compile(value));
}

/** An operator with a number of arguments that is fixed, or between two bounds. */
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

/** The values of an operand that is a document of named arguments. */
export type Arguments = (scope: Scope) => ReadonlyMap<string, unknown>;

/**
 * Reads named arguments.
 *
 * @param codes what mongod answers for an operand that is no document, for an unknown argument and for a missing one
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

/** The same without compiling: for arguments that see more variables than others. */
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
