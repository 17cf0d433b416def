import type { Document } from '../../bson-codec.ts';
import { CommandError } from '../../command-error.ts';
import { unsupported } from '../../unsupported.ts';
import { textOf } from '../../values/text.ts';
import { isDocument } from '../../values/types.ts';
import { fieldPath } from '../paths.ts';
import { UNSUPPORTED_EXPRESSIONS } from '../unsupported-operators.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { ARRAYS } from './arrays.ts';
import { CONDITIONS } from './conditions.ts';
import { CONVERSIONS } from './conversions.ts';
import { DATES } from './dates.ts';
import type { Expression, OperatorTable } from './expression.ts';
import { OBJECTS } from './objects.ts';
import { STRINGS } from './strings.ts';

/** The expression operators that the lab supports. */
export const EXPRESSIONS: OperatorTable = {
  ...ARITHMETIC,
  ...ARRAYS,
  ...CONDITIONS,
  ...CONVERSIONS,
  ...DATES,
  ...OBJECTS,
  ...STRINGS,
};

const SYSTEM_VARIABLES: ReadonlySet<string> = new Set(['ROOT', 'CURRENT', 'REMOVE', 'NOW']);
const VARIABLE = /^[a-z_\u0080-\uffff][\w\u0080-\uffff]*$/;

/**
 * Compiles an aggregation expression.
 *
 * @param variables the names of the user-defined variables that the expression can use
 * @throws CommandError InvalidPipelineOperator for an operator that the lab does not support; other codes for an
 * invalid expression
 */
export function compileExpression(value: unknown, variables: ReadonlySet<string>): Expression {
  if (typeof value === 'string' && value.startsWith('$')) return compilePath(value, variables);
  if (Array.isArray(value)) {
    const elements = value.map((element) => compileExpression(element, variables));
    return (scope) => elements.map((element) => element(scope) ?? null);
  }
  return isDocument(value) ? compileDocument(value, variables) : () => value;
}

function compileDocument(document: Document, variables: ReadonlySet<string>): Expression {
  const [name] = document.keys();
  if (name?.startsWith('$')) return compileOperator(document, name, variables);
  const fields = [...document].map(([field, value]) => {
    if (field.startsWith('$')) {
      throw new CommandError(
        'Location16410',
        `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
      );
    }
    if (field.includes('.')) {
      throw new CommandError(
        'Location16412',
        `FieldPath field names may not contain '.'. Consider using $getField or $setField.`,
      );
    }
    return [field, compileExpression(value, variables)] as const;
  });
  return (scope) => {
    const result: Document = new Map();
    for (const [field, expression] of fields) {
      const value = expression(scope);
      if (value !== undefined) result.set(field, value);
    }
    return result;
  };
}

function compileOperator(document: Document, name: string, variables: ReadonlySet<string>): Expression {
  if (document.size > 1) {
    throw new CommandError(
      'Location15983',
      `An object representing an expression must have exactly one field: ${textOf(document)}`,
    );
  }
  const operator = Object.hasOwn(EXPRESSIONS, name) ? EXPRESSIONS[name] : undefined;
  if (operator === undefined) {
    throw unsupportedExpression(name);
  }
  return operator(document.get(name), {
    name,
    compile: (inner, ...more) => {
      for (const variable of more) checkVariable(variable);
      return compileExpression(inner, more.length === 0 ? variables : new Set([...variables, ...more]));
    },
  });
}

function unsupportedExpression(name: string): CommandError {
  return UNSUPPORTED_EXPRESSIONS.has(name)
    ? unsupported('InvalidPipelineOperator', `the expression ${name}`)
    : new CommandError('InvalidPipelineOperator', `Unrecognized expression '${name}'`);
}

/** Checks that the name of a user-defined variable is valid. @throws CommandError FailedToParse */
export function checkVariable(name: string): void {
  if (VARIABLE.test(name)) return;
  throw new CommandError(
    'FailedToParse',
    `'${name}' starts with an invalid character for a user variable name`,
  );
}

function compilePath(text: string, variables: ReadonlySet<string>): Expression {
  if (text === '$') {
    throw new CommandError('Location16872', "'$' by itself is not a valid FieldPath");
  }
  if (!text.startsWith('$$')) {
    const steps = fieldPath(text.slice(1));
    return ({ root }) => valueAt(root, steps);
  }
  const [name = '', ...steps] = text.slice(2) === '' ? [''] : fieldPath(text.slice(2));
  if (!variables.has(name) && !SYSTEM_VARIABLES.has(name)) {
    if (/^[A-Z]/.test(name))
      throw unsupported('Location17276', `the variable $$${name}, or the variable does not exist`);
    throw new CommandError('Location17276', `Use of undefined variable: ${name}`);
  }
  return (scope) => valueAt(variable(scope, name), steps);
}

function variable(scope: Parameters<Expression>[0], name: string): unknown {
  if (scope.variables.has(name)) return scope.variables.get(name);
  return name === 'ROOT' || name === 'CURRENT' ? scope.root : undefined;
}

/**
 * Returns the value at a path. If the path leads through an array, returns a list of the values from all documents in
 * this array.
 */
function valueAt(value: unknown, steps: readonly string[]): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (Array.isArray(value)) {
    return value
      .filter(isDocument)
      .map((element) => valueAt(element, steps))
      .filter((found) => found !== undefined);
  }
  return isDocument(value) ? valueAt(value.get(step), rest) : undefined;
}
