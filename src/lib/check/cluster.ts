import { atlas } from '../core/command-line.ts';
import type { ConnectionString } from '../core/connection-string.ts';
import { FedctlError, isFedctlError } from '../core/errors.ts';
import type { AtlasCluster } from '../ports/atlas.ts';
import type { Mechanism } from '../ports/mongo.ts';
import { parseConnectionString } from '../uri/connection-string.ts';
import { hostPort } from '../uri/host-port.ts';

/**
 * Returns the cluster to which a connection string connects; null if the project has no such cluster.
 *
 * @param name the cluster name that the user gave; null to find the cluster by its hosts
 */
export function clusterOfUri(
  clusters: readonly AtlasCluster[],
  name: string | null,
  address: ConnectionString | null,
): AtlasCluster | null {
  if (name !== null) return clusters.find((each) => each.name === name) ?? null;
  if (address === null) return null;
  const wanted = placesOf(address);
  return (
    clusters.find(({ connectionStrings }) => connectionStrings.some((uri) => leadsTo(uri, wanted))) ?? null
  );
}

/**
 * Returns the failure for a cluster that `clusterOfUri` did not find. The message lists the clusters of the project.
 *
 * @param name the cluster name that the user gave; null if the cluster was searched by its hosts
 */
export function clusterNotFound(clusters: readonly AtlasCluster[], name: string | null): FedctlError {
  const missing =
    name === null
      ? 'No cluster of the project matches the hosts in the connection string.'
      : `The project has no cluster with the name "${name}".`;
  const names = clusters.map((each) => each.name).join(', ');
  const known = names === '' ? 'The project has no clusters.' : `The clusters of the project are: ${names}.`;
  return new FedctlError('atlas.cluster-unnamed', { message: `${missing} ${known}` });
}

function leadsTo(uri: string, wanted: ReadonlySet<string>): boolean {
  try {
    return [...placesOf(parseConnectionString(uri))].some((place) => wanted.has(place));
  } catch (error) {
    if (isFedctlError(error)) return false;
    throw error;
  }
}

function placesOf({ hosts, srv }: ConnectionString): ReadonlySet<string> {
  return new Set(srv === null ? hosts.map(hostPort) : [srv.record]);
}

/**
 * Tiers on shared servers. These tiers do not support workload identity federation (facts/mongodb.md 6 and
 * 7.8).
 */
const SHARED_TIERS: ReadonlySet<string> = new Set(['M0', 'M2', 'M5', 'FLEX', 'SERVERLESS']);
const OLDEST_FOR_DRIVERS = [4, 4, 0];
const OLDEST_FOR_OIDC = [7, 0, 11];

/**
 * Returns a failure if the cluster does not accept connections or does not support one of the mechanisms;
 * otherwise null.
 */
export function clusterFault(
  cluster: AtlasCluster,
  mechanisms: readonly Mechanism[],
  projectId: string,
): FedctlError | null {
  const { name, instanceSize, mongoDBVersion, stateName, paused } = cluster;
  const shown = `The cluster ${name}`;
  const details = { cluster: name, instanceSize, mongoDBVersion, stateName, paused };
  if (paused) {
    return new FedctlError('atlas.cluster-paused', {
      message: `${shown} is paused.`,
      remedy: 'Start the cluster.',
      command: atlas(['clusters', 'start', name, '--projectId', projectId]),
      details,
    });
  }
  if (stateName === 'CREATING' || stateName === 'DELETING') {
    return new FedctlError('atlas.cluster-paused', {
      message: `${shown} ${stateName === 'CREATING' ? 'does not exist yet' : 'no longer exists'}: its state is ${stateName}.`,
      likelyCause: 'A cluster that is being created or deleted accepts no connections.',
      remedy: 'Wait until the cluster is ready, or use another cluster.',
      command: atlas(['clusters', 'watch', name, '--projectId', projectId]),
      details,
    });
  }
  if (isOlder(mongoDBVersion, OLDEST_FOR_DRIVERS)) {
    return new FedctlError('mongo.server-too-old', {
      message: `${shown} runs MongoDB ${mongoDBVersion}; the driver requires 4.4 or later.`,
      details,
    });
  }
  if (!mechanisms.includes('MONGODB-OIDC')) return null;
  if (SHARED_TIERS.has(instanceSize)) return cannotOidc(`${shown} has the tier ${instanceSize}`, details);
  return isOlder(mongoDBVersion, OLDEST_FOR_OIDC)
    ? cannotOidc(`${shown} runs MongoDB ${mongoDBVersion}`, details)
    : null;
}

function cannotOidc(what: string, details: Readonly<Record<string, unknown>>): FedctlError {
  return new FedctlError('mongo.mechanism-unavailable', {
    message: `${what}: MONGODB-OIDC for workloads requires M10 or larger and MongoDB 7.0.11 or later.`,
    details,
  });
}

/** Returns whether a version is older than another version. Returns false if the version cannot be parsed. */
function isOlder(version: string, oldest: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  if (parts.some((part) => !Number.isInteger(part))) return false;
  for (const [index, least] of oldest.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part < least;
  }
  return false;
}
