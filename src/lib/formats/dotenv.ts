import { FedctlError } from '../core/errors.ts';
import type { Variable } from './variables.ts';

/**
 * A .env file. There is no grammar, only parsers that differ on escapes and on `#`, so a value is written in the
 * plainest form that all of them read alike: bare where it can be (`docker --env-file` and systemd know no quotes), else
 * between quotes that do not occur in it. What is not set is left out: such a file cannot unset.
 *
 * @throws FedctlError usage.invalid-value for a value that no form fits
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
