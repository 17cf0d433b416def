import type { Principal, Selection } from './document.ts';
import type { RequestPrincipal } from './request.ts';

/**
 * How specifically a trust policy names the caller. It decides which other policies are needed: naming the
 * account leaves the decision to the account's identity policies, naming the user or role does not, and
 * naming the session also skips boundary and session policy.
 */
export type Grant = 'account' | 'principal' | 'session';

/**
 * Returns how specifically an element names the principal; null when it does not. NotPrincipal excepts every
 * principal that one of its names matches. Whether AWS requires account, role and session to except a session
 * is not verified.
 */
export function grantTo({ except, listed }: Selection<Principal>, principal: RequestPrincipal): Grant | null {
  const grants = listed.map((one) => named(one, principal)).filter((grant) => grant !== null);
  // A principal that is not excepted counts as everybody, because NotPrincipal names nobody.
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
