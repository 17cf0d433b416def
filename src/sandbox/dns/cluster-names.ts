import type { DnsRecords } from './dns-server.ts';

/** The zone of the lab's cluster; what its certificate is for. */
export const CLUSTER_ZONE = 'lab.fedctl.test';
/** What stands in the connection string, as Atlas names its clusters. */
export const SRV_HOST: string = `cluster0.${CLUSTER_ZONE}`;
/** The one member. */
export const MEMBER_HOST: string = `cluster0-shard-00-00.${CLUSTER_ZONE}`;
/** Every cluster of Atlas is a replica set, and its TXT record names it. */
export const SRV_REPLICA_SET = 'atlas-lab-shard-0';

/** The records behind `mongodb+srv://cluster0.lab.fedctl.test/`, as Atlas has them for its clusters. */
export function clusterRecords(port: number, replicaSet: string): Readonly<Record<string, DnsRecords>> {
  return {
    [`_mongodb._tcp.${SRV_HOST}`]: { SRV: [{ target: MEMBER_HOST, port }] },
    [SRV_HOST]: { TXT: [`authSource=admin&replicaSet=${replicaSet}`] },
    [MEMBER_HOST]: { A: ['127.0.0.1'] },
  };
}
