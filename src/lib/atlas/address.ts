import { FedctlError } from '../core/errors.ts';
import { isLoopbackHost } from '../core/hosts.ts';

/**
 * The URL of commercial Atlas. Atlas for Government uses https://cloud.mongodbgov.com (facts/mongodb.md 7.2).
 */
export const ATLAS_URL = 'https://cloud.mongodb.com';

/**
 * Validates the URL of the Atlas API. This function must be called before fedctl sends credentials.
 *
 * @param value the URL that the user gave
 * @returns scheme, host and port, without a trailing slash
 * @throws FedctlError atlas.url-invalid, atlas.plaintext-refused
 */
export function checkedAddress(value: string): string {
  if (!URL.canParse(value)) throw invalid('is not a valid URL');
  const url = new URL(value);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw invalid(`starts with ${url.protocol} instead of https:`);
  }
  if (url.username !== '' || url.password !== '') throw invalid('has a user name or a password');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw invalid(`${url.origin} has text after the host`);
  }
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    throw new FedctlError('atlas.plaintext-refused', {
      message: `The URL of the Atlas API is ${url.origin}. fedctl does not send credentials to another machine without TLS.`,
      details: { url: url.origin },
    });
  }
  return url.origin;
}

/** The message does not contain the complete URL, because the URL may contain a password. */
function invalid(what: string): FedctlError {
  return new FedctlError('atlas.url-invalid', { message: `The URL of the Atlas API ${what}.` });
}
