import type { Principal, Selection } from './document.ts';
import type { RequestPrincipal } from './request.ts';

/**
 * How closely a trust policy names who asks. It decides whose further consent is needed: what names the account
 * leaves the choice to the account's identity policies, what names the user or role does not, and what names the very
 * session asks neither boundary nor session policy.
 */
export type Grant = 'account' | 'principal' | 'session';

/**
 * How closely an element names the principal; null when it does not. NotPrincipal excepts whom any of its names fits;
 * whether AWS wants account, role and session named to except a session is not verified.
 */
export function grantTo({ except, listed }: Selection<Principal>, principal: RequestPrincipal): Grant | null {
  const grants = listed.map((one) => named(one, principal)).filter((grant) => grant !== null);
  // Who is not excepted is meant like everybody: NotPrincipal names nobody.
  if (except) return grants.length === 0 ? 'session' : null;
  return (
    grants.find((grant) => grant === 'session') ??
    grants.find((grant) => grant === 'principal') ??
    grants[0] ??
    null
  );
}

function named({ type, name }: Principal, principal: RequestPrincipal): Grant | null {
  if (type === 'AWS' && name === '*') return 'session';
  if (type !== principal.type) return null;
  if (name === '*') return 'session';
  if (principal.type === 'Federated') return name === principal.arn ? 'session' : null;
  if (name === principal.sessionArn) return 'session';
  if (name === principal.arn) return 'principal';
  const isAccount =
    name === principal.accountId || /^arn:[\w-]+:iam::(\d{12}):root$/.exec(name)?.[1] === principal.accountId;
  return isAccount ? 'account' : null;
}
