import type { Variable } from './variables.ts';

/**
 * Formats entries for the file that GITHUB_ENV names. Variables cannot be unset there, so they are set to the
 * empty text, which AWS tools treat as absent.
 *
 * @param delimiter ends a value; must be unguessable, or a value could end itself and set other variables
 */
export function githubEntries(variables: readonly Variable[], delimiter: string): string {
  return variables
    .map(({ name, value }) => {
      if (value?.includes(delimiter) === true)
        throw new Error('the delimiter of a value occurs in the value');
      return `${name}<<${delimiter}\n${value ?? ''}\n${delimiter}\n`;
    })
    .join('');
}
