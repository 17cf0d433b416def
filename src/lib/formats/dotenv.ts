import { FedctlError } from '../core/errors.ts';
import type { Variable } from './variables.ts';

/**
 * Formats a .env file. Parsers differ on escape sequences and on `#`, so each value has a form that all
 * parsers read the same way. If possible, the value has no quotes, because `docker --env-file` does not
 * support quotes. Otherwise the value is in quotes that do not occur in the value. Variables without a value
 * are left out, because a .env file cannot unset a variable.
 *
 * @throws FedctlError usage.invalid-value for a value that no such form supports
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
