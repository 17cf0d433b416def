import type { Variable } from './variables.ts';

/**
 * Formats entries for the file that GITHUB_ENV names. This file cannot unset a variable, so an unset variable
 * becomes an empty string, which AWS tools treat as absent.
 *
 * @param delimiter the end of a value; must be unguessable, because a value that contains the delimiter could
 * set other variables
 */
export function githubEntries(variables: readonly Variable[], delimiter: string): string {
  return variables
    .map(({ name, value }) => {
      if (value?.includes(delimiter) === true) throw new Error('the value contains the delimiter');
      return `${name}<<${delimiter}\n${value ?? ''}\n${delimiter}\n`;
    })
    .join('');
}
