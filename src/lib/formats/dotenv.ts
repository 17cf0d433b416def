import { FedctlError } from '../core/errors.ts';
import type { Variable } from './variables.ts';

/**
 * Formats a .env file. There is no common grammar, and parsers differ on escapes and on `#`. So a value is
 * written in the simplest form that all of them read alike: without quotes if possible (`docker --env-file`
 * and systemd do not support quotes), otherwise between quotes that do not occur in it. Variables without a
 * value are left out, because such a file cannot unset.
 *
 * @throws FedctlError usage.invalid-value for a value that cannot be written
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
    likelyCause: 'The .env format has no portable way to write both kinds of quotes, or a backslash.',
    remedy: 'Use another format, such as --format env.',
    details: { variable: name },
  });
}
