import { isFedctlError } from '../core/errors.ts';
import type { Atlas, AtlasList, AtlasSettings } from '../ports/atlas.ts';
import { checkedAddress } from './address.ts';
import { type ApiContext, AtlasApi, type Resource, segment } from './api.ts';
import { validateCredentials } from './authentication.ts';
import {
  AccessListEntry,
  AccessListStatus,
  AccessLogs,
  Cluster,
  ConnectedOrganization,
  DatabaseUser,
  FederationSettings,
  FlexCluster,
  IdentityProvider,
  OwnAddress,
  Project,
} from './documents.ts';

/**
 * The API version of all resources except clusters. Atlas has no other version of these resources
 * (facts/mongodb.md 7.5 to 7.8).
 */
const VERSION = '2023-01-01';
const CLUSTER_VERSION = '2024-08-05';
const FLEX_VERSION = '2024-11-13';

/** The lowest Atlas roles that can read the federation, the project and the access history. */
const FEDERATION_ROLE = 'Organization Owner';
const PROJECT_ROLE = 'Project Read Only';
const HISTORY_ROLE = 'Project Database Access Admin or Project Monitoring Admin';

/** The maximum number of logins to read. This limits the response to several megabytes for a busy cluster. */
const MOST_LOGINS = 2000;
/**
 * Maximum difference between the Atlas clock and the local clock, in milliseconds. If the Atlas clock is
 * ahead by at most this difference, fedctl still finds the newest logins.
 */
const SKEW_MS = 5 * 60 * 1000;

const NOTHING: AtlasList<never> = { entries: [], unreadable: [] };

/**
 * Creates the adapter for the Atlas Administration API v2 (facts/mongodb.md 7). Sends nothing until a method
 * is called. The returned object caches the access token of the service account, or the Digest nonce of the
 * API key.
 *
 * @throws FedctlError atlas.url-invalid, atlas.plaintext-refused, atlas.credentials-malformed. The methods
 * throw atlas.credentials-refused, atlas.secret-expired, atlas.api-access-list, atlas.role-missing,
 * atlas.not-found, atlas.rate-limited, atlas.version-gone, atlas.request-refused, atlas.service-failed,
 * atlas.unreachable, atlas.tls-failed, atlas.timeout, atlas.not-atlas, atlas.answer-unreadable, the proxy
 * errors (net.*), and the abort reason, if the signal is aborted
 */
export async function createAtlas(settings: AtlasSettings, context: ApiContext): Promise<Atlas> {
  const url = checkedAddress(settings.url);
  validateCredentials(settings.credentials);
  const { credentials } = settings;
  context.redactor.learn(credentials.kind === 'api-key' ? credentials.privateKey : credentials.secret);
  const api = new AtlasApi({ ...settings, url }, context);
  const group = (projectId: string) => `/groups/${segment(projectId)}`;
  const federation = (id: string) => `/federationSettings/${segment(id)}`;
  return {
    url,
    project: async (id, signal) => api.read(resource(group(id), Project), signal),
    federationSettingsId: async (id, signal) => {
      const path = `/orgs/${segment(id)}/federationSettings`;
      const read = api.read(resource(path, FederationSettings, { role: FEDERATION_ROLE }), signal);
      return await unless(read, null, isNoFederation);
    },
    identityProviders: async (id, signal) => {
      // Without these parameters, Atlas lists identity providers for people (workforce).
      const query = { protocol: 'OIDC', idpType: 'WORKLOAD' };
      const path = `${federation(id)}/identityProviders`;
      const named = 'issuerUri';
      const providers = { ...resource(path, IdentityProvider, { role: FEDERATION_ROLE, query }), named };
      return await api.list(providers, signal);
    },
    connectedIdentityProviderIds: async (id, organizationId, signal) => {
      const path = `${federation(id)}/connectedOrgConfigs/${segment(organizationId)}`;
      return await api.read(resource(path, ConnectedOrganization, { role: FEDERATION_ROLE }), signal);
    },
    databaseUsers: async (id, signal) =>
      api.list({ ...resource(`${group(id)}/databaseUsers`, DatabaseUser), named: 'username' }, signal),
    accessList: async (id, signal) =>
      api.list({ ...resource(`${group(id)}/accessList`, AccessListEntry), named: 'cidrBlock' }, signal),
    accessListStatus: async (id, { cidrBlock, awsSecurityGroup }, signal) => {
      const entry = segment(cidrBlock ?? awsSecurityGroup ?? '');
      return await api.read(resource(`${group(id)}/accessList/${entry}/status`, AccessListStatus), signal);
    },
    clusters: async (id, signal) => {
      const version = CLUSTER_VERSION;
      const named = 'name';
      const dedicated = { ...resource(`${group(id)}/clusters`, Cluster, { version }), named };
      const flex = {
        ...resource(`${group(id)}/flexClusters`, FlexCluster, { version: FLEX_VERSION }),
        named,
      };
      const clusters = await api.list(dedicated, signal);
      // The first request succeeded, so the project exists. If the second request fails with status 404, this
      // Atlas version does not support flex clusters.
      const { entries, unreadable } = await unless(api.list(flex, signal), NOTHING, isNotFound);
      return {
        entries: [...clusters.entries, ...entries],
        unreadable: [...clusters.unreadable, ...unreadable],
      };
    },
    accessHistory: async (id, clusterName, since, signal) => {
      const query = {
        start: String(since.getTime()),
        end: String(context.now().getTime() + SKEW_MS),
        nLogs: String(MOST_LOGINS),
      };
      const path = `${group(id)}/dbAccessHistory/clusters/${segment(clusterName)}`;
      const read = api.read(resource(path, AccessLogs, { role: HISTORY_ROLE, query }), signal);
      return await unless(read, [], isWithoutHistory);
    },
    ownAddress: async (signal) => {
      return await api.read(
        { path: '/api/private/ipinfo', version: null, role: null, shape: OwnAddress },
        signal,
      );
    },
  };
}

function resource<T>(
  path: string,
  shape: Resource<T>['shape'],
  more: Partial<Pick<Resource<T>, 'version' | 'role' | 'query'>> = {},
): Resource<T> {
  return { path: `/api/atlas/v2${path}`, version: VERSION, role: PROJECT_ROLE, shape, ...more };
}

/** Returns the result of the work, or `instead` if the work fails with an error that `isAnswer` accepts. */
async function unless<T, U>(
  work: Promise<T>,
  instead: U,
  isAnswer: (error: unknown) => boolean,
): Promise<T | U> {
  try {
    return await work;
  } catch (error) {
    if (isAnswer(error)) return instead;
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return isFedctlError(error) && error.code === 'atlas.not-found';
}

/**
 * Returns whether an error means that the organization has no federation. Atlas documents no error code for
 * this case. So the function returns true for status 404 with any code except the code for an unknown
 * organization.
 */
function isNoFederation(error: unknown): boolean {
  return isNotFound(error) && isFedctlError(error) && error.details['errorCode'] !== 'ORG_NOT_FOUND';
}

/**
 * Returns whether an error means that the cluster has no access history, because it is on a shared tier.
 * Atlas documents no error code for this case. So the function returns true for status 400 with any code
 * except the known codes for an invalid request.
 */
function isWithoutHistory(error: unknown): boolean {
  return (
    isFedctlError(error) &&
    error.code === 'atlas.request-refused' &&
    error.details['status'] === 400 &&
    !/VALIDATION|INVALID|MISSING/.test(String(error.details['errorCode']))
  );
}
