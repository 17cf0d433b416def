import { rfc3339 } from '../../lib/core/time.ts';
import type { DocumentContext } from './documents.ts';
import type { AtlasCluster } from './records.ts';

/** Shared tiers. They do not support workload identity federation (facts/mongodb.md 7.8). */
const SHARED = ['M0', 'M2', 'M5'];

export function isFlex({ instanceSize }: AtlasCluster): boolean {
  return instanceSize === 'FLEX';
}

export function isTenant(cluster: AtlasCluster): boolean {
  return isFlex(cluster) || SHARED.includes(cluster.instanceSize);
}

/**
 * Returns the connection strings of a cluster. As in Atlas, a cluster that is still being created has no
 * connection strings.
 */
function connectionStrings({ stateName, connectionString, connectionStringSrv }: AtlasCluster): object {
  if (stateName === 'CREATING') return {};
  return {
    standard: connectionString,
    ...(connectionStringSrv !== null && { standardSrv: connectionStringSrv }),
  };
}

/** Returns the document of a cluster for API version 2024-08-05. The fields were recorded from Atlas. */
export function clusterDocument(context: DocumentContext, cluster: AtlasCluster): object {
  const { instanceSize } = cluster;
  const region = isTenant(cluster)
    ? { electableSpecs: { effectiveInstanceSize: instanceSize, instanceSize }, ...TENANT_REGION }
    : { ...dedicatedSpecs(instanceSize, { diskSizeGB: 10 }), ...DEDICATED_REGION };
  return {
    ...sharedFields(context, cluster),
    redactClientLogData: false,
    replicationSpecs: [{ id: cluster.id, regionConfigs: [region], zoneId: cluster.id, zoneName: 'Zone 1' }],
    retainBackups: false,
  };
}

/**
 * Returns the document of a cluster for API version 2023-02-01. Instead of a list of shards, this document
 * contains the number of shards, and one disk size for the whole cluster.
 */
export function clusterDocument20230201(context: DocumentContext, cluster: AtlasCluster): object {
  const { instanceSize } = cluster;
  const tenant = isTenant(cluster);
  const region = tenant
    ? { electableSpecs: { effectiveInstanceSize: instanceSize, instanceSize }, ...TENANT_REGION }
    : { ...dedicatedSpecs(instanceSize, {}), ...DEDICATED_REGION };
  return {
    ...sharedFields(context, cluster),
    diskSizeGB: tenant ? 0.5 : 10,
    replicationSpecs: [
      { id: cluster.id, numShards: 1, regionConfigs: [region], zoneId: cluster.id, zoneName: 'Zone 1' },
    ],
  };
}

const TENANT_REGION = {
  backingProviderName: 'AWS',
  priority: 7,
  providerName: 'TENANT',
  regionName: 'EU_CENTRAL_1',
};
const DEDICATED_REGION = { priority: 7, providerName: 'AWS', regionName: 'EU_CENTRAL_1' };

function dedicatedSpecs(instanceSize: string, disk: object): object {
  const specs = (nodeCount: number) => ({
    instanceSize,
    diskIOPS: 3000,
    ...disk,
    ebsVolumeType: 'STANDARD',
    nodeCount,
  });
  const off = { compute: { enabled: false, scaleDownEnabled: false }, diskGB: { enabled: false } };
  return { analyticsSpecs: specs(0), autoScaling: off, electableSpecs: specs(1), readOnlySpecs: specs(0) };
}

function sharedFields({ atlas, base }: DocumentContext, cluster: AtlasCluster): object {
  const href = `${base}/groups/${atlas.project.id}/clusters/${cluster.name}`;
  const line = majorVersion(cluster);
  return {
    backupEnabled: false,
    // `secondary` is lowercase, unlike in the OpenAPI specification (facts/mongodb.md 7.9).
    biConnector: { enabled: false, readPreference: 'secondary' },
    clusterType: 'REPLICASET',
    connectionStrings: connectionStrings(cluster),
    createDate: rfc3339(cluster.createdAt),
    diskWarmingMode: 'FULLY_WARMED',
    encryptionAtRestProvider: 'NONE',
    featureCompatibilityVersion: line,
    globalClusterSelfManagedSharding: false,
    groupId: atlas.project.id,
    id: cluster.id,
    labels: [],
    links: [
      { href, rel: 'self' },
      { href: `${href}/backup/restoreJobs`, rel: 'https://cloud.mongodb.com/restoreJobs' },
      { href: `${href}/backup/snapshots`, rel: 'https://cloud.mongodb.com/snapshots' },
    ],
    mongoDBMajorVersion: line,
    mongoDBVersion: cluster.mongoDBVersion,
    name: cluster.name,
    paused: cluster.paused,
    pitEnabled: false,
    rootCertType: 'ISRGROOTX1',
    stateName: cluster.stateName,
    tags: [],
    terminationProtectionEnabled: false,
    versionReleaseSystem: 'LTS',
  };
}

/** Returns the document of a flex cluster. Flex clusters have a separate API. */
export function flexClusterDocument({ atlas }: DocumentContext, cluster: AtlasCluster): object {
  return {
    backupSettings: { enabled: true },
    clusterType: 'REPLICASET',
    connectionStrings: connectionStrings(cluster),
    createDate: rfc3339(cluster.createdAt),
    groupId: atlas.project.id,
    id: cluster.id,
    mongoDBVersion: cluster.mongoDBVersion,
    name: cluster.name,
    providerSettings: {
      backingProviderName: 'AWS',
      diskSizeGB: 5,
      providerName: 'FLEX',
      regionName: 'EU_CENTRAL_1',
    },
    stateName: cluster.stateName,
    tags: [],
    terminationProtectionEnabled: false,
    versionReleaseSystem: 'LTS',
  };
}

/**
 * Returns the project's entry in the response to `GET /clusters`. The entry contains all clusters that the
 * credential can read.
 */
export function projectClustersDocument({ atlas }: DocumentContext): object {
  return {
    clusters: atlas.clusters.map((cluster) => ({
      alertCount: 0,
      authEnabled: true,
      availability: cluster.paused ? 'unavailable' : 'available',
      backupEnabled: false,
      clusterId: cluster.id,
      dataSizeBytes: 0,
      name: cluster.name,
      nodeCount: 1,
      sslEnabled: true,
      type: 'REPLICA_SET',
      versions: [cluster.mongoDBVersion],
    })),
    groupId: atlas.project.id,
    groupName: atlas.project.name,
    orgId: atlas.organization.id,
    orgName: atlas.organization.name,
    planType: 'Atlas',
    tags: [],
  };
}

function majorVersion({ mongoDBVersion }: AtlasCluster): string {
  return mongoDBVersion.split('.').slice(0, 2).join('.');
}
