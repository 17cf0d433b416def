import type { Principal, Selection } from './document.ts';
import type { RequestPrincipal } from './request.ts';

/**
 * How specifically a trust policy names the caller. `account`: the identity-based policies of the account
 * must also allow the request. `principal`: the policy names the user or role, and no identity-based policy
 * is needed. `session`: the boundary and the session policies are not needed either.
 */
export type Grant = 'account' | 'principal' | 'session';

/**
 * Returns how specifically an element names the principal; null if it does not name the principal.
 * NotPrincipal excludes every principal that one of its names matches. It is not verified whether AWS
 * requires account, role and session together to exclude a session.
 */
export function grantTo({ except, listed }: Selection<Principal>, principal: RequestPrincipal): Grant | null {
  const grants = listed.map((one) => named(one, principal)).filter((grant) => grant !== null);
  // NotPrincipal grants access to all other principals, like the principal `*`.
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
