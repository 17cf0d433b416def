import { atlas, rerun } from '../core/command-line.ts';
import { FedctlError } from '../core/errors.ts';
import type { AtlasAccessListEntry, AtlasIdentityProvider } from '../ports/atlas.ts';

/**
 * Failures for missing Atlas configuration. The messages contain the actual organization, project and
 * identity provider.
 */

export function noFederation(organizationId: string): FedctlError {
  return new FedctlError('atlas.identity-provider-missing', {
    message: `The organization ${organizationId} has no federation and therefore no identity provider.`,
    likelyCause: 'Federation is not set up for this organization. The Atlas API cannot set up federation.',
    remedy:
      'In Atlas, an owner of the organization must set up federation: Organization Settings, Setup Federation Settings.',
    details: { organization: organizationId },
  });
}

export function notConnected(
  provider: AtlasIdentityProvider,
  federationSettingsId: string,
  organizationId: string,
): FedctlError {
  return new FedctlError('atlas.identity-provider-not-connected', {
    message: `The organization ${organizationId} is not connected to the identity provider "${provider.displayName}" (${provider.id}).`,
    remedy: 'Connect the organization to the identity provider.',
    command: atlas([
      ...['federatedAuthentication', 'federationSettings', 'connectedOrgConfigs', 'connect'],
      ...['--identityProviderId', provider.id, '--federationSettingsId', federationSettingsId],
      ...['--orgId', organizationId, '--protocol', 'OIDC'],
    ]),
    details: { identityProvider: provider.id, organization: organizationId },
  });
}

export function notListed(address: string, projectId: string): FedctlError {
  return new FedctlError('atlas.access-list-missing', {
    message: `${address} is not on the IP access list of the project ${projectId}, so the cluster rejects connections from this address.`,
    remedy: 'Add the IP address to the IP access list of the project.',
    command: atlas(['accessLists', 'create', address, '--type', 'ipAddress', '--projectId', projectId]),
    details: { address, project: projectId },
  });
}

/**
 * Returns the failure for an IP access list entry that is not active. Atlas activates an entry some time
 * after the entry was created (facts/mongodb.md 7.7).
 */
export function notInForce(
  { cidrBlock }: AtlasAccessListEntry,
  status: 'PENDING' | 'FAILED',
  projectId: string,
): FedctlError {
  return new FedctlError('atlas.access-list-missing', {
    message: `The entry ${cidrBlock} of the IP access list of the project ${projectId} is not active: its status is ${status}.`,
    likelyCause:
      status === 'PENDING'
        ? 'The entry was created a moment ago, and Atlas is still deploying it.'
        : 'Atlas failed to deploy the entry.',
    ...(status === 'PENDING'
      ? { remedy: 'Check again until the entry is active.', command: rerun({ set: { '--wait': '2m' } }) }
      : {
          remedy: 'In Atlas, remove the entry and create it again. Until then the IP address has no access.',
        }),
    details: { entry: cidrBlock, status, project: projectId },
  });
}
