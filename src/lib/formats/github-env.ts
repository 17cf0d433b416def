import type { Variable } from './variables.ts';

/**
 * Commands to the GitHub Actions runner, for stdout: each value is masked in the log from then on. The runner ends a
 * command at the line, so line breaks are escaped; it then masks the whole value and each of its lines.
 *
 * @param variables those that hold secrets
 */
export function githubMasks(variables: readonly Variable[]): string {
  return variables
    .flatMap(({ value }) => (value === null || value === '' ? [] : [`::add-mask::${commandData(value)}\n`]))
    .join('');
}

function commandData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/**
 * Entries to append to the file that GITHUB_ENV names. Nothing can be unset there: what is to be unset is set to the
 * empty text, which AWS tools take for absent.
 *
 * @param delimiter ends a value; must be unguessable, or a value could end itself and set other variables
 */
export function githubEntries(variables: readonly Variable[], delimiter: string): string {
  return variables
    .map(({ name, value }) => {
      if (value?.includes(delimiter) === true) throw new Error('the delimiter of a value occurs in it');
      return `${name}<<${delimiter}\n${value ?? ''}\n${delimiter}\n`;
    })
    .join('');
}
