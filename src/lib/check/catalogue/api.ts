import { isFedctlError } from '../../core/errors.ts';
import type { MintedToken } from '../../core/token.ts';
import { check } from '../check.ts';
import { compare } from '../claim-comparisons.ts';
import { fail, pass, skip } from '../outcome.ts';
import { jwtClaims, TOKEN_SOURCES, tokenOf } from './token.ts';

/**
 * Sends the token as a bearer token (RFC 6750) to an HTTP API, which is a relying party other than MongoDB.
 */
export const netApi = check<null>({
  id: 'net.api',
  title: 'the HTTP API accepts the token',
  link: 'api',
  needs: [jwtClaims, ...TOKEN_SOURCES],
  asked: ({ target }) => target.api !== null,
  async run({ context, target, options }, facts) {
    const token = tokenOf(facts);
    if (token === null || target.api === null) return skip('no token to present');
    const { fetch, now, signal } = context;
    const bounds = { fetch, now, signal, timeoutMs: options.timeoutMs };
    const { presentToken } = await import('../../http-api/present-token.ts');
    try {
      const { status } = await presentToken(target.api, token.token, bounds);
      return pass(`${new URL(target.api).host} responded with status ${status}`, null);
    } catch (error) {
      if (!isFedctlError(error) || error.code !== 'net.api-refused') throw error;
      return fail(error, { comparisons: toCompare(token) });
    }
  },
});

/**
 * Returns the claims that the API checks. fedctl does not know the values that the API expects, so the result
 * shows only the values in the token.
 */
function toCompare({ issuer, audience, subject, algorithm }: MintedToken) {
  const by = 'the value that the API expects';
  return [
    compare('iss', issuer, [], by),
    compare('aud', audience.join(', '), [], by),
    compare('sub', subject, [], by),
    compare('alg', algorithm, [], by),
  ];
}
