import type { Document } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import { textOf } from '../values/text.ts';
import { compileFilter, type Filter, matchedPosition, type Variables } from './filter.ts';
import { member } from './paths.ts';

/** The array filters of an update, by the name in `$[name]`. Each function tests an array element. */
export type ElementFilters = ReadonlyMap<string, (element: unknown) => boolean>;

/**
 * Compiles the array filters of an update.
 *
 * @throws CommandError FailedToParse, BadValue
 */
export function compileArrayFilters(arrayFilters: readonly Document[], variables: Variables): ElementFilters {
  const filters = new Map<string, (element: unknown) => boolean>();
  for (const document of arrayFilters) {
    const filter = compileFilter(document, variables);
    const paths = [...filter.conditions.map(({ path }) => path), ...filter.alternatives];
    const [name, other] = new Set(paths.map((path) => path.split('.')[0] ?? ''));
    if (name === undefined) {
      throw new CommandError(
        'FailedToParse',
        'Cannot use an expression without a top-level field name in arrayFilters',
      );
    }
    if (other !== undefined) {
      throw new CommandError(
        'FailedToParse',
        `Error parsing array filter :: caused by :: Expected a single top-level field name, found '${name}' and '${other}'`,
      );
    }
    if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) {
      throw new CommandError(
        'BadValue',
        `Error parsing array filter :: caused by :: The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${name}'`,
      );
    }
    if (filters.has(name)) {
      throw new CommandError(
        'FailedToParse',
        `Found multiple array filters with the same top-level field name ${name}`,
      );
    }
    filters.set(name, (element) => filter.matches(new Map([[name, element]])));
  }
  return filters;
}

const elementName = (step: string): string | undefined => /^\$\[(.+)\]$/.exec(step)?.[1];

/**
 * Checks that each `$[name]` in the paths has an array filter, and that each array filter is used.
 *
 * @throws CommandError BadValue, FailedToParse
 */
export function checkUsed(paths: readonly (readonly string[])[], elements: ElementFilters): void {
  const used = new Set<string>();
  for (const steps of paths) {
    for (const step of steps) {
      const name = elementName(step);
      if (name === undefined) continue;
      if (!elements.has(name)) {
        throw new CommandError(
          'BadValue',
          `No array filter found for identifier '${name}' in path '${steps.join('.')}'`,
        );
      }
      used.add(name);
    }
  }
  for (const name of elements.keys()) {
    if (!used.has(name)) {
      throw new CommandError(
        'FailedToParse',
        `The array filter for identifier '${name}' was not used in the update`,
      );
    }
  }
}

interface Resolution {
  /** The filter of the update, which determines the position of `$`. */
  readonly filter: Filter;
  readonly elements: ElementFilters;
  readonly isInsert: boolean;
}

/** In a path, replaces `$`, `$[]` and `$[name]` with array positions. Returns all resulting paths in the document. */
export function resolved(
  document: Document,
  steps: readonly string[],
  how: Resolution,
): readonly (readonly string[])[] {
  return steps.reduce<readonly (readonly string[])[]>(
    (prefixes, step) =>
      prefixes.flatMap((prefix) => {
        if (!step.startsWith('$')) return [[...prefix, step]];
        return positions(document, prefix, step, how).map((position) => [...prefix, String(position)]);
      }),
    [[]],
  );
}

function positions(
  document: Document,
  prefix: readonly string[],
  step: string,
  how: Resolution,
): readonly number[] {
  const path = prefix.join('.');
  if (step === '$') {
    if (how.isInsert) {
      throw new CommandError(
        'BadValue',
        'The positional operator did not find the match needed from the query.',
      );
    }
    return [matchedPosition(how.filter, document, path)];
  }
  const array = prefix.reduce<unknown>(member, document);
  if (array === undefined) {
    throw new CommandError(
      'BadValue',
      `The path '${path}' must exist in the document in order to apply array updates.`,
    );
  }
  if (!Array.isArray(array)) {
    throw new CommandError(
      'BadValue',
      `Cannot apply array updates to non-array element ${prefix.at(-1)}: ${textOf(array)}`,
    );
  }
  const matches = how.elements.get(elementName(step) ?? '') ?? (() => true);
  return array.flatMap((element: unknown, index) => (matches(element) ? [index] : []));
}
