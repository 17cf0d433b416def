/** Three parts of base64url, as a token is; and what is so long and even that it may be a session token of AWS. */
const TOKEN = /\beyJ[\w-]+(?:\.[\w-]*){0,2}/g;
const LONG = /[\w+/=-]{100,}/g;

/**
 * What a server wrote, without anything that may be the token that it was just shown: a server that repeats it is broken
 * or hostile, and reports are read by many.
 */
export function withoutTokens(text: string): string {
  return text.replace(TOKEN, '[token]').replace(LONG, '[secret]');
}

/** The same for a name: of a database user, a role, a replica set. They may be long, and have slashes. */
export function nameWithoutTokens(name: string): string {
  return name.replace(TOKEN, '[token]');
}
