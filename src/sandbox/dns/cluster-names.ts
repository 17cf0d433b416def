import type { DnsRecords } from './dns-server.ts';

/** The zone of the lab's cluster, which its certificate covers. */
export const CLUSTER_ZONE = 'lab.fedctl.test';
/** The host of the connection string, in the form that Atlas uses. */
export const SRV_HOST: string = `cluster0.${CLUSTER_ZONE}`;
/** The only member. */
export const MEMBER_HOST: string = `cluster0-shard-00-00.${CLUSTER_ZONE}`;
/** Every cluster of Atlas is a replica set that its TXT record names. */
export const SRV_REPLICA_SET = 'atlas-lab-shard-0';

/** Returns the records for `mongodb+srv://cluster0.lab.fedctl.test/`, in the form that Atlas uses. */
export function clusterRecords(port: number, replicaSet: string): Readonly<Record<string, DnsRecords>> {
  return {
    [`_mongodb._tcp.${SRV_HOST}`]: { SRV: [{ target: MEMBER_HOST, port }] },
    [SRV_HOST]: { TXT: [`authSource=admin&replicaSet=${replicaSet}`] },
    [MEMBER_HOST]: { A: ['127.0.0.1'] },
  };
}
