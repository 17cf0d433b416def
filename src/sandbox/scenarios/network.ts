import type { FailureCode } from '../../lib/failures/failures.ts';
import { MEMBER_HOST, SRV_HOST } from '../dns/cluster-names.ts';
import type { LabDns } from '../dns/dns-server.ts';
import { closedPort } from './hops/http.ts';
import { swallowPackets } from './hops/swallow.ts';
import { frontTls, refuseTls } from './hops/tls.ts';
import { type Scenario, scenario } from './scenario.ts';
import type { Stage } from './stage.ts';

const DAY = 24 * 3600;

/** Faults of the connection to the database: host names, ports and TLS. */
export const NETWORK_SCENARIOS: readonly Scenario[] = [
  srvScenario(
    'srv-missing',
    'The host name in the connection string has no SRV record: it is misspelled, or the cluster was deleted.',
    'mongo.srv-failed',
    (zone) => zone.delete(`_mongodb._tcp.${SRV_HOST}`),
  ),
  srvScenario(
    'txt-broken',
    'The TXT record of the cluster contains an option that is not allowed in TXT records.',
    'mongo.srv-failed',
    (zone) => zone.set(SRV_HOST, { TXT: ['replicaSet=atlas-lab-shard-0&readPreference=secondary'] }),
  ),
  srvScenario(
    'host-unknown',
    'The SRV record contains a host name that the DNS resolver of this network cannot resolve.',
    'mongo.dns-failed',
    (zone) => zone.delete(MEMBER_HOST),
  ),
  scenario(
    'port-closed',
    'No server listens on the port in the connection string.',
    'mongo.port-closed',
    async (stage) => stage.useDatabase(await closedPort()),
  ),
  scenario(
    'packets-swallowed',
    'A firewall drops the packets to the database.',
    'mongo.connect-timeout',
    async (stage) => {
      const { port } = stage.keep(await swallowPackets(stage.lab.network));
      stage.useDatabase(port);
      stage.set({ FEDCTL_TIMEOUT: '2s' });
    },
  ),
  scenario(
    'tls-untrusted',
    'A proxy inspects TLS, and clients do not trust its CA.',
    'mongo.tls-untrusted',
    (stage) => frontTls(stage, { trusted: false }),
  ),
  scenario(
    'tls-expired',
    'The certificate of the database expired yesterday.',
    'mongo.tls-expired',
    (stage) => frontTls(stage, { trusted: true, notAfter: stage.later(-DAY) }),
  ),
  scenario(
    'tls-name-mismatch',
    'The connection string contains a host name that is not in the certificate.',
    'mongo.tls-name-mismatch',
    (stage) => frontTls(stage, { trusted: true, names: ['cluster0.example.net'], elsewhere: true }),
  ),
  scenario(
    'tls-alert-80',
    'This machine is not on the IP access list, and Atlas aborts the TLS handshake with alert 80.',
    ['atlas.access-list-missing', 'mongo.tls-refused'],
    async (stage) => {
      stage.lab.atlas.removeAccessListEntry('127.0.0.1');
      await refuseTls(stage);
    },
  ),
  scenario(
    'cluster-paused',
    'The cluster is paused, and Atlas aborts the TLS handshake with alert 80.',
    ['atlas.cluster-paused', 'mongo.tls-refused'],
    async (stage) => {
      stage.lab.atlas.setClusterState(stage.cluster, 'IDLE', true);
      await refuseTls(stage);
    },
  ),
];

/** Creates a scenario with a fault in the lab's DNS zone. */
function srvScenario(
  name: string,
  title: string,
  expects: FailureCode,
  change: (zone: LabDns['zone']) => void,
): Scenario {
  const play = ({ lab }: Stage) => {
    if (lab.dns === null) throw new RangeError(`the scenario ${name} requires a lab with srv`);
    change(lab.dns.zone);
  };
  return { ...scenario(name, title, expects, play), srv: true };
}
