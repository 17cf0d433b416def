import type { DnsRecords } from './dns-server.ts';

/** The DNS zone of the lab's cluster. The lab's certificate is valid for the host names in this zone. */
export const CLUSTER_ZONE = 'lab.fedctl.test';
/** The host name in the connection string, in the format of Atlas. */
export const SRV_HOST: string = `cluster0.${CLUSTER_ZONE}`;
/** The host name of the only replica set member. */
export const MEMBER_HOST: string = `cluster0-shard-00-00.${CLUSTER_ZONE}`;
/** The name of the replica set in the TXT record, in the format of Atlas. */
export const SRV_REPLICA_SET = 'atlas-lab-shard-0';

/** Returns the DNS records for `mongodb+srv://cluster0.lab.fedctl.test/`, in the format of Atlas. */
export function clusterRecords(port: number, replicaSet: string): Readonly<Record<string, DnsRecords>> {
  return {
    [`_mongodb._tcp.${SRV_HOST}`]: { SRV: [{ target: MEMBER_HOST, port }] },
    [SRV_HOST]: { TXT: [`authSource=admin&replicaSet=${replicaSet}`] },
    [MEMBER_HOST]: { A: ['127.0.0.1'] },
  };
}
