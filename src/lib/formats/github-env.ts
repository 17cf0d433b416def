import type { Variable } from './variables.ts';

/**
 * Formats entries for the file whose path is in GITHUB_ENV. A variable without a value is set to an empty
 * string, because this file cannot unset a variable. AWS tools ignore empty variables.
 *
 * @param delimiter the text that ends a value; must be unpredictable, because a value that contains the
 * delimiter could set other variables
 */
export function githubEntries(variables: readonly Variable[], delimiter: string): string {
  return variables
    .map(({ name, value }) => {
      if (value?.includes(delimiter) === true) throw new Error('the value contains the delimiter');
      return `${name}<<${delimiter}\n${value ?? ''}\n${delimiter}\n`;
    })
    .join('');
}
