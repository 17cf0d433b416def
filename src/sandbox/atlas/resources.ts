import { accessHistory } from './access-history.ts';
import { ApiFailure, notFound } from './answer.ts';
import type { ResourceVersion } from './api-version.ts';
import {
  clusterDocument,
  clusterDocument20230201,
  flexClusterDocument,
  isFlex,
  projectClustersDocument,
} from './cluster-documents.ts';
import type { ResourceCall } from './documents.ts';
import {
  accessListDocument,
  connectedOrgConfigDocument,
  type DocumentContext,
  databaseUserDocument,
  federationSettingsDocument,
  identityProviderDocument,
  organizationDocument,
  projectDocument,
} from './documents.ts';
import { listing, readChoices, readPage } from './listing.ts';
import type { ApiRole, AtlasCluster } from './records.ts';

interface Version extends ResourceVersion {
  /** Returns the response document. @throws ApiFailure for an invalid request */
  readonly read: (call: ResourceCall) => object;
}

/** A resource that clients can read. */
export interface Resource {
  /** The path pattern without `/api/atlas/v2`, such as `/orgs/{orgId}`. */
  readonly path: string;
  /** The value of the response header X-Java-Method. */
  readonly javaMethod: string;
  /** The rate limit capacity, in requests. This value was recorded from Atlas (facts/mongodb.md 7.4). */
  readonly capacity: number;
  /** The roles that can read the resource. A credential needs only one of these roles. */
  readonly roles: readonly ApiRole[];
  readonly versions: readonly Version[];
}

const ORGANIZATION: readonly ApiRole[] = ['ORG_OWNER', 'ORG_READ_ONLY'];
const FEDERATION: readonly ApiRole[] = ['ORG_OWNER'];
const PROJECT: readonly ApiRole[] = ['ORG_OWNER', 'ORG_READ_ONLY', 'GROUP_OWNER', 'GROUP_READ_ONLY'];
/**
 * The roles that can read the access history. Atlas requires a project role for monitoring or for database access.
 * A project owner has both roles, and an organization owner is an owner of every project. The other roles of the lab
 * are not sufficient.
 */
const HISTORY: readonly ApiRole[] = ['ORG_OWNER', 'GROUP_OWNER'];

const since20230101 = (read: Version['read']): readonly Version[] => [{ date: '2023-01-01', read }];
const LEGACY_CLUSTERS = { date: '2023-02-01', deprecatedOn: '2024-08-05', sunsetOn: '2027-07-01' } as const;

export const RESOURCES: readonly Resource[] = [
  {
    path: '/orgs',
    javaMethod: 'ApiOrganizationsResource::getAllOrgs',
    capacity: 300,
    roles: PROJECT,
    versions: since20230101((call) => list(call, [organizationDocument(call, false)])),
  },
  {
    path: '/orgs/{orgId}',
    javaMethod: 'ApiOrganizationsResource::getOrg',
    capacity: 500,
    roles: ORGANIZATION,
    versions: since20230101((call) => {
      requireOrganization(call);
      return organizationDocument(call, true);
    }),
  },
  {
    path: '/orgs/{orgId}/federationSettings',
    javaMethod: 'ApiOrganizationsResource::getFederationSettings',
    capacity: 500,
    roles: FEDERATION,
    versions: since20230101((call) => {
      requireOrganization(call);
      const { federationSettingsId } = call.atlas;
      if (federationSettingsId === null) {
        throw notFound(`Federation settings of organization ${call.params['orgId']}`);
      }
      return federationSettingsDocument(federationSettingsId);
    }),
  },
  {
    path: '/federationSettings/{federationSettingsId}/identityProviders',
    javaMethod: 'ApiFederationSettingsResource::getAllIdentityProviders',
    capacity: 300,
    roles: FEDERATION,
    versions: since20230101(identityProviders),
  },
  {
    path: '/federationSettings/{federationSettingsId}/identityProviders/{identityProviderId}',
    javaMethod: 'ApiFederationSettingsResource::getIdentityProviderById',
    capacity: 300,
    roles: FEDERATION,
    versions: [
      // The first version of this resource is no longer available. It supported only SAML providers, whose
      // IDs have 20 characters.
      { date: '2023-01-01', sunsetOn: '2025-01-01', read: identityProvider },
      { date: '2023-11-15', read: identityProvider },
    ],
  },
  {
    path: '/federationSettings/{federationSettingsId}/connectedOrgConfigs',
    javaMethod: 'ApiConnectedOrgConfigsResource::getAllConnectedOrgConfigs',
    capacity: 300,
    roles: FEDERATION,
    versions: since20230101((call) => {
      requireFederation(call);
      return list(call, [connectedOrgConfigDocument(call)]);
    }),
  },
  {
    path: '/federationSettings/{federationSettingsId}/connectedOrgConfigs/{orgId}',
    javaMethod: 'ApiConnectedOrgConfigsResource::getConnectedOrgConfig',
    capacity: 500,
    roles: FEDERATION,
    versions: since20230101((call) => {
      requireFederation(call);
      requireOrganization(call);
      return connectedOrgConfigDocument(call);
    }),
  },
  {
    path: '/groups',
    javaMethod: 'ApiAtlasGroupsResource::getAllGroups',
    capacity: 1200,
    roles: PROJECT,
    versions: since20230101((call) => list(call, [projectDocument(call, false)])),
  },
  {
    path: '/groups/{groupId}',
    javaMethod: 'ApiAtlasGroupsResource::getGroup',
    capacity: 1200,
    roles: PROJECT,
    versions: since20230101((call) => {
      requireProject(call);
      return projectDocument(call, true);
    }),
  },
  {
    path: '/groups/{groupId}/databaseUsers',
    javaMethod: 'ApiAtlasV2DatabaseUsersResource::getUsers',
    capacity: 10_000,
    roles: PROJECT,
    versions: since20230101((call) => {
      requireProject(call);
      const documents = call.atlas.databaseUsers.map((user) => databaseUserDocument(call, user));
      return list(call, documents);
    }),
  },
  {
    path: '/groups/{groupId}/databaseUsers/{databaseName}/{username}',
    javaMethod: 'ApiAtlasV2DatabaseUsersResource::getUserByName',
    capacity: 10_000,
    roles: PROJECT,
    versions: since20230101((call) => {
      requireProject(call);
      const { username = '', databaseName = '' } = call.params;
      const user = call.atlas.databaseUser(username, databaseName);
      if (user !== undefined) return databaseUserDocument(call, user);
      throw new ApiFailure(404, 'USERNAME_NOT_FOUND', `No user with username ${username} exists.`, {
        parameters: [username],
      });
    }),
  },
  {
    path: '/groups/{groupId}/accessList',
    javaMethod: 'ApiAtlasNetworkAccessListResource::getAtlasWhitelist',
    capacity: 1200,
    roles: PROJECT,
    versions: since20230101((call) => {
      requireProject(call);
      const documents = call.atlas.accessList.map((entry) => accessListDocument(call, entry));
      return list(call, documents);
    }),
  },
  {
    path: '/groups/{groupId}/accessList/{entryValue}',
    javaMethod: 'ApiAtlasNetworkAccessListResource::getAtlasNetworkPermissionEntry',
    capacity: 1200,
    roles: PROJECT,
    versions: since20230101((call) => accessListDocument(call, accessListEntry(call))),
  },
  {
    path: '/groups/{groupId}/accessList/{entryValue}/status',
    javaMethod: 'ApiAtlasNetworkAccessListResource::getStatus',
    capacity: 1200,
    roles: PROJECT,
    versions: since20230101((call) => ({ STATUS: accessListEntry(call).status })),
  },
  {
    path: '/groups/{groupId}/clusters',
    javaMethod: 'ApiAtlasClusterDescriptionResource20240805::getAllClusters',
    capacity: 10_000,
    roles: PROJECT,
    versions: [
      { ...LEGACY_CLUSTERS, read: (call) => clusters(call, clusterDocument20230201) },
      { date: '2024-08-05', read: (call) => clusters(call, clusterDocument) },
    ],
  },
  {
    path: '/groups/{groupId}/clusters/{clusterName}',
    javaMethod: 'ApiAtlasClusterDescriptionResource20240805::getCluster',
    capacity: 10_000,
    roles: PROJECT,
    versions: [
      { ...LEGACY_CLUSTERS, read: (call) => clusterDocument20230201(call, dedicatedOrFree(call)) },
      { date: '2024-08-05', read: (call) => clusterDocument(call, dedicatedOrFree(call)) },
    ],
  },
  {
    path: '/groups/{groupId}/flexClusters',
    javaMethod: 'ApiAtlasFlexClusterResource::getAllFlexClusters',
    capacity: 1200,
    roles: PROJECT,
    versions: [{ date: '2024-11-13', read: flexClusters }],
  },
  {
    path: '/groups/{groupId}/flexClusters/{clusterName}',
    javaMethod: 'ApiAtlasFlexClusterResource::getFlexCluster',
    capacity: 1200,
    roles: PROJECT,
    versions: [{ date: '2024-11-13', read: flexCluster }],
  },
  {
    path: '/clusters',
    javaMethod: 'ApiAllClustersResource::getAllClusters',
    capacity: 1200,
    roles: PROJECT,
    versions: since20230101((call) => list(call, [projectClustersDocument(call)])),
  },
  {
    path: '/groups/{groupId}/dbAccessHistory/clusters/{clusterName}',
    javaMethod: 'ApiAtlasMongoDBAccessLogsResource::getAccessLogsOfCluster',
    capacity: 1200,
    roles: HISTORY,
    versions: since20230101((call) => {
      requireProject(call);
      return accessHistory(call, cluster(call));
    }),
  },
  {
    path: '/groups/{groupId}/dbAccessHistory/processes/{hostname}',
    javaMethod: 'ApiAtlasMongoDBAccessLogsResource::getAccessLogsOfHostname',
    capacity: 1200,
    roles: HISTORY,
    versions: since20230101((call) => {
      requireProject(call);
      return accessHistory(call, null);
    }),
  },
];

function list(call: ResourceCall, documents: readonly object[]): object {
  return listing(documents, { url: call.url, query: call.query, page: readPage(call.query) });
}

/**
 * Lists the identity providers of the requested protocols and types. By default, the list is empty, because
 * the default is SAML providers for the workforce, and the lab has only OIDC providers for workloads.
 */
function identityProviders(call: ResourceCall): object {
  requireFederation(call);
  const protocols = readChoices(call.query, 'protocol', ['SAML', 'OIDC'], 'SAML');
  const types = readChoices(call.query, 'idpType', ['WORKFORCE', 'WORKLOAD'], 'WORKFORCE');
  const wanted = protocols.includes('OIDC') && types.includes('WORKLOAD');
  const found = wanted ? call.atlas.identityProviders : [];
  return list(
    call,
    found.map((provider) => identityProviderDocument(call, provider)),
  );
}

function identityProvider(call: ResourceCall): object {
  requireFederation(call);
  const { identityProviderId = '' } = call.params;
  const found = call.atlas.identityProvider(identityProviderId);
  if (found === undefined) throw notFound(`Identity provider with id ${identityProviderId}`);
  return identityProviderDocument(call, found);
}

function accessListEntry(call: ResourceCall) {
  requireProject(call);
  const { entryValue = '' } = call.params;
  const found = call.atlas.accessListEntry(entryValue);
  if (found === undefined) throw notFound(`IP access list entry ${entryValue}`);
  return found;
}

function clusters(
  call: ResourceCall,
  document: (context: DocumentContext, cluster: AtlasCluster) => object,
): object {
  requireProject(call);
  const shown = call.atlas.clusters.filter((candidate) => !isFlex(candidate));
  return list(
    call,
    shown.map((each) => document(call, each)),
  );
}

function dedicatedOrFree(call: ResourceCall): AtlasCluster {
  const found = cluster(call);
  if (!isFlex(found)) return found;
  throw new ApiFailure(
    400,
    'CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API',
    `Flex cluster ${found.name} cannot be used in the Cluster API.`,
    { parameters: [found.name] },
  );
}

function flexClusters(call: ResourceCall): object {
  requireProject(call);
  const shown = call.atlas.clusters.filter(isFlex);
  return list(
    call,
    shown.map((each) => flexClusterDocument(call, each)),
  );
}

function flexCluster(call: ResourceCall): object {
  const found = cluster(call);
  if (isFlex(found)) return flexClusterDocument(call, found);
  throw new ApiFailure(
    400,
    'CANNOT_USE_NON_FLEX_CLUSTER_IN_FLEX_API',
    `Cannot use non-flex cluster ${found.name} in the flex API.`,
    { parameters: [found.name] },
  );
}

function cluster(call: ResourceCall): AtlasCluster {
  requireProject(call);
  const { clusterName = '', groupId = '' } = call.params;
  const found = call.atlas.cluster(clusterName);
  if (found !== undefined) return found;
  throw new ApiFailure(
    404,
    'CLUSTER_NOT_FOUND',
    `No cluster named ${clusterName} exists in group ${groupId}.`,
    { parameters: [clusterName, groupId] },
  );
}

function requireProject({ atlas, params: { groupId = '' } }: ResourceCall): void {
  if (groupId === atlas.project.id) return;
  throw new ApiFailure(404, 'GROUP_NOT_FOUND', `No group with ID ${groupId} exists.`, {
    parameters: [groupId],
  });
}

function requireOrganization({ atlas, params: { orgId = '' } }: ResourceCall): void {
  if (orgId !== atlas.organization.id) throw notFound(`Organization with id ${orgId}`);
}

function requireFederation({ atlas, params: { federationSettingsId = '' } }: ResourceCall): void {
  if (federationSettingsId !== atlas.federationSettingsId) {
    throw notFound(`Federation settings with id ${federationSettingsId}`);
  }
}
