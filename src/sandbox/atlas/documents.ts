import { rfc3339 } from '../../lib/core/time.ts';
import { addressOf } from './address-block.ts';
import type {
  AccessHistoryEntry,
  AccessListEntry,
  AtlasDatabaseUser,
  AtlasIdentityProvider,
} from './records.ts';
import type { AtlasState } from './state.ts';

/*
 * The documents that the API returns. The fields and their order were recorded from Atlas (facts/mongodb.md 7.5 to
 * 7.7). Like Atlas, the lab deviates from the OpenAPI specification (7.9): `identityProviderId` and `userConflicts`
 * are null, and users contain their `groupId`.
 */

/** The state of Atlas (`atlas`), and the URL of the API (`base`), including `/api/atlas/v2`. */
export interface DocumentContext {
  readonly atlas: AtlasState;
  readonly base: string;
}

/** A request for a resource. */
export interface ResourceCall extends DocumentContext {
  /** The decoded path parameters, by their names in the path pattern. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The URL of the resource, without the query. */
  readonly url: string;
}

const self = (href: string) => ({ href, rel: 'self' });
const related = (href: string, name: string) => ({
  href: `${href}/${name}`,
  rel: `https://cloud.mongodb.com/${name}`,
});

/** Returns an organization. If `alone` is true, adds the links that Atlas omits in lists. */
export function organizationDocument({ atlas, base }: DocumentContext, alone: boolean): object {
  const { id, name } = atlas.organization;
  const href = `${base}/orgs/${id}`;
  const more = alone ? ['groups', 'teams', 'users'].map((part) => related(href, part)) : [];
  return { id, isDeleted: false, links: [self(href), ...more], name, skipDefaultAlertsSettings: false };
}

export function projectDocument({ atlas, base }: DocumentContext, alone: boolean): object {
  const { id, name, createdAt } = atlas.project;
  const href = `${base}/groups/${id}`;
  const parts = ['containers', 'clusters', 'databaseUsers', 'peers', 'processes', 'whitelist'];
  return {
    clusterCount: atlas.clusters.length,
    created: rfc3339(createdAt),
    id,
    links: [self(href), ...(alone ? parts.map((part) => related(href, part)) : [])],
    name,
    orgId: atlas.organization.id,
    tags: [],
    withDefaultAlertsSettings: true,
  };
}

/**
 * Returns the settings of a federation without single sign-on. `identityProviderId` is the legacy ID of the single
 * sign-on provider, not the ID of a workload identity provider.
 */
export function federationSettingsDocument(id: string): object {
  return {
    federatedDomains: [],
    hasRoleMappings: false,
    id,
    identityProviderId: null,
    identityProviderStatus: 'INACTIVE',
  };
}

export function identityProviderDocument(
  context: DocumentContext,
  { issuer, id, createdAt, updatedAt, ...rest }: AtlasIdentityProvider,
): object {
  const connected = context.atlas.connectedIdentityProviderIds.includes(id);
  return {
    associatedOrgs: connected ? [connectedOrgConfigDocument(context)] : [],
    audience: rest.audience,
    authorizationType: rest.authorizationType,
    createdAt: rfc3339(createdAt),
    description: rest.description,
    displayName: rest.displayName,
    groupsClaim: rest.groupsClaim,
    id,
    idpType: 'WORKLOAD',
    issuerUri: issuer,
    oktaIdpId: null,
    protocol: 'OIDC',
    updatedAt: updatedAt === null ? null : rfc3339(updatedAt),
    userClaim: rest.userClaim,
  };
}

export function connectedOrgConfigDocument({ atlas }: DocumentContext): object {
  return {
    dataAccessIdentityProviderIds: atlas.connectedIdentityProviderIds,
    domainAllowList: [],
    domainRestrictionEnabled: false,
    identityProviderId: null,
    instantUserProvisioningDisabled: false,
    orgId: atlas.organization.id,
    postAuthRoleGrants: ['ORG_OWNER'],
    roleMappings: [],
    userConflicts: null,
  };
}

export function databaseUserDocument({ atlas, base }: DocumentContext, user: AtlasDatabaseUser): object {
  const groupId = atlas.project.id;
  const place = [user.database, user.username].map(encodeURIComponent).join('/');
  return {
    awsIAMType: user.awsIAMType,
    databaseName: user.database,
    ...(user.deleteAfterDate !== undefined && { deleteAfterDate: rfc3339(user.deleteAfterDate) }),
    ...(user.description !== null && { description: user.description }),
    groupId,
    labels: [],
    ldapAuthType: 'NONE',
    links: [self(`${base}/groups/${groupId}/databaseUsers/${place}`)],
    oidcAuthType: user.oidcAuthType,
    roles: user.roles.map(({ role, db }) => ({ databaseName: db, roleName: role })),
    scopes: user.scopes.map(({ name, type }) => ({ name, type })),
    username: user.username,
    x509Type: 'NONE',
  };
}

/**
 * Returns an access list entry. For a block with one address, the entry contains both `cidrBlock` and
 * `ipAddress`.
 */
export function accessListDocument({ atlas, base }: DocumentContext, entry: AccessListEntry): object {
  const groupId = atlas.project.id;
  const { cidrBlock, awsSecurityGroup, comment, deleteAfterDate } = entry;
  const ipAddress = cidrBlock === null ? null : addressOf(cidrBlock);
  const place = encodeURIComponent(cidrBlock ?? awsSecurityGroup ?? '');
  return {
    ...(awsSecurityGroup !== null && { awsSecurityGroup }),
    ...(cidrBlock !== null && { cidrBlock }),
    comment,
    ...(deleteAfterDate !== null && { deleteAfterDate: rfc3339(deleteAfterDate) }),
    groupId,
    ...(ipAddress !== null && { ipAddress }),
    links: [self(`${base}/groups/${groupId}/accessList/${place}`)],
  };
}

/**
 * Returns a login as an entry of the access history. The fields are those of the OpenAPI specification. The
 * time has a format observed in Atlas (`Tue Jun 08 15:49:25 GMT 2021`). The log line has the format of
 * MongoDB 4.4 and later. None of these formats was recorded from a MONGODB-AWS or MONGODB-OIDC login.
 */
export function accessLogDocument({ atlas }: DocumentContext, login: AccessHistoryEntry): object {
  return {
    authResult: login.accepted,
    authSource: login.authSource,
    failureReason: login.failureReason,
    groupId: atlas.project.id,
    hostname: login.hostname.replace(/:\d+$/, ''),
    ipAddress: login.ipAddress,
    logLine: logLine(login),
    timestamp: clockText(login.at),
    username: login.username,
  };
}

function logLine({
  at,
  accepted,
  ipAddress,
  mechanism,
  username,
  authSource,
  failureReason,
}: AccessHistoryEntry): string {
  return JSON.stringify({
    t: { $date: at.toISOString().replace('Z', '+00:00') },
    s: 'I',
    c: 'ACCESS',
    id: accepted ? 5_286_306 : 5_286_307,
    msg: accepted ? 'Successfully authenticated' : 'Failed to authenticate',
    attr: {
      client: ipAddress,
      mechanism,
      user: username,
      db: authSource,
      ...(failureReason !== null && { error: failureReason }),
    },
  });
}

/** Formats a date as `Date.toString` does in Java, for example `Tue Jun 08 15:49:25 GMT 2021`. */
function clockText(date: Date): string {
  const [, day, number, month, year, time] = /^(\w+), (\d+) (\w+) (\d+) (\S+)/.exec(date.toUTCString()) ?? [];
  return `${day} ${month} ${number} ${time} GMT ${year}`;
}
