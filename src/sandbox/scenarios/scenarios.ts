import { ACCOUNT_SCENARIOS } from './account.ts';
import { ATLAS_SCENARIOS } from './atlas.ts';
import { CREDENTIAL_SCENARIOS } from './credentials.ts';
import { FILE_SCENARIOS } from './files.ts';
import { ISSUER_SCENARIOS } from './issuer.ts';
import { MONGOD_SCENARIOS } from './mongod.ts';
import { NETWORK_SCENARIOS } from './network.ts';
import type { Scenario } from './scenario.ts';
import { STS_SCENARIOS } from './sts.ts';

/** All scenarios, in the order of the login steps: from the AWS credentials to the database. */
export const SCENARIOS: readonly Scenario[] = [
  ...CREDENTIAL_SCENARIOS,
  ...ACCOUNT_SCENARIOS,
  ...STS_SCENARIOS,
  ...ISSUER_SCENARIOS,
  ...FILE_SCENARIOS,
  ...ATLAS_SCENARIOS,
  ...NETWORK_SCENARIOS,
  ...MONGOD_SCENARIOS,
];
