import { presentToken } from '../../http-api/present-token.ts';
import { check, pass, skip } from '../check.ts';
import { jwtClaims, TOKEN, tokenOf } from './token.ts';

/** Any other relying party than MongoDB: an HTTP API that takes the token as a bearer token (RFC 6750). */
export const netApi = check<null>({
  id: 'net.api',
  title: 'the HTTP API takes the token',
  link: 'api',
  needs: [jwtClaims, ...TOKEN],
  asked: ({ target }) => target.api !== null,
  async run({ context, target, options }, facts) {
    const token = tokenOf(facts);
    if (token === null || target.api === null) return skip('there is no token to present');
    const { fetch, signal } = context;
    const bounds = { fetch, signal, timeoutMs: options.timeoutMs };
    const { status } = await presentToken(target.api, token.token, bounds);
    return pass(`${new URL(target.api).host} answered ${status}`, null);
  },
});
