import { FedctlError } from '../core/errors.ts';
import { isLoopbackHost } from '../core/hosts.ts';

/**
 * Parses the URL of an API that receives a token. The URL must use https. http is allowed only for this
 * machine.
 *
 * @throws FedctlError net.plaintext-refused, usage.invalid-value. The messages contain no password.
 */
export function apiUrl(text: string): URL {
  // The message does not contain an invalid URL, because any part of it may be a password.
  if (!URL.canParse(text)) throw invalid('The URL of the API is invalid.');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw invalid(`The URL of the API at ${url.host} has a user name or a password.`);
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))) return url;
  if (url.protocol !== 'http:')
    throw invalid(`The URL of the API starts with ${url.protocol} instead of https:.`);
  throw new FedctlError('net.plaintext-refused', {
    message: `Refused to send the token to ${shownUrl(url)}: the URL is not https, and ${url.hostname} is not a loopback address.`,
    details: { url: shownUrl(url) },
  });
}

/** Formats a URL without its query and fragment, because they may contain secrets. */
export function shownUrl(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

function invalid(message: string): FedctlError {
  return new FedctlError('usage.invalid-value', {
    message,
    likelyCause:
      'fedctl sends a token to an API only over https. Plain http is allowed for loopback addresses only.',
    remedy: 'Specify a URL such as https://api.example.com/me.',
  });
}
