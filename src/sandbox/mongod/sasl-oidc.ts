import { Refused } from './refused.ts';
import type { SaslMechanism } from './sasl.ts';
import { checkToken, type TokenCheckOptions } from './token-check.ts';

/**
 * MONGODB-OIDC in one step, with the token in the payload. A request for the issuer, which starts the human flow, is
 * rejected: a workload identity provider supports no human flow (facts/mongodb.md 1.1).
 */
export function oidcMechanism(checking: () => TokenCheckOptions): SaslMechanism {
  return async (payload) => {
    const token = payload['jwt'];
    if (token === undefined) throw new Refused('none of the identity providers supports human flows');
    if (typeof token !== 'string') throw new Refused('the field jwt is not a string');
    return { done: true, login: await checkToken(token, checking()) };
  };
}
