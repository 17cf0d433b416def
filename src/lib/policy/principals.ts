import type { Principal, Selection } from './document.ts';
import type { RequestPrincipal } from './request.ts';

/**
 * How a trust policy specifies the caller. `account`: the policy contains the account of the caller, so the
 * identity-based policies must also allow the request. `principal`: the policy contains the user or role, so
 * the identity-based policies do not need to allow the request. `session`: the policy contains the session,
 * so the permissions boundary and the session policies do not need to allow the request either.
 */
export type Grant = 'account' | 'principal' | 'session';

/**
 * Returns how a Principal or NotPrincipal element specifies the principal; null if the element does not apply
 * to the principal. NotPrincipal excludes every principal that matches one of its names. Not verified: to
 * exclude a session, AWS may require that NotPrincipal contains the account, the role and the session.
 */
export function grantTo({ except, listed }: Selection<Principal>, principal: RequestPrincipal): Grant | null {
  const grants = listed.map((one) => named(one, principal)).filter((grant) => grant !== null);
  // NotPrincipal has the same effect as the principal `*` for each principal that is not in its list.
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
