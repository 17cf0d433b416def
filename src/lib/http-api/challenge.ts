/** The reason why an API rejects a bearer token. Not safe to print on a terminal without escaping. */
export interface BearerChallenge {
  /** `invalid_token`, `insufficient_scope`, `invalid_request`, or an error that the API defines itself. */
  readonly error: string | null;
  readonly description: string | null;
}

/** A longer header is ignored. */
const LONGEST_HEADER = 4096;

/**
 * `name=value`, the value with or without quotes; or a single word, which begins the next challenge (RFC
 * 9110, 11.2 and 11.6.1).
 */
const PART = /([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([\w!#$%&'*+.^`|~-]+)/g;

/**
 * Returns the first challenge with the scheme Bearer in a WWW-Authenticate header (RFC 6750, section 3),
 * which may contain others.
 *
 * @returns null when the API does not ask for a bearer token
 */
export function bearerChallenge(header: string | null): BearerChallenge | null {
  let found: { error: string | null; description: string | null } | null = null;
  let inBearer = false;
  for (const [, name, quoted, plain, scheme] of (header ?? '').slice(0, LONGEST_HEADER).matchAll(PART)) {
    if (scheme !== undefined) {
      if (found !== null) return found;
      inBearer = scheme.toLowerCase() === 'bearer';
      if (inBearer) found = { error: null, description: null };
    } else if (inBearer && found !== null) {
      const value = quoted === undefined ? (plain ?? '') : quoted.replaceAll(/\\(.)/g, '$1');
      if (name?.toLowerCase() === 'error') found.error ??= value;
      if (name?.toLowerCase() === 'error_description') found.description ??= value;
    }
  }
  return found;
}
