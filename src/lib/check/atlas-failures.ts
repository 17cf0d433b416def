import type { AtlasAccessListEntry, AtlasIdentityProvider } from '../atlas-port.ts';
import { FedctlError } from '../errors.ts';
import { shellWord } from '../shell-word.ts';

/** What Atlas lacks, with the real names filled in. */

export function noFederation(organizationId: string): FedctlError {
  return new FedctlError('atlas.identity-provider-missing', {
    message: `The organization ${organizationId} has no federation, and so no identity provider.`,
    likelyCause: 'Nobody has set federation up. There is no call for it: it is done in the console of Atlas.',
    remedy: 'in Atlas: Organization Settings, Setup Federation Settings',
    details: { organization: organizationId },
  });
}

export function notConnected(provider: AtlasIdentityProvider, organizationId: string): FedctlError {
  return new FedctlError('atlas.identity-provider-not-connected', {
    message: `The organization ${organizationId} is not connected to the identity provider "${provider.displayName}" (${provider.id}).`,
    remedy: `atlas federatedAuthentication federationSettings connectedOrgConfigs connect --identityProviderId ${shellWord(provider.id)} --federationSettingsId <id> --orgId ${shellWord(organizationId)} --protocol OIDC`,
    details: { identityProvider: provider.id, organization: organizationId },
  });
}

export function notListed(address: string, projectId: string): FedctlError {
  return new FedctlError('atlas.access-list-missing', {
    message: `${address} is not on the IP access list of the project ${projectId}, and the cluster answers as it does to strangers.`,
    remedy: `atlas accessLists create ${shellWord(address)} --type ipAddress --projectId ${shellWord(projectId)}`,
    details: { address, project: projectId },
  });
}

/** An entry is in force only some time after it was made (facts/mongodb.md 7.7). */
export function notInForce(
  { cidrBlock }: AtlasAccessListEntry,
  status: 'PENDING' | 'FAILED',
  projectId: string,
): FedctlError {
  return new FedctlError('atlas.access-list-missing', {
    message: `The entry ${cidrBlock} of the IP access list of the project ${projectId} is not in force: it is ${status}.`,
    likelyCause:
      status === 'PENDING'
        ? 'It was made a moment ago, and Atlas is still rolling it out.'
        : 'Atlas could not roll it out.',
    remedy: status === 'PENDING' ? 'fedctl check --wait 2m' : 'remove the entry and make it again',
    details: { entry: cidrBlock, status, project: projectId },
  });
}
