import { FedctlError } from '../core/errors.ts';
import { isLoopbackHost } from '../core/hosts.ts';

/**
 * Parses the URL of an issuer or of a key set. The URL must use https. http is allowed only for this machine,
 * because keys that were fetched without TLS cannot be trusted.
 *
 * @throws FedctlError issuer.plaintext-refused, usage.invalid-value
 */
export function trustworthyUrl(text: string, what: 'issuer' | 'key set'): URL {
  if (!URL.canParse(text)) throw invalid(what, text, `Invalid ${what} "${text}": not a URL.`);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    // The URL is not shown, because it may contain a password.
    throw invalid(what, null, `The URL of the ${what} at ${url.host} has a user name or a password.`);
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))) return url;
  if (url.protocol !== 'http:')
    throw invalid(what, text, `Invalid ${what} "${text}": expected an https URL.`);
  throw new FedctlError('issuer.plaintext-refused', {
    message: `The ${what} ${text} is not https, and ${url.hostname} is not a loopback address.`,
    details: { url: text },
  });
}

/**
 * Returns the URL of the discovery document of an issuer (OpenID Connect Discovery 1.0, section 4.1). If the
 * issuer ends with a slash, no second slash is added.
 *
 * @throws FedctlError issuer.plaintext-refused, usage.invalid-value
 */
export function discoveryUrl(issuer: string): URL {
  const url = trustworthyUrl(issuer, 'issuer');
  // The text is checked instead of the URL object, because a URL object does not show an empty query or
  // fragment.
  if (/[?#]/.test(issuer)) {
    throw invalid(
      'issuer',
      issuer,
      `Invalid issuer "${issuer}": an issuer must not have a query or a fragment.`,
    );
  }
  return new URL(`${url.href.replace(/\/$/, '')}/.well-known/openid-configuration`);
}

function invalid(what: string, value: string | null, message: string): FedctlError {
  return new FedctlError('usage.invalid-value', {
    message,
    likelyCause: `The ${what} must be an https URL, such as https://<uuid>.tokens.sts.global.api.aws.`,
    remedy: 'Use the issuer that fedctl status prints for the account.',
    details: value === null ? {} : { value },
  });
}
