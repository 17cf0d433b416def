import { FedctlError } from '../core/errors.ts';
import type { Variable } from './variables.ts';

/**
 * Shell statements that set and unset variables, one per variable. Values are quoted by the rules of each
 * shell.
 */

/**
 * Formats statements for bash, zsh, dash and ksh: `eval "$(fedctl credentials --format env)"`. Within single
 * quotes, only the single quote is special.
 */
export function posixStatements(variables: readonly Variable[]): string {
  return statements(variables, (name, value) =>
    value === null ? `unset ${name}` : `export ${name}='${value.replaceAll("'", `'\\''`)}'`,
  );
}

/**
 * Formats statements for fish: `fedctl credentials --format fish | source`. Within single quotes, the single
 * quote and the backslash are special.
 */
export function fishStatements(variables: readonly Variable[]): string {
  return statements(variables, (name, value) =>
    value === null ? `set -e ${name}` : `set -gx ${name} '${value.replaceAll(/[\\']/g, '\\$&')}'`,
  );
}

/**
 * Formats statements for PowerShell: `fedctl credentials --format powershell | Out-String |
 * Invoke-Expression`. Quotes are doubled, including the typographic single quotes that PowerShell treats as
 * quotes.
 */
export function powershellStatements(variables: readonly Variable[]): string {
  return statements(variables, (name, value) =>
    value === null
      ? `$env:${name} = $null`
      : `$env:${name} = '${value.replaceAll(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`,
  );
}

/**
 * Formats a batch file for cmd: `fedctl credentials --format cmd > keys.cmd`, then `call keys.cmd`.
 *
 * @throws FedctlError usage.invalid-value for a value with a line break, which cmd does not support
 */
export function cmdStatements(variables: readonly Variable[]): string {
  return statements(
    variables,
    (name, value) => `@set "${name}=${value === null ? '' : cmdValue(name, value)}"`,
    '\r\n',
  );
}

/**
 * Escapes a value for `set "NAME=value"`. A quote within the value ends the quoted text, and the next quote
 * starts it again. Between these two quotes, `& | < > ^` are special, so they are escaped with a caret.
 */
function cmdValue(name: string, value: string): string {
  if (/[\r\n]/.test(value)) {
    throw new FedctlError('usage.invalid-value', {
      message: `The value of ${name} has a line break, which cmd does not support.`,
      likelyCause: 'A value in a batch file cannot contain a line break.',
      remedy: 'Use another format, such as --format powershell.',
      details: { variable: name },
    });
  }
  let quoted = true;
  return [...value]
    .map((character) => {
      if (character === '"') quoted = !quoted;
      if (character === '%') return '%%';
      return !quoted && /[&|<>^]/.test(character) ? `^${character}` : character;
    })
    .join('');
}

function statements(
  variables: readonly Variable[],
  statement: (name: string, value: string | null) => string,
  newline = '\n',
): string {
  return variables.map(({ name, value }) => `${statement(name, value)}${newline}`).join('');
}
