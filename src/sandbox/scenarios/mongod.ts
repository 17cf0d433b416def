import { frontWire } from './hops/wire.ts';
import { type Scenario, scenario } from './scenario.ts';

/**
 * The version of the MongoDB server. MongoDB 4.2 is the last release with a wire version below 9. Drivers
 * require wire version 9 or later (facts/mongodb.md 9, row 65).
 */
const TOO_OLD = { version: '4.2.25', maxWireVersion: 8 } as const;

/** Faults of the database server (version and cluster tier), and of network devices in front of the server. */
export const MONGOD_SCENARIOS: readonly Scenario[] = [
  scenario(
    'server-too-old',
    'The cluster runs MongoDB 4.2, which current drivers do not support.',
    'mongo.server-too-old',
    ({ lab, cluster }) => {
      const { settings } = lab.mongod;
      settings.serverVersion = { ...settings.serverVersion, ...TOO_OLD };
      lab.atlas.updateCluster(cluster, { mongoDBVersion: TOO_OLD.version });
    },
  ),
  scenario(
    'mechanism-unavailable',
    'The cluster uses the free tier, which does not support MONGODB-OIDC.',
    'mongo.mechanism-unavailable',
    ({ lab, cluster }) => {
      lab.mongod.settings.mechanisms = ['MONGODB-AWS'];
      lab.atlas.updateCluster(cluster, { instanceSize: 'M0' });
    },
  ),
  scenario(
    'connection-cut-in-sasl',
    'A network device closes the connection during the login.',
    'mongo.auth-interrupted',
    (stage) => frontWire(stage, (command) => (command === 'saslStart' ? 'cut' : 'pass')),
  ),
];
