import type { Settings } from '../lib/core/command-line.ts';
import { isFedctlError } from '../lib/core/errors.ts';
import { parseConnectionString } from '../lib/uri/connection-string.ts';
import { type OptionSpec, text } from './options.ts';

/** `--uri`, which is never repeated with a secret. */
export const URI: OptionSpec<string | null> = {
  ...text('--uri <uri>', 'connection string of the cluster, without a password'),
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
