import { isFedctlError } from '../lib/errors.ts';
import { secretsOf, shownUri } from '../lib/uri/connection-string.ts';
import { type OptionSpec, text } from './options.ts';

/** `--uri`, which is never repeated with a password. */
export const URI: OptionSpec<string | null> = {
  ...text('--uri <uri>', 'connection string of the cluster, without a password'),
  repeated: repeatedUri,
};

/** @returns null where a secret would be missing that the login needs, or nobody can tell what is secret */
function repeatedUri(uri: string): string | null {
  try {
    return secretsOf(uri).length === 0 ? shownUri(uri) : null;
  } catch (error) {
    if (isFedctlError(error)) return null;
    throw error;
  }
}
