import type { Document } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import { unsupported } from '../unsupported.ts';
import { isDocument } from '../values/types.ts';

const POSITION = /^(0|[1-9]\d*)$/;

/** Returns true if the given part of a path is an array index. */
export const isPosition = (step: string): boolean => POSITION.test(step);

export function member(value: unknown, step: string): unknown {
  if (Array.isArray(value)) return isPosition(step) ? value[Number(step)] : undefined;
  return isDocument(value) ? value.get(step) : undefined;
}

/**
 * Returns the values that a filter tests at a path. A missing field has the value `undefined`. Follows the path into
 * the elements of arrays. An array at the end of the path counts as one value.
 */
export function valuesAt(document: Document, steps: readonly string[], from = 0): readonly unknown[] {
  const value = document.get(steps[from] ?? '');
  const next = from + 1;
  if (next >= steps.length) return [value];
  if (isDocument(value)) return valuesAt(value, steps, next);
  return Array.isArray(value) ? elementValues(value, steps, next) : [undefined];
}

function elementValues(
  array: readonly unknown[],
  steps: readonly string[],
  from: number,
): readonly unknown[] {
  const found = array.filter(isDocument).flatMap((element) => valuesAt(element, steps, from));
  const step = steps[from] ?? '';
  if (!isPosition(step) || Number(step) >= array.length) return found;
  const element = array[Number(step)];
  if (Array.isArray(element)) {
    throw unsupported('NotImplemented', 'an array position in a path to a nested array');
  }
  if (from + 1 >= steps.length) return [...found, element];
  return isDocument(element) ? [...found, ...valuesAt(element, steps, from + 1)] : found;
}

/**
 * Splits a field path into its parts. For example, `a.b` has the parts `a` and `b`.
 *
 * @throws CommandError (for example Location40353) for an invalid path
 */
export function fieldPath(path: string): readonly string[] {
  if (path === '')
    throw new CommandError('Location40352', 'FieldPath cannot be constructed with empty string');
  if (path.endsWith('.')) throw new CommandError('Location40353', "FieldPath must not end with a '.'.");
  const steps = path.split('.');
  for (const step of steps) {
    if (step === '')
      throw new CommandError('Location15998', 'FieldPath field names may not be empty strings.');
    if (step.startsWith('$')) {
      throw new CommandError(
        'Location16410',
        `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
      );
    }
    if (step.includes('\0'))
      throw new CommandError('Location16411', "FieldPath field names may not contain '\0'.");
  }
  return steps;
}
