import { FedctlError } from '../core/errors.ts';
import type { Variable } from './variables.ts';

/**
 * Formats a .env file. Parsers interpret escape sequences and `#` differently, so each value has a form that
 * all parsers interpret in the same way. A value without special characters is not quoted, because the option
 * `--env-file` of docker does not support quotes. All other values are in single quotes or, if the value
 * contains a single quote, in double quotes. Variables without a value are omitted, because a .env file
 * cannot unset a variable.
 *
 * @throws FedctlError usage.invalid-value for a value that has no such form
 */
export function dotenv(variables: readonly Variable[]): string {
  return variables
    .flatMap(({ name, value }) => (value === null ? [] : [`${name}=${dotenvValue(name, value)}\n`]))
    .join('');
}

function dotenvValue(name: string, value: string): string {
  if (/^[\w+/=.,:@%-]*$/.test(value)) return value;
  if (!/['\\\r]/.test(value)) return `'${value}'`;
  if (!/["\\\r\n$`]/.test(value)) return `"${value}"`;
  throw new FedctlError('usage.invalid-value', {
    message: `The value of ${name} has characters that .env parsers interpret differently.`,
    likelyCause:
      'The .env format has no portable notation for a backslash, or for a value with both kinds of quotes.',
    remedy: 'Use another format, such as --format env.',
    details: { variable: name },
  });
}
