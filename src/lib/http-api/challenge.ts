/** What an API says about a bearer token that it refuses. Not safe to show on a terminal as it is. */
export interface BearerChallenge {
  /** `invalid_token`, `insufficient_scope`, `invalid_request`, or something of the API's own. */
  readonly error: string | null;
  readonly description: string | null;
}

/** A header of more is no challenge that anybody reads. */
const LONGEST_HEADER = 4096;

/** `name=value`, the value in quotes or not; or a word alone, which begins the next challenge (RFC 9110, 11.2 and 11.6.1). */
const PART = /([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([\w!#$%&'*+.^`|~-]+)/g;

/**
 * The first challenge of the scheme Bearer in a WWW-Authenticate header (RFC 6750, section 3), among those of others.
 *
 * @returns null where the API asks for no bearer token
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
