import { Long } from 'bson';
import type { Document } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import { isDocument, isNullish } from '../values/types.ts';
import { withField } from './changes.ts';
import { fieldPath } from './paths.ts';

/**
 * Compiles a `$unwind` stage: one document for each element of an array.
 *
 * @throws CommandError for an invalid operand (for example Location28808)
 */
export function compileUnwind(operand: unknown): (documents: readonly Document[]) => readonly Document[] {
  const { steps, index, keepsEmpty } = unwindOperands(operand);
  return (documents) =>
    documents.flatMap((document) => {
      const value = plainValueAt(document, steps);
      const elements: readonly unknown[] = Array.isArray(value) ? value : isNullish(value) ? [] : [value];
      if (elements.length > 0) {
        return elements.map((element, position) => {
          const unwound = withField(document, steps, element);
          if (index === null) return unwound;
          return withField(unwound, index, Array.isArray(value) ? Long.fromNumber(position) : null);
        });
      }
      if (!keepsEmpty) return [];
      const kept = Array.isArray(value) ? withField(document, steps, undefined) : document;
      return [index === null ? kept : withField(kept, index, null)];
    });
}

function unwindOperands(operand: unknown): {
  readonly steps: readonly string[];
  readonly index: readonly string[] | null;
  readonly keepsEmpty: boolean;
} {
  const options: Document = isDocument(operand) ? operand : new Map([['path', operand]]);
  if (!isDocument(operand) && typeof operand !== 'string') {
    throw new CommandError(
      'Location15981',
      'expected either a string or an object as specification for $unwind stage',
    );
  }
  const other = [...options.keys()].find(
    (name) => !['path', 'includeArrayIndex', 'preserveNullAndEmptyArrays'].includes(name),
  );
  if (other !== undefined)
    throw new CommandError('Location28811', `unrecognized option to $unwind stage: ${other}`);
  const path = options.get('path');
  if (path === undefined) throw new CommandError('Location28812', 'no path specified to $unwind stage');
  if (typeof path !== 'string')
    throw new CommandError('Location28808', 'expected a string as the path for $unwind stage');
  if (!path.startsWith('$')) {
    throw new CommandError(
      'Location28818',
      `path option to $unwind stage should be prefixed with a '$': ${path}`,
    );
  }
  const keepsEmpty = options.get('preserveNullAndEmptyArrays') ?? false;
  if (typeof keepsEmpty !== 'boolean') {
    throw new CommandError(
      'Location28809',
      'expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage',
    );
  }
  const index = options.get('includeArrayIndex');
  if (index !== undefined && (typeof index !== 'string' || index === '')) {
    throw new CommandError(
      'Location28810',
      'expected a non-empty string for the includeArrayIndex option to $unwind stage',
    );
  }
  if (index?.startsWith('$')) {
    throw new CommandError(
      'Location28822',
      "includeArrayIndex option to $unwind stage should not be prefixed with a '$'",
    );
  }
  return {
    steps: fieldPath(path.slice(1)),
    index: index === undefined ? null : fieldPath(index),
    keepsEmpty,
  };
}

/** Returns the value at a path through nested documents. Does not follow the path into arrays. */
function plainValueAt(document: Document, steps: readonly string[]): unknown {
  return steps.reduce<unknown>((value, step) => (isDocument(value) ? value.get(step) : undefined), document);
}
