import { atlas, rerun } from '../core/command-line.ts';
import { FedctlError } from '../core/errors.ts';
import type { AtlasIdentityProvider } from '../ports/atlas.ts';

/**
 * The identity provider that accepts the token. If no provider accepts the token, `failure` is the reason, and
 * `provider` is the identity provider that was most likely intended, or null.
 */
export type FoundProvider =
  | { readonly provider: AtlasIdentityProvider; readonly failure: null }
  | { readonly provider: AtlasIdentityProvider | null; readonly failure: FedctlError };

/**
 * Finds the identity provider for a token. Compares the issuer and the audience exactly, as a MongoDB server
 * does (facts/mongodb.md 1.6). If no identity provider has both, returns the identity provider that was most
 * likely intended. That identity provider has the issuer (possibly spelled differently) or the audience of
 * the token.
 */
export function findProvider(
  issuer: string,
  audience: readonly string[],
  providers: readonly AtlasIdentityProvider[],
  federationSettingsId: string,
): FoundProvider {
  const ofIssuer = providers.filter((each) => each.issuer === issuer);
  const exact = ofIssuer.find((each) => audience.includes(each.audience));
  if (exact !== undefined) {
    const failure = claimFault(exact);
    return failure === null ? { provider: exact, failure } : { provider: exact, failure };
  }
  const [other] = ofIssuer;
  if (other !== undefined) return { provider: other, failure: audienceMismatch(other, audience) };
  const meant =
    providers.find((each) => essence(each.issuer) === essence(issuer)) ??
    providers.find((each) => audience.includes(each.audience));
  if (meant !== undefined) return { provider: meant, failure: issuerMismatch(meant, issuer) };
  return { provider: null, failure: missing(issuer, audience, providers, federationSettingsId) };
}

/** Normalizes an issuer so that different spellings compare as equal. */
function essence(issuer: string): string {
  return issuer
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/\.well-known\/openid-configuration$/, '')
    .replace(/\/+$/, '');
}

function named({ displayName, id }: AtlasIdentityProvider): string {
  return `The identity provider "${displayName}" (${id})`;
}

function claimFault(provider: AtlasIdentityProvider): FedctlError | null {
  const { userClaim, authorizationType } = provider;
  if (authorizationType === 'USER' && userClaim === 'sub') return null;
  const seen =
    authorizationType === 'USER'
      ? `uses the user claim "${userClaim}"`
      : 'uses group membership instead of a user claim';
  return new FedctlError('atlas.user-claim-changed', {
    message: `${named(provider)} ${seen}; AWS tokens contain the principal in "sub".`,
    remedy:
      'In Atlas, set the authorization type of the identity provider to User ID and its user claim to sub.',
    details: { identityProvider: provider.id, userClaim, authorizationType },
  });
}

function audienceMismatch(provider: AtlasIdentityProvider, audience: readonly string[]): FedctlError {
  return new FedctlError('atlas.audience-mismatch', {
    message: `${named(provider)} expects the audience ${provider.audience}, but the token has ${audience.join(', ')}.`,
    remedy: 'Mint a token for the audience of the identity provider, or change that audience in Atlas.',
    command: rerun({ set: { '--audience': provider.audience } }),
    details: { identityProvider: provider.id, expected: provider.audience, seen: audience },
  });
}

function issuerMismatch(provider: AtlasIdentityProvider, issuer: string): FedctlError {
  return new FedctlError('atlas.issuer-mismatch', {
    message: `${named(provider)} expects the issuer ${provider.issuer}, but the token has ${issuer}${slash(provider.issuer, issuer)}.`,
    remedy: `In Atlas, an owner of the organization must set the issuer URI of the identity provider to ${issuer}.`,
    details: { identityProvider: provider.id, expected: provider.issuer, seen: issuer },
  });
}

function slash(expected: string, seen: string): string {
  return expected === `${seen}/` || seen === `${expected}/` ? ': only the trailing slash differs' : '';
}

function missing(
  issuer: string,
  audience: readonly string[],
  providers: readonly AtlasIdentityProvider[],
  federationSettingsId: string,
): FedctlError {
  const others = providers.map((each) => each.issuer).join(', ');
  return new FedctlError('atlas.identity-provider-missing', {
    message: `No workload identity provider of the organization has the issuer ${issuer}${others === '' ? '' : `; existing providers: ${others}`}.`,
    remedy:
      'Create a workload identity provider for this issuer and audience, and connect the organization to it.',
    command: atlas([
      ...['federatedAuthentication', 'federationSettings', 'identityProvider', 'create', 'oidc', 'fedctl'],
      ...['--federationSettingsId', federationSettingsId, '--idpType', 'WORKLOAD', '--issuerUri', issuer],
      ...['--audience', audience[0] ?? '', '--authorizationType', 'USER', '--userClaim', 'sub'],
      ...['--groupsClaim', 'groups', '--desc', 'fedctl'],
    ]),
    details: { issuer, audience },
  });
}
