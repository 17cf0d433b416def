import { isIP } from 'node:net';
import * as z from 'zod';
import type {
  AtlasAccessListEntry,
  AtlasCluster,
  AtlasDatabaseUser,
  AtlasIdentityProvider,
  AtlasLogin,
} from '../ports/atlas.ts';

/*
 * Schemas of the Atlas responses. The schemas contain only the properties that fedctl needs. Other properties
 * are ignored. The schemas accept the known differences between Atlas and its API specification
 * (facts/mongodb.md 7.5 to 7.9). If a property has an undocumented type, fedctl treats the entry as unreadable,
 * because a wrong statement about who can log in is worse than no result.
 */

const Time = z
  .string()
  .transform((text) => new Date(text))
  .refine((date) => !Number.isNaN(date.getTime()));

export const Project = z
  .object({ id: z.string().min(1), name: z.string(), orgId: z.string().min(1) })
  .transform(({ id, name, orgId }) => ({ id, name, organizationId: orgId }));

export const FederationSettings = z.object({ id: z.string().min(1) }).transform(({ id }) => id);

export const IdentityProvider = z
  .object({
    id: z.string().min(1),
    displayName: z.string().nullish(),
    issuerUri: z.string(),
    audience: z.string(),
    userClaim: z.string().nullish(),
    groupsClaim: z.string().nullish(),
    authorizationType: z.enum(['USER', 'GROUP']),
  })
  .transform(
    ({ id, displayName, issuerUri, audience, userClaim, groupsClaim, authorizationType }) =>
      ({
        id,
        displayName: displayName ?? '',
        issuer: issuerUri,
        audience,
        userClaim: userClaim ?? '',
        groupsClaim: groupsClaim ?? '',
        authorizationType,
      }) satisfies AtlasIdentityProvider,
  );

export const ConnectedOrganization = z
  .object({ dataAccessIdentityProviderIds: z.array(z.string()).nullish() })
  .transform(({ dataAccessIdentityProviderIds }) => dataAccessIdentityProviderIds ?? []);

export const DatabaseUser = z
  .object({
    username: z.string(),
    databaseName: z.string(),
    oidcAuthType: z.enum(['NONE', 'USER', 'IDP_GROUP']).nullish(),
    awsIAMType: z.enum(['NONE', 'USER', 'ROLE']).nullish(),
    roles: z
      .array(
        z.object({ roleName: z.string(), databaseName: z.string(), collectionName: z.string().nullish() }),
      )
      .nullish(),
    scopes: z.array(z.object({ name: z.string(), type: z.string() })).nullish(),
    deleteAfterDate: Time.nullish(),
  })
  .transform(
    ({
      username,
      databaseName,
      oidcAuthType,
      awsIAMType,
      roles,
      scopes,
      deleteAfterDate,
    }): AtlasDatabaseUser => ({
      username,
      database: databaseName,
      oidcAuthType: oidcAuthType ?? 'NONE',
      awsIAMType: awsIAMType ?? 'NONE',
      roles: (roles ?? []).map(({ roleName, databaseName, collectionName }) => ({
        role: roleName,
        db: databaseName,
        ...(collectionName ? { collection: collectionName } : {}),
      })),
      scopes: scopes ?? [],
      ...(deleteAfterDate != null && { deleteAfterDate }),
    }),
  );

export const AccessListEntry = z
  .object({
    cidrBlock: z.string().nullish(),
    awsSecurityGroup: z.string().nullish(),
    comment: z.string().nullish(),
    deleteAfterDate: Time.nullish(),
  })
  .refine(({ cidrBlock, awsSecurityGroup }) => (cidrBlock ?? awsSecurityGroup) != null)
  .transform(
    ({ cidrBlock, awsSecurityGroup, comment, deleteAfterDate }): AtlasAccessListEntry => ({
      cidrBlock: cidrBlock ?? null,
      awsSecurityGroup: awsSecurityGroup ?? null,
      comment: comment ?? '',
      deleteAfterDate: deleteAfterDate ?? null,
    }),
  );

export const AccessListStatus = z
  .object({ STATUS: z.enum(['PENDING', 'ACTIVE', 'FAILED']) })
  .transform(({ STATUS }) => STATUS);

const text = z.string().nullish();

/**
 * The connection strings of a cluster. Atlas returns an empty object while it creates the cluster. The first
 * string in the result is the one that most applications use.
 */
const ConnectionStrings = z
  .object({
    standardSrv: text,
    standard: text,
    privateSrv: text,
    private: text,
    privateEndpoint: z
      .array(
        z.object({
          srvConnectionString: text,
          srvShardOptimizedConnectionString: text,
          connectionString: text,
        }),
      )
      .nullish(),
  })
  .nullish()
  .transform((given) => {
    const { standardSrv, standard, privateSrv, private: own, privateEndpoint } = given ?? {};
    const endpoints = (privateEndpoint ?? []).flatMap((each) => [
      each.srvConnectionString,
      each.srvShardOptimizedConnectionString,
      each.connectionString,
    ]);
    const all = [standardSrv, standard, privateSrv, own, ...endpoints];
    return [...new Set(all.filter((each) => typeof each === 'string'))];
  });

const common = {
  name: z.string().min(1),
  stateName: z.string(),
  // This property is missing while Atlas creates the cluster.
  mongoDBVersion: z
    .string()
    .nullish()
    .transform((version) => version ?? ''),
  connectionStrings: ConnectionStrings,
};

const Specs = z.object({ instanceSize: z.string().nullish() }).nullish();

/**
 * Schema of API version 2024-08-05. In this version, each Region has a separate instance size for each type
 * of node. The size of the electable nodes takes precedence.
 */
export const Cluster = z
  .object({
    ...common,
    paused: z.boolean().nullish(),
    replicationSpecs: z
      .array(
        z.object({
          regionConfigs: z
            .array(z.object({ electableSpecs: Specs, readOnlySpecs: Specs, analyticsSpecs: Specs }))
            .nullish(),
        }),
      )
      .nullish(),
  })
  .transform(({ replicationSpecs, paused, ...rest }): AtlasCluster => {
    const regions = (replicationSpecs ?? []).flatMap(({ regionConfigs }) => regionConfigs ?? []);
    const sizes = (['electableSpecs', 'readOnlySpecs', 'analyticsSpecs'] as const)
      .flatMap((kind) => regions.map((region) => region[kind]?.instanceSize))
      .filter((size) => typeof size === 'string');
    return { ...rest, paused: paused ?? false, instanceSize: sizes[0] ?? '' };
  });

/** A flex cluster has a fixed size and cannot be paused. */
export const FlexCluster = z
  .object(common)
  .transform((flex): AtlasCluster => ({ ...flex, instanceSize: 'FLEX', paused: false }));

export const AccessLogs = z
  .object({
    accessLogs: z.array(
      z.object({
        authResult: z.boolean(),
        failureReason: text,
        ipAddress: text,
        timestamp: text,
        username: text,
      }),
    ),
  })
  .transform(({ accessLogs }) =>
    accessLogs.map(
      ({ authResult, failureReason, ipAddress, timestamp, username }): AtlasLogin => ({
        at: loginTime(timestamp ?? ''),
        username: username ?? '',
        ipAddress: ipAddress ?? '',
        accepted: authResult,
        failureReason: failureReason == null || failureReason === '' ? null : failureReason,
      }),
    ),
  );

/** Parses a time. Atlas returns RFC 3339 or the Java format `Tue Jun 08 15:49:25 GMT 2021`. */
function loginTime(given: string): Date | null {
  const java = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d\d:\d\d:\d\d) (?:GMT|UTC) (\d{4})$/.exec(given);
  const [, month, day, time, year] = java ?? [];
  const isRfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(given);
  const at =
    java !== null
      ? Date.parse(`${day} ${month} ${year} ${time} GMT`)
      : isRfc3339
        ? Date.parse(given)
        : Number.NaN;
  return Number.isNaN(at) ? null : new Date(at);
}

export const OwnAddress = z
  .object({ currentIpv4Address: z.string().refine((address) => isIP(address) !== 0) })
  .transform(({ currentIpv4Address }) => currentIpv4Address);
