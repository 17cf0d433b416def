import type { Document } from '../bson-codec.ts';
import { compileExpression } from '../query/expressions/compile.ts';
import { isTrue } from '../query/expressions/conditions.ts';
import type { Variables } from '../query/filter.ts';
import { integer } from '../values/numbers.ts';
import { isDocument, isNumeric } from '../values/types.ts';
import type { CommandCall } from './command.ts';

/**
 * Returns a command option that is a document, or undefined if the option is missing. checkCommand has already checked
 * the type of the option.
 */
export function documentOption(options: Document, name: string): Document | undefined {
  const value = options.get(name);
  return isDocument(value) ? value : undefined;
}

export function documentsOption(options: Document, name: string): readonly Document[] {
  const value = options.get(name);
  return Array.isArray(value) ? value.filter(isDocument) : [];
}

export function numberOption(options: Document, name: string): number | undefined {
  const value = options.get(name);
  return isNumeric(value) ? Number(integer(value)) : undefined;
}

export const flagOption = (options: Document, name: string): boolean => isTrue(options.get(name));

/**
 * Returns the system variables and the variables that the option `let` defines.
 *
 * @throws CommandError for an invalid expression
 */
export function variablesOf({ document, server }: CommandCall): Variables {
  const system: Variables = new Map([['NOW', server.now()]]);
  const defined = documentOption(document, 'let') ?? new Map<string, unknown>();
  const scope = { root: new Map<string, unknown>(), variables: system };
  const values = [...defined].map(
    ([name, value]) => [name, compileExpression(value, new Set())(scope) ?? null] as const,
  );
  return new Map([...system, ...values]);
}
