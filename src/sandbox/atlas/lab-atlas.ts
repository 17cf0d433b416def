import type { AwsWorld } from '../aws/world.ts';
import type { DescribedDatabaseUser, DescribedIdentityProvider, LabDescription } from '../description.ts';
import type { LabEnvironment } from '../environment.ts';
import { AtlasState } from './state.ts';

/** The name of the cluster that the lab's MongoDB server belongs to. */
export const LAB_CLUSTER = 'lab';

const ROLES = [{ role: 'readWriteAnyDatabase', db: 'admin' }] as const;

/**
 * Creates the Atlas state of a healthy lab: a connected identity provider for one issuer and audience,
 * database users, and an access list that contains this machine. By default, each user and role in the
 * issuer's account gets two database users: one for MONGODB-OIDC, and one for MONGODB-AWS. As in Atlas, a
 * role with a path cannot log in with MONGODB-AWS, because the ARN of a role session does not contain the
 * path (facts/mongodb.md 2.5).
 */
export function createLabAtlas(given: {
  readonly now: () => Date;
  readonly issuer: string;
  readonly audience: string;
  readonly world: AwsWorld;
  readonly description: LabDescription;
  /** The IDs that identity providers had in an earlier lab, by display name. */
  readonly kept?: KeptIds;
}): AtlasState {
  const atlas = new AtlasState({ now: given.now });
  const { identityProviders, databaseUsers } = given.description;
  if (identityProviders === null) addOwnProvider(atlas, given);
  else for (const one of identityProviders) addProvider(atlas, one, given);
  if (databaseUsers === null) addUsersOfAccount(atlas, given);
  else for (const one of databaseUsers) addUser(atlas, one);
  atlas.addAccessListEntry({ ipAddress: '127.0.0.1', comment: 'this machine' });
  return atlas;
}

type KeptIds = Readonly<Record<string, string>>;

function keptId(kept: KeptIds | undefined, displayName: string): { readonly id?: string } {
  const id = kept?.[displayName];
  return id === undefined ? {} : { id };
}

function addOwnProvider(
  atlas: AtlasState,
  given: { readonly issuer: string; readonly audience: string; readonly kept?: KeptIds },
): void {
  const displayName = 'fedctl lab';
  const { id } = atlas.addIdentityProvider({
    ...keptId(given.kept, displayName),
    displayName,
    description: 'The issuer of the lab',
    issuer: given.issuer,
    audience: given.audience,
  });
  atlas.connectIdentityProvider(id);
}

function addProvider(
  atlas: AtlasState,
  described: DescribedIdentityProvider,
  given: { readonly world: AwsWorld; readonly kept?: KeptIds },
): void {
  const { displayName, issuer, audience, userClaim, connected } = described;
  const url = 'url' in issuer ? issuer.url : given.world.account(issuer.account).issuer;
  const { id } = atlas.addIdentityProvider({
    ...keptId(given.kept, displayName),
    displayName,
    issuer: url,
    audience,
    userClaim,
  });
  if (connected) atlas.connectIdentityProvider(id);
}

/**
 * Adds two database users for each user and role in the issuer's account: one for tokens of the first
 * identity provider, and one for MONGODB-AWS. The user `no-mint` gets no database users.
 */
function addUsersOfAccount(
  atlas: AtlasState,
  given: { readonly issuer: string; readonly world: AwsWorld },
): void {
  const [provider] = atlas.identityProviders;
  const principals = [...given.world.users, ...given.world.roles].filter(
    ({ account, name }) => account.issuer === given.issuer && name !== 'no-mint',
  );
  for (const { arn, kind } of principals) {
    if (provider !== undefined) {
      atlas.addDatabaseUser({ username: `${provider.id}/${arn}`, oidcAuthType: 'USER', roles: ROLES });
    }
    const awsIAMType = kind === 'role' ? 'ROLE' : 'USER';
    atlas.addDatabaseUser({ username: arn, awsIAMType, roles: ROLES });
  }
}

function addUser(atlas: AtlasState, described: DescribedDatabaseUser): void {
  const { mechanism, principal, identityProvider, roles, clusters } = described;
  const scopes = clusters.map((name) => ({ name, type: 'CLUSTER' }) as const);
  if (mechanism === 'aws') {
    const isUser = /^arn:aws:iam::\d{12}:user\//.test(principal);
    atlas.addDatabaseUser({ username: principal, awsIAMType: isUser ? 'USER' : 'ROLE', roles, scopes });
    return;
  }
  const provider = atlas.identityProviders.find(
    ({ displayName }) => identityProvider === null || displayName === identityProvider,
  );
  const username = `${provider?.id ?? ''}/${principal}`;
  atlas.addDatabaseUser({ username, oidcAuthType: 'USER', roles, scopes });
}

/**
 * Converts a connection string to the form that Atlas shows (facts/mongodb.md 7.8). The SRV string contains
 * only the host. The standard string also contains the options that Atlas publishes in the TXT record of the
 * SRV name. Neither string contains the lab's CA.
 */
export function atlasConnectionString(uri: string): string {
  const { protocol, host, searchParams } = new URL(uri);
  if (protocol === 'mongodb+srv:') return `${protocol}//${host}`;
  const replicaSet = searchParams.get('replicaSet');
  const options = new URLSearchParams({
    ...(searchParams.get('tls') === 'true' && { ssl: 'true' }),
    authSource: 'admin',
    ...(replicaSet !== null && { replicaSet }),
  });
  return `${protocol}//${host}/?${options}`;
}

/**
 * Returns the URL and the credentials of the API as environment variables for the Atlas CLI. Also returns
 * FEDCTL_ATLAS_URL, a variable of fedctl that contains the URL.
 */
export function atlasEnvironment(
  { credentials, organization, project }: AtlasState,
  url: string,
): LabEnvironment {
  const { serviceAccount, apiKey } = credentials;
  return {
    FEDCTL_ATLAS_URL: url,
    MONGODB_ATLAS_OPS_MANAGER_URL: `${url}/`,
    MONGODB_ATLAS_CLIENT_ID: serviceAccount.clientId,
    MONGODB_ATLAS_CLIENT_SECRET: serviceAccount.secret.reveal(),
    MONGODB_ATLAS_PUBLIC_API_KEY: apiKey.publicKey,
    MONGODB_ATLAS_PRIVATE_API_KEY: apiKey.privateKey.reveal(),
    MONGODB_ATLAS_ORG_ID: organization.id,
    MONGODB_ATLAS_PROJECT_ID: project.id,
  };
}
