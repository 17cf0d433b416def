import { CommandError } from '../command-error.ts';
import { compareStrings } from '../values/compare.ts';
import { isPosition } from './paths.ts';

const POSITIONAL = /^\$(?:\[(?:[a-z][a-zA-Z0-9]*)?\])?$/;

/** Splits an update path into its parts. @throws CommandError EmptyFieldName, DollarPrefixedFieldName, BadValue */
export function updatePath(path: string): readonly string[] {
  const steps = path.split('.');
  if (path === '') throw new CommandError('EmptyFieldName', 'An empty update path is not valid.');
  if (steps.includes('')) {
    throw new CommandError(
      'EmptyFieldName',
      `The update path '${path}' contains an empty field name, which is not allowed.`,
    );
  }
  for (const [index, step] of steps.entries()) {
    if (!step.startsWith('$')) continue;
    if (!POSITIONAL.test(step)) {
      const isElement = step.startsWith('$[');
      throw isElement
        ? new CommandError(
            'BadValue',
            `Cannot have array filter identifier (i.e. '$[<id>]') element with an invalid name in path '${path}'`,
          )
        : new CommandError(
            'DollarPrefixedFieldName',
            `The dollar ($) prefixed field '${step}' in '${path}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
          );
    }
    if (index === 0) {
      throw new CommandError(
        'BadValue',
        `Cannot have positional (i.e. '$') element in the first position in path '${path}'`,
      );
    }
  }
  if (steps.filter((step) => step === '$').length > 1) {
    throw new CommandError('BadValue', `Too many positional (i.e. '$') elements found in path '${path}'`);
  }
  return steps;
}

/**
 * Checks that all paths differ and that no path is a prefix of another path.
 *
 * @throws CommandError ConflictingUpdateOperators
 */
export function checkConflicts(paths: readonly (readonly string[])[]): void {
  const sorted = paths.map((steps) => `${steps.join('.')}.`).sort();
  for (const [index, path] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next?.startsWith(path)) {
      throw new CommandError(
        'ConflictingUpdateOperators',
        `Updating the path '${next.slice(0, -1)}' would create a conflict at '${path.slice(0, -1)}'`,
      );
    }
  }
}

/** Compares two paths for sorting: array positions by number, all other parts by name. */
export function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (const [index, step] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const areNumbers = isPosition(step) && isPosition(other);
    const difference = areNumbers ? Number(step) - Number(other) : compareStrings(step, other);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
