import { absence, currentUser, findUsers, similarNames } from './find-users.ts';
import type { Refusal } from './refusal.ts';
import {
  type DatabasePrincipal,
  type DatabaseUser,
  EXTERNAL,
  type GrantedRole,
  type IdentityProvider,
  type Place,
} from './relying-party.ts';

/** The claims of a token: its payload. */
export type Claims = Readonly<Record<string, unknown>>;

/** The configuration of the relying party. */
export interface RelyingParty {
  readonly identityProviders: readonly IdentityProvider[];
  readonly databaseUsers: readonly DatabaseUser[];
}

export type TokenDecision =
  | {
      readonly accepted: true;
      readonly principal: DatabasePrincipal;
      readonly identityProvider: IdentityProvider;
    }
  | { readonly accepted: false; readonly refusal: Refusal };

/**
 * Returns whether a MongoDB server would accept an OIDC login with the claims of a token. First finds the
 * identity provider with exactly this issuer and audience. Then finds the database user `<idpId>/<user
 * claim>` in `$external` (facts/mongodb.md 1.6 and section 6). The caller must verify the signature and the
 * lifetime of the token. This function reads no clock and has no side effects.
 *
 * @param place the cluster and the time of the login; null to ignore the scopes and expirations of users
 */
export function decideToken(
  claims: Claims,
  relyingParty: RelyingParty,
  place: Place | null = null,
): TokenDecision {
  const chosen = chooseIdentityProvider(claims, relyingParty.identityProviders);
  if (!chosen.accepted) return chosen;
  const { identityProvider } = chosen;
  const subject = stringClaim(claims, identityProvider.userClaim);
  if (!subject.ok) return refused(subject.refusal);
  const username = `${identityProvider.id}/${subject.value}`;
  const roles =
    identityProvider.authorizationType === 'GROUP'
      ? rolesOfGroups(claims, identityProvider, relyingParty.databaseUsers, place)
      : rolesOfUser(username, relyingParty.databaseUsers, place);
  return roles.ok
    ? { accepted: true, principal: { username, roles: roles.value }, identityProvider }
    : refused(roles.refusal);
}

export type IdentityProviderChoice =
  | { readonly accepted: true; readonly identityProvider: IdentityProvider }
  | { readonly accepted: false; readonly refusal: Refusal };

/**
 * Returns the identity provider whose keys a server uses to verify the signature. Compares issuer and
 * audience byte for byte. If the token has several audiences, one of them must match. Does not look for a
 * database user.
 */
export function chooseIdentityProvider(
  claims: Claims,
  identityProviders: readonly IdentityProvider[],
): IdentityProviderChoice {
  const issuer = stringClaim(claims, 'iss');
  if (!issuer.ok) return refused(issuer.refusal);
  const audience = audienceClaim(claims);
  if (!audience.ok) return refused(audience.refusal);
  const ofIssuer = identityProviders.filter((candidate) => candidate.issuer === issuer.value);
  if (ofIssuer.length === 0) {
    const expected = identityProviders.map((candidate) => candidate.issuer);
    return refused({ kind: 'issuer-unknown', expected, seen: issuer.value });
  }
  const identityProvider = ofIssuer.find((candidate) => audience.value.includes(candidate.audience));
  if (identityProvider !== undefined) return { accepted: true, identityProvider };
  return refused({
    kind: 'audience-mismatch',
    identityProviders: ofIssuer.map((candidate) => candidate.id),
    expected: ofIssuer.map((candidate) => candidate.audience),
    seen: audience.value,
  });
}

type Found<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: Refusal };

function rolesOfUser(
  username: string,
  users: readonly DatabaseUser[],
  place: Place | null,
): Found<readonly GrantedRole[]> {
  const found = findUsers([username], users);
  const user = currentUser(found.external, place);
  if (user !== undefined) {
    const absent = place === null ? null : absence(user, place);
    if (absent !== null) return { ok: false, refusal: absent };
    return user.oidcAuthType === 'USER' ? { ok: true, value: user.roles } : wrongType(user, 'USER');
  }
  if (found.elsewhere !== undefined) return inOtherDatabase(found.elsewhere);
  return {
    ok: false,
    refusal: { kind: 'user-missing', expected: [username], similar: similarNames(username, users) },
  };
}

function rolesOfGroups(
  claims: Claims,
  { id, groupsClaim = 'groups' }: IdentityProvider,
  users: readonly DatabaseUser[],
  place: Place | null,
): Found<readonly GrantedRole[]> {
  const groups = ownClaim(claims, groupsClaim);
  if (groups === undefined) {
    return {
      ok: false,
      refusal: { kind: 'claim-missing', claim: groupsClaim, expected: 'list of strings' },
    };
  }
  if (!isListOfStrings(groups)) {
    return {
      ok: false,
      refusal: {
        kind: 'claim-type',
        claim: groupsClaim,
        expected: 'list of strings',
        seen: jsonType(groups),
      },
    };
  }
  const names = groups.map((group) => `${id}/${group}`);
  const found = findUsers(names, users);
  const ofType = found.external.filter((user) => user.oidcAuthType === 'IDP_GROUP');
  const granted = ofType.filter((user) => place === null || absence(user, place) === null);
  const [absent] = place === null ? [] : ofType.flatMap((user) => absence(user, place) ?? []);
  if (granted.length === 0 && absent !== undefined) return { ok: false, refusal: absent };
  if (granted.length > 0) return { ok: true, value: granted.flatMap((user) => user.roles) };
  const other = found.external[0];
  if (other !== undefined) return wrongType(other, 'IDP_GROUP');
  if (found.elsewhere !== undefined) return inOtherDatabase(found.elsewhere);
  return { ok: false, refusal: { kind: 'user-missing', expected: names, similar: [] } };
}

function wrongType(user: DatabaseUser, expected: 'USER' | 'IDP_GROUP'): Found<never> {
  return {
    ok: false,
    refusal: { kind: 'oidc-auth-type', username: user.username, expected, seen: user.oidcAuthType },
  };
}

function inOtherDatabase(user: DatabaseUser): Found<never> {
  return {
    ok: false,
    refusal: {
      kind: 'user-database',
      username: user.username,
      expected: EXTERNAL,
      seen: user.database,
    },
  };
}

function stringClaim(claims: Claims, claim: string): Found<string> {
  const value = ownClaim(claims, claim);
  if (typeof value === 'string') return { ok: true, value };
  if (value === undefined) {
    return { ok: false, refusal: { kind: 'claim-missing', claim, expected: 'string' } };
  }
  return { ok: false, refusal: { kind: 'claim-type', claim, expected: 'string', seen: jsonType(value) } };
}

/** `aud` is a string or a list of strings (RFC 7519, section 4.1.3). */
function audienceClaim(claims: Claims): Found<readonly string[]> {
  const value = ownClaim(claims, 'aud');
  if (isListOfStrings(value)) return { ok: true, value };
  const single = stringClaim(claims, 'aud');
  return single.ok ? { ok: true, value: [single.value] } : single;
}

/**
 * Returns a claim. Reads own properties only, because an inherited property such as `constructor` is not a
 * claim.
 */
function ownClaim(claims: Claims, claim: string): unknown {
  return Object.hasOwn(claims, claim) ? claims[claim] : undefined;
}

function isListOfStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((member) => typeof member === 'string');
}

function jsonType(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function refused(refusal: Refusal): { readonly accepted: false; readonly refusal: Refusal } {
  return { accepted: false, refusal };
}
