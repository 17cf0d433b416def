/**
 * The reason why an API rejects a bearer token. The texts must be escaped before they are printed on a
 * terminal.
 */
export interface BearerChallenge {
  /** `invalid_token`, `insufficient_scope`, `invalid_request`, or an error that the API defines itself. */
  readonly error: string | null;
  readonly description: string | null;
}

/** The maximum length of the header, in characters. The rest of a longer header is ignored. */
const LONGEST_HEADER = 4096;

/**
 * Matches `name=value` (the value may be quoted), or the scheme of the next challenge (RFC 9110, 11.2 and
 * 11.6.1).
 */
const PART = /([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([\w!#$%&'*+.^`|~-]+)/g;

/**
 * Returns the first challenge with the scheme Bearer in a WWW-Authenticate header (RFC 6750, section 3). The
 * header may contain other challenges.
 *
 * @returns the challenge; null if the header contains no Bearer challenge
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
