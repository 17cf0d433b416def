import type { Settings } from '../../lib/core/command-line.ts';
import type { ConnectionString } from '../../lib/core/connection-string.ts';
import { isFedctlError } from '../../lib/core/errors.ts';
import { readingOption } from '../../lib/core/invalid-value.ts';
import { parseConnectionString } from '../../lib/uri/connection-string.ts';
import { TOKEN_ENVIRONMENTS, type TokenEnvironment } from '../../lib/uri/program-uri.ts';
import { choice, nameServer } from './kinds.ts';
import { type OptionSpec, text } from './option.ts';

/** The option `--uri`. A suggested command repeats the connection string without secrets. */
export const URI: OptionSpec<string | null> = {
  ...text('--uri <uri>', 'Connection string of the cluster, without a password'),
  repeated: repeatedUri,
};

/**
 * @returns the connection string without secrets; null if the string is invalid or contains a secret that the
 *   login needs
 */
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
 * Parses the connection string of `--uri`. Commands call this function only if they use the value, because an
 * unused environment variable may contain any text.
 *
 * @throws FedctlError the failures of `parseConnectionString`
 */
export function connectionStringOf(uri: string): ConnectionString {
  return readingOption('--uri', () => parseConnectionString(uri));
}

/** Creates the option `--mechanism` with the description and the choices of a command. */
export function mechanismOption<const Name extends string>(
  description: string,
  names: readonly Name[],
): OptionSpec<Name | null> {
  return choice('--mechanism <name>', description, names, null);
}

/**
 * The option `--environment`. It sets the ENVIRONMENT property in a connection string with the mechanism
 * MONGODB-OIDC.
 */
export const TOKEN_ENVIRONMENT: OptionSpec<TokenEnvironment> = choice(
  '--environment <name>',
  'ENVIRONMENT property for oidc; "test" is for drivers without k8s support (default: k8s)',
  TOKEN_ENVIRONMENTS,
  'k8s',
  // This option has no environment variable. The program that `exec` runs inherits all variables, so a
  // variable would affect every fedctl process that this program starts.
  { env: false },
);

export const DNS_SERVER: OptionSpec<string | null> = nameServer(
  '--dns-server <host:port>',
  'DNS server for the host names of the cluster',
);
