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

/** @returns null where a secret would be missing that the login needs, or the text is no connection string */
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
 * The cluster that `--uri` names. It is read when it is used: a variable that nothing uses may hold anything.
 *
 * @throws FedctlError what `parseConnectionString` throws
 */
export function connectionStringOf(uri: string): ConnectionString {
  return readingOption('--uri', () => parseConnectionString(uri));
}

/** How to log in. Commands differ in what they do with it, and so in its description. */
export function mechanismOption<const Name extends string>(
  description: string,
  names: readonly Name[],
): OptionSpec<Name | null> {
  return choice('--mechanism <name>', description, names, null);
}

/** For the connection string of a program. */
export const TOKEN_ENVIRONMENT: OptionSpec<TokenEnvironment> = choice(
  '--environment <name>',
  'ENVIRONMENT for oidc; test is for drivers without k8s',
  TOKEN_ENVIRONMENTS,
  'k8s',
  // Not from the environment: it would reach every fedctl that a program starts.
  { env: false },
);

export const DNS_SERVER: OptionSpec<string | null> = nameServer(
  '--dns-server <host:port>',
  'DNS server for the host names of the cluster',
);
