/** A JWT taken apart. Nothing of it is proved. */
export interface DecodedJwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * Takes a compact JWT apart without proving anything.
 *
 * @throws FedctlError jwt.not-a-jwt, which never repeats the text
 */
export function decodeJwt(_text: string): DecodedJwt {
  throw new Error('not built yet');
}
