import type { AtlasDatabaseUser, AtlasIdentityProvider } from '../atlas/records.ts';
import { type Scenario, scenario } from './scenario.ts';
import type { Stage } from './stage.ts';

/**
 * The failure codes for a rejected token and for rejected AWS credentials, if the diagnosis has no access to
 * the Atlas API.
 */
const TOKEN_REFUSED = 'mongo.oidc-refused';
const KEYS_REFUSED = 'mongo.aws-refused';

/**
 * Faults of the identity provider and the database users in Atlas. In most of these scenarios, the server
 * rejects the login with code 18.
 */
export const ATLAS_SCENARIOS: readonly Scenario[] = [
  scenario(
    'identity-provider-absent',
    'The identity provider was never created in Atlas, or somebody deleted it.',
    ['atlas.identity-provider-missing', TOKEN_REFUSED],
    (stage) => {
      stage.lab.atlas.removeIdentityProvider(providerOf(stage).id);
    },
  ),
  scenario(
    'identity-provider-not-connected',
    'The identity provider exists but was never connected to the organization for data access.',
    ['atlas.identity-provider-not-connected', TOKEN_REFUSED],
    (stage) => {
      stage.lab.atlas.disconnectIdentityProvider(providerOf(stage).id);
    },
  ),
  scenario(
    'identity-provider-issuer',
    'The issuer of the identity provider has a trailing slash.',
    ['atlas.issuer-mismatch', TOKEN_REFUSED],
    (stage) => changeProvider(stage, { issuer: `${stage.account.issuer}/` }),
  ),
  scenario(
    'identity-provider-audience',
    'The audience of the identity provider differs from the audience of the tokens.',
    ['atlas.audience-mismatch', TOKEN_REFUSED],
    (stage) => changeProvider(stage, { audience: 'mongodb-atlas' }),
  ),
  scenario(
    'identity-provider-claim',
    'Somebody set the user claim of the identity provider to a claim that AWS tokens do not have.',
    ['atlas.user-claim-changed', TOKEN_REFUSED],
    (stage) => changeProvider(stage, { userClaim: 'email' }),
  ),
  scenario(
    'database-user-missing',
    'No database user exists for the principal.',
    ['atlas.database-user-missing', TOKEN_REFUSED],
    removeTokenUser,
  ),
  scenario(
    'database-user-session-arn',
    'The name of the database user contains the ARN of a role session instead of the ARN of the role.',
    ['atlas.database-user-session-arn', TOKEN_REFUSED],
    (stage) => {
      const { account, arn, name } = stage.actAsRole('app');
      const session = `arn:aws:sts::${account.id}:assumed-role/${name}/lab`;
      changeTokenUser(stage, arn, { username: tokenUser(stage, session) });
    },
  ),
  scenario(
    'database-user-wrong-database',
    'The database user was created in admin instead of $external.',
    ['atlas.database-user-wrong-database', TOKEN_REFUSED],
    (stage) => changeTokenUser(stage, stage.operator.arn, { database: 'admin' }),
  ),
  scenario(
    'database-user-role-path',
    'The name of the database user contains the ARN of the role without its path.',
    ['atlas.database-user-wrong-path', TOKEN_REFUSED],
    (stage) => {
      const { account, arn, name } = stage.actAsRole('etl');
      changeTokenUser(stage, arn, { username: tokenUser(stage, `arn:aws:iam::${account.id}:role/${name}`) });
    },
  ),
  scenario(
    'database-user-wrong-type',
    'The database user was created for a group instead of a principal.',
    ['atlas.database-user-wrong-type', TOKEN_REFUSED],
    (stage) => changeTokenUser(stage, stage.operator.arn, { oidcAuthType: 'IDP_GROUP' }),
  ),
  scenario(
    'database-user-expired',
    'The database user was temporary, and Atlas deleted it after its expiration date.',
    // Atlas deletes expired users, so the Atlas API does not return this user.
    ['atlas.database-user-missing', TOKEN_REFUSED],
    (stage) => changeTokenUser(stage, stage.operator.arn, { deleteAfterDate: stage.later(-60) }),
  ),
  scenario(
    'database-user-out-of-scope',
    'The database user is limited to another cluster of the project.',
    ['atlas.database-user-out-of-scope', TOKEN_REFUSED],
    (stage) =>
      changeTokenUser(stage, stage.operator.arn, { scopes: [{ name: 'analytics', type: 'CLUSTER' }] }),
  ),
  scenario(
    'database-user-iam-type',
    'The workload logs in with the credentials of a role, but its database user has the type for IAM users.',
    ['atlas.database-user-wrong-type', KEYS_REFUSED],
    (stage) => {
      const { arn } = stage.actAsRole('app');
      stage.set({ FEDCTL_MECHANISM: 'aws' });
      stage.lab.atlas.updateDatabaseUser(arn, { awsIAMType: 'USER' });
    },
  ),
  scenario(
    'database-user-missing-for-keys',
    'The workload logs in with AWS credentials, but no database user exists for its ARN.',
    ['atlas.database-user-missing', KEYS_REFUSED],
    (stage) => {
      stage.set({ FEDCTL_MECHANISM: 'aws' });
      stage.lab.atlas.removeDatabaseUser(stage.operator.arn);
    },
  ),
  scenario('roles-missing', 'The database user can log in but has no roles.', 'mongo.unauthorized', (stage) =>
    changeTokenUser(stage, stage.operator.arn, { roles: [] }),
  ),
  scenario(
    'refused-with-8000',
    'The database user does not exist, and the cluster responds with code 8000, so drivers keep the token.',
    ['atlas.database-user-missing', 'mongo.atlas-auth-error'],
    (stage) => {
      stage.lab.mongod.settings.authError = 'atlas';
      removeTokenUser(stage);
    },
  ),
];

function providerOf({ lab, account }: Stage): AtlasIdentityProvider {
  const found = lab.atlas.identityProviders.find(({ issuer }) => issuer === account.issuer);
  if (found === undefined) throw new RangeError('the lab has no identity provider for the account');
  return found;
}

function changeProvider(stage: Stage, changes: Partial<AtlasIdentityProvider>): void {
  stage.lab.atlas.updateIdentityProvider(providerOf(stage).id, changes);
}

/** Changes a database user that logs in with tokens. The `sub` of these tokens is the given ARN. */
function changeTokenUser(stage: Stage, arn: string, changes: Partial<AtlasDatabaseUser>): void {
  stage.lab.atlas.updateDatabaseUser(tokenUser(stage, arn), changes);
}

function removeTokenUser(stage: Stage): void {
  stage.lab.atlas.removeDatabaseUser(tokenUser(stage, stage.operator.arn));
}

function tokenUser(stage: Stage, subject: string): string {
  return `${providerOf(stage).id}/${subject}`;
}
