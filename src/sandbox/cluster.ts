import { atlasConnectionString, createLabAtlas, LAB_CLUSTER } from './atlas/lab-atlas.ts';
import { type LabAtlas, startAtlas } from './atlas/start-atlas.ts';
import type { AtlasState } from './atlas/state.ts';
import type { AwsWorld } from './aws/world.ts';
import type { Closers } from './closers.ts';
import type { LabDescription } from './description.ts';
import { clusterRecords, MEMBER_HOST, SRV_HOST, SRV_REPLICA_SET } from './dns/cluster-names.ts';
import { type LabDns, startDns } from './dns/dns-server.ts';
import type { Ground } from './ground.ts';
import { loadData } from './load-data.ts';
import { type LabMongod, startMongod } from './mongod/mongod.ts';
import type { MongodSettings } from './mongod/settings.ts';
import type { Kept } from './state/kept.ts';

export interface ClusterOptions {
  /**
   * The name of the replica set; null for a standalone server. The MongoDB server is the only member of the
   * replica set.
   */
  readonly replicaSet: string | null;
  /** Port of the MongoDB server; 0 for a free port. */
  readonly mongoPort: number;
  /**
   * Adds a DNS server with names for the MongoDB server, and uses a `mongodb+srv` connection string. Also
   * enables a replica set, and TLS for all servers. TLS is necessary because clients send credentials to a
   * host name only over TLS.
   */
  readonly srv?: boolean;
  /** The name of the cluster, as used in the scopes of database users (default: `lab`). */
  readonly clusterName?: string;
  /** The initial settings of the MongoDB server. `mongod.settings` can change them later. */
  readonly mongod?: Partial<MongodSettings>;
}

/**
 * The relying party of a lab: the state of Atlas, the MongoDB server that uses this state, and the DNS
 * server.
 */
export interface LabCluster {
  readonly atlas: AtlasState;
  readonly atlasApi: LabAtlas;
  readonly mongod: LabMongod;
  readonly dns: LabDns | null;
  /** The connection string, without an authentication mechanism. */
  readonly uri: string;
}

/** The issuer that the cluster trusts, and the STS endpoint that verifies AWS credentials. */
export interface ClusterTrust {
  readonly world: AwsWorld;
  readonly issuer: string;
  readonly audience: string;
  readonly stsUrl: string;
  readonly description: LabDescription;
  readonly kept: Kept | null;
}

/**
 * Starts the MongoDB server and an Atlas API that share one state. With `srv`, also starts a DNS server for
 * the cluster's names.
 */
export async function startAtlasCluster(
  options: ClusterOptions,
  trust: ClusterTrust,
  { clock, log, delays, tls, serving }: Ground,
  closers: Closers,
): Promise<LabCluster> {
  const { srv = false } = options;
  const { now } = clock;
  const { kept, description } = trust;
  const replicaSet = options.replicaSet ?? (srv ? SRV_REPLICA_SET : null);
  const atlas = createLabAtlas({
    now,
    issuer: trust.issuer,
    audience: trust.audience,
    world: trust.world,
    description,
    ...(kept !== null && { kept: kept.identityProviders }),
  });
  const mongod = await startMongod({
    log,
    now,
    port: options.mongoPort,
    replicaSet,
    ...(srv && { announcedHost: MEMBER_HOST }),
    identityProviders: () => atlas.trustedIdentityProviders(),
    databaseUsers: () => atlas.clusterUsers(),
    onLogin: (attempt) => atlas.recordLogin(attempt),
    cluster: options.clusterName ?? LAB_CLUSTER,
    settings: options.mongod ?? {},
    wait: () => delays.wait('mongod'),
    sts: { url: trust.stsUrl },
    ...serving,
  });
  closers.add(() => mongod.close());
  loadData(mongod.store, kept?.data ?? description.data);
  const { network } = serving;
  // An isolated command sends all of its DNS queries to the lab's DNS server. The lab therefore starts this
  // server for every isolated command. Without --srv, the server has no records.
  const records = srv ? clusterRecords(mongod.port, replicaSet ?? '') : {};
  const names = srv || network !== undefined ? await startDns(records, log) : null;
  closers.add(async () => names?.close());
  if (names !== null) await network?.resolveBy(names);
  const dns = srv ? names : null;
  const host = srv ? MEMBER_HOST : mongod.host;
  const caFile = tls?.caFile ?? null;
  const plainUri = connectionString(host, mongod.port, replicaSet, caFile);
  const srvUri = srv
    ? `mongodb+srv://${SRV_HOST}/?${new URLSearchParams({ tlsCAFile: caFile ?? '' })}`
    : null;
  atlas.addCluster({
    name: mongod.cluster,
    mongoDBVersion: mongod.settings.serverVersion.version,
    connectionString: atlasConnectionString(plainUri),
    connectionStringSrv: srvUri === null ? null : atlasConnectionString(srvUri),
  });
  const atlasApi = await startAtlas({ atlas, log, now, wait: () => delays.wait('atlas'), ...serving });
  closers.add(() => atlasApi.close());
  return { atlas, atlasApi, mongod, dns, uri: srvUri ?? plainUri };
}

function connectionString(
  host: string,
  port: number,
  replicaSet: string | null,
  caFile: string | null,
): string {
  const options = new URLSearchParams();
  if (replicaSet !== null) options.set('replicaSet', replicaSet);
  if (caFile !== null) {
    options.set('tls', 'true');
    options.set('tlsCAFile', caFile);
  }
  const query = options.toString();
  return `mongodb://${host}:${port}/${query === '' ? '' : `?${query}`}`;
}
