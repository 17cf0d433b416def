import { frontWire } from './hops/wire.ts';
import { type Scenario, scenario } from './scenario.ts';

/** MongoDB 4.2, the last line below the 9 that drivers want (facts/mongodb.md 9, row 65). */
const TOO_OLD = { version: '4.2.25', maxWireVersion: 8 } as const;

/** The database server: its version, what it is built with, and what stands before it. */
export const MONGOD_SCENARIOS: readonly Scenario[] = [
  scenario(
    'server-too-old',
    'The cluster runs MongoDB 4.2, which current drivers do not speak to.',
    'mongo.server-too-old',
    ({ lab }) => {
      const { settings } = lab.mongod;
      settings.serverVersion = { ...settings.serverVersion, ...TOO_OLD };
    },
  ),
  scenario(
    'mechanism-unavailable',
    'The cluster does not know MONGODB-OIDC: a free tier, an old version, or no identity provider ever deployed.',
    'mongo.mechanism-unavailable',
    ({ lab }) => {
      lab.mongod.settings.mechanisms = ['MONGODB-AWS'];
    },
  ),
  scenario(
    'connection-cut-in-sasl',
    'A middlebox cuts the connection in the middle of the login.',
    'mongo.auth-interrupted',
    (stage) => frontWire(stage, (command) => (command === 'saslStart' ? 'cut' : 'pass')),
  ),
];
