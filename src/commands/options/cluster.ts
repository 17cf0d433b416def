import type { Settings } from '../../lib/core/command-line.ts';
import type { ConnectionString } from '../../lib/core/connection-string.ts';
import { isFedctlError } from '../../lib/core/errors.ts';
import { readingOption } from '../../lib/core/invalid-value.ts';
import { parseConnectionString } from '../../lib/uri/connection-string.ts';
import { TOKEN_ENVIRONMENTS, type TokenEnvironment } from '../../lib/uri/program-uri.ts';
import { choice, nameServer } from './kinds.ts';
import { type OptionSpec, text } from './option.ts';

/** `--uri`, which is never repeated with a secret. */
export const URI: OptionSpec<string | null> = {
  ...text('--uri <uri>', 'Connection string of the cluster, without a password'),
  repeated: repeatedUri,
};

/** @returns null when a secret that the login needs would be missing, or the connection string is invalid */
function repeatedUri(uri: string, set: Settings): string | null {
  try {
    const { shown, namedMechanism } = parseConnectionString(uri);
    if (shown.includes('<credentials>')) return null;
    if (namedMechanism === null || Object.hasOwn(set, '--mechanism')) return shown;
    return `${shown}${shown.includes('?') ? '&' : '?'}authMechanism=${namedMechanism}`;
  } catch (error) {
    if (isFedctlError(error)) return null;
    throw error;
  }
}

/**
 * Parses the connection string of `--uri`. Call it on use, because an unused variable may contain anything.
 *
 * @throws FedctlError what `parseConnectionString` throws
 */
export function connectionStringOf(uri: string): ConnectionString {
  return readingOption('--uri', () => parseConnectionString(uri));
}

/** Creates the option for the mechanism, with a description for the command. */
export function mechanismOption<const Name extends string>(
  description: string,
  names: readonly Name[],
): OptionSpec<Name | null> {
  return choice('--mechanism <name>', description, names, null);
}

/** The driver environment for the connection string of a program. */
export const TOKEN_ENVIRONMENT: OptionSpec<TokenEnvironment> = choice(
  '--environment <name>',
  'ENVIRONMENT for oidc; test is for drivers without k8s',
  TOKEN_ENVIRONMENTS,
  'k8s',
  // No environment form, because the variable would affect every fedctl that a program starts.
  { env: false },
);

export const DNS_SERVER: OptionSpec<string | null> = nameServer(
  '--dns-server <host:port>',
  'DNS server for the host names of the cluster',
);
