import { closedPort } from './hops/http.ts';
import { swallowPackets } from './hops/swallow.ts';
import { frontTls, refuseTls } from './hops/tls.ts';
import { type Scenario, scenario } from './scenario.ts';

const DAY = 24 * 3600;

/** The way to the database: names, ports and TLS. */
export const NETWORK_SCENARIOS: readonly Scenario[] = [
  scenario(
    'host-unknown',
    'The host of the connection string does not exist: a typo, or a deleted cluster.',
    'mongo.dns-failed',
    // RFC 6761: names under `invalid` exist nowhere.
    (stage) => stage.set({ FEDCTL_URI: 'mongodb://cluster0.fedctl-lab.invalid/?tls=true' }),
  ),
  scenario(
    'port-closed',
    'Nothing listens at the port of the connection string.',
    'mongo.port-closed',
    async (stage) => stage.useDatabase(await closedPort()),
  ),
  scenario(
    'packets-swallowed',
    'A firewall swallows the packets to the database.',
    'mongo.connect-timeout',
    async (stage) => {
      const { port } = stage.keep(await swallowPackets());
      stage.useDatabase(port);
      stage.set({ FEDCTL_TIMEOUT: '2s' });
    },
  ),
  scenario(
    'tls-untrusted',
    'The certificate of the database comes from a CA that nobody here trusts, as behind a proxy that inspects TLS.',
    'mongo.tls-untrusted',
    (stage) => frontTls(stage, { trusted: false }),
  ),
  scenario('tls-expired', 'The certificate of the database ended yesterday.', 'mongo.tls-expired', (stage) =>
    frontTls(stage, { trusted: true, notAfter: stage.later(-DAY) }),
  ),
  scenario(
    'tls-name-mismatch',
    'The database is reached under a name that its certificate does not list.',
    'mongo.tls-name-mismatch',
    (stage) => frontTls(stage, { trusted: true, names: ['cluster0.example.net'], elsewhere: true }),
  ),
  scenario(
    'tls-alert-80',
    'The address of this machine is not on the IP access list, and Atlas ends TLS with alert 80.',
    ['atlas.access-list-missing', 'mongo.tls-refused'],
    async (stage) => {
      stage.lab.atlas.removeAccessListEntry('127.0.0.1');
      await refuseTls(stage);
    },
  ),
  scenario(
    'cluster-paused',
    'The cluster is paused, and Atlas ends TLS with alert 80.',
    ['atlas.cluster-paused', 'mongo.tls-refused'],
    async (stage) => {
      stage.lab.atlas.setClusterState(stage.cluster, 'IDLE', true);
      await refuseTls(stage);
    },
  ),
];
