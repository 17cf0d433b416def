import { BSONRegExp } from 'bson';
import type { Document } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import { unsupported } from '../unsupported.ts';
import { isDocument } from '../values/types.ts';
import { compileExpression } from './expressions/compile.ts';
import { isTrue } from './expressions/conditions.ts';
import { type Compilers, equality, OPERATORS, patternTest, type Test } from './operators.ts';
import { valuesAt } from './paths.ts';
import { UNSUPPORTED_QUERY_OPERATORS } from './unsupported-operators.ts';

/** The system variables and the variables that the option `let` defines, with their values. */
export type Variables = ReadonlyMap<string, unknown>;

/** A condition on one field. */
export interface Condition {
  readonly path: string;
  readonly test: Test;
}

/** A compiled filter. */
export interface Filter {
  readonly matches: (document: Document) => boolean;
  /** The conditions that a matching document must meet. Conditions inside `$or` and `$nor` are not included. */
  readonly conditions: readonly Condition[];
  /** The paths of the conditions inside `$or` and `$nor`. */
  readonly alternatives: readonly string[];
  /**
   * True if the filter contains `$in` with one value or `$or` with one clause. MongoDB might treat such a filter as an
   * equality.
   */
  readonly isAmbiguous: boolean;
}

const EVERYTHING: Filter = { matches: () => true, conditions: [], alternatives: [], isAmbiguous: false };

type Logical = (operand: unknown, variables: Variables) => Filter;

/** The top-level operators of a filter, such as `$and`. */
export const LOGICAL: Readonly<Record<string, Logical>> = {
  $and: (operand, variables) => all(clauses('$and', operand, variables)),
  $or: (operand, variables) => {
    const parts = clauses('$or', operand, variables);
    return {
      ...EVERYTHING,
      matches: (document) => parts.some((part) => part.matches(document)),
      alternatives: pathsIn(parts),
      isAmbiguous: parts.length === 1,
    };
  },
  $nor: (operand, variables) => {
    const parts = clauses('$nor', operand, variables);
    return {
      ...EVERYTHING,
      matches: (document) => !parts.some((part) => part.matches(document)),
      alternatives: pathsIn(parts),
    };
  },
  $expr: (operand, variables) => {
    const expression = compileExpression(operand, new Set(variables.keys()));
    return { ...EVERYTHING, matches: (root) => isTrue(expression({ root, variables })) };
  },
  $comment: () => EVERYTHING,
};

/**
 * Compiles a filter.
 *
 * @throws CommandError BadValue for an operator that the lab does not support; other codes for an invalid filter
 */
export function compileFilter(filter: Document, variables: Variables): Filter {
  return all(
    [...filter].map(([name, operand]) => {
      if (!name.startsWith('$')) return all(conditionsOn(name, operand).map(filterOf));
      const logical = Object.hasOwn(LOGICAL, name) ? LOGICAL[name] : undefined;
      if (logical === undefined)
        throw refusedOperator(
          name,
          `unknown top level operator: ${name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
        );
      return logical(operand, variables);
    }),
  );
}

function refusedOperator(name: string, unknown: string): CommandError {
  return UNSUPPORTED_QUERY_OPERATORS.has(name)
    ? unsupported('BadValue', `the query operator ${name}`)
    : new CommandError('BadValue', unknown);
}

function all(parts: readonly Filter[]): Filter {
  return {
    matches: (document) => parts.every((part) => part.matches(document)),
    conditions: parts.flatMap(({ conditions }) => conditions),
    alternatives: parts.flatMap(({ alternatives }) => alternatives),
    isAmbiguous: parts.some(({ isAmbiguous }) => isAmbiguous),
  };
}

function filterOf(condition: Condition): Filter {
  const steps = condition.path.split('.');
  return {
    matches: (document) => condition.test.holds(valuesAt(document, steps), true),
    conditions: [condition],
    alternatives: [],
    isAmbiguous: condition.test.isAmbiguous ?? false,
  };
}

function clauses(name: string, operand: unknown, variables: Variables): readonly Filter[] {
  if (!Array.isArray(operand)) throw new CommandError('BadValue', `${name} must be an array`);
  if (operand.length === 0) throw new CommandError('BadValue', `${name} must be a nonempty array`);
  return operand.map((clause: unknown) => {
    if (isDocument(clause)) return compileFilter(clause, variables);
    throw new CommandError('BadValue', `${name} entries need to be full objects`);
  });
}

function pathsIn(parts: readonly Filter[]): readonly string[] {
  return parts.flatMap(({ conditions, alternatives }) => [
    ...conditions.map(({ path }) => path),
    ...alternatives,
  ]);
}

/**
 * Returns true for a document that contains operators. Returns false for a DBRef. As in MongoDB, only the first field
 * is checked.
 */
export function isOperators(value: unknown): value is Document {
  if (!isDocument(value)) return false;
  const [first = ''] = value.keys();
  return first.startsWith('$') && !['$ref', '$id', '$db'].includes(first);
}

function conditionsOn(path: string, operand: unknown): readonly Condition[] {
  return testsOf(operand).map((test) => ({ path, test }));
}

/** Compiles the condition on one field. The operand is a value, a regular expression, or a document of operators. */
function testsOf(operand: unknown): readonly Test[] {
  if (operand instanceof BSONRegExp) return [patternTest(operand.pattern, operand.options)];
  if (!isOperators(operand)) return [equality(operand)];
  return [...operand].flatMap(([name, argument]) => {
    const compile = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
    if (compile === undefined) throw refusedOperator(name, `unknown operator: ${name}`);
    return compile(argument, operand, COMPILERS);
  });
}

/**
 * Compiles the operand of `$elemMatch`. The operand is a document of operators, such as `{ $gt: 5 }`, or a filter for
 * documents.
 */
function elementTest(argument: Document): (element: unknown) => boolean {
  const [first = ''] = argument.keys();
  if (isOperators(argument) && !Object.hasOwn(LOGICAL, first)) {
    const tests = testsOf(argument);
    return (element) => tests.every(({ holds }) => holds([element], false));
  }
  const filter = compileFilter(argument, new Map());
  return (element) => {
    if (isDocument(element)) return filter.matches(element);
    if (!Array.isArray(element)) return false;
    return filter.matches(new Map(element.map((member, index) => [String(index), member])));
  };
}

const COMPILERS: Compilers = { testsOf, elementTest, isOperators };

/** Compiles the operand of `$pull`. The operand is a value, a document of operators, or a filter for documents. */
export function compileElementFilter(operand: unknown): (element: unknown) => boolean {
  if (isDocument(operand) && !isOperators(operand)) {
    const filter = compileFilter(operand, new Map());
    return (element) => isDocument(element) && filter.matches(element);
  }
  const tests = testsOf(operand);
  return (element) => tests.every(({ holds }) => holds([element], true));
}

/**
 * Returns the index of the array element that the filter matched. The positional operator `$` uses this index.
 *
 * @param path the path of the array
 * @throws CommandError BadValue if no element matched; NotImplemented if the conditions matched different elements, or
 * if a condition on the array is inside `$or` or `$nor`
 */
export function matchedPosition(filter: Filter, document: Document, path: string): number {
  const concerns = (other: string): boolean => other === path || other.startsWith(`${path}.`);
  if (filter.alternatives.some(concerns)) {
    throw unsupported(
      'NotImplemented',
      "the positional operator '$' when a condition on the array is inside $or or $nor",
    );
  }
  const conditions = filter.conditions.filter(
    (condition) => concerns(condition.path) && !condition.test.isNegated,
  );
  const [array] = valuesAt(document, path.split('.'));
  const positions = new Set(
    Array.isArray(array) ? conditions.map((condition) => positionIn(array, condition, path)) : [],
  );
  positions.delete(-1);
  const [position, another] = positions;
  if (position === undefined) {
    throw new CommandError(
      'BadValue',
      'The positional operator did not find the match needed from the query.',
    );
  }
  if (another !== undefined) {
    throw unsupported(
      'NotImplemented',
      "the positional operator '$' when several conditions match different elements",
    );
  }
  return position;
}

function positionIn(array: readonly unknown[], { path, test }: Condition, arrayPath: string): number {
  const rest = path === arrayPath ? [] : path.slice(arrayPath.length + 1).split('.');
  if (test.element !== undefined && rest.length === 0) return array.findIndex(test.element);
  return array.findIndex((element) => {
    if (rest.length === 0) return test.holds([element], false);
    return isDocument(element) && test.holds(valuesAt(element, rest), true);
  });
}
