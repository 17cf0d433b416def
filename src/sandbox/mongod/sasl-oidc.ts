import { Refused } from './refused.ts';
import type { SaslMechanism } from './sasl.ts';
import { checkToken, type TokenCheckOptions } from './token-check.ts';

/**
 * The MONGODB-OIDC mechanism. A login has only one step: the client sends a payload that contains the token. A payload
 * without a token requests the human flow. The server rejects this request, because workload identity providers do not
 * support the human flow (facts/mongodb.md 1.1).
 */
export function oidcMechanism(checking: () => TokenCheckOptions): SaslMechanism {
  return async (payload) => {
    const token = payload['jwt'];
    if (token === undefined) throw new Refused('no identity provider supports the human flow');
    if (typeof token !== 'string') throw new Refused('the field "jwt" is not a string');
    return { done: true, login: await checkToken(token, checking()) };
  };
}
