import type { AwsWorld } from '../aws/world.ts';
import { AtlasState } from './state.ts';

/** The cluster that the lab's MongoDB server plays. */
export const LAB_CLUSTER = 'lab';

const ROLES = [{ role: 'readWriteAnyDatabase', db: 'admin' }] as const;

/**
 * The Atlas of a healthy lab: a connected identity provider for one issuer and audience, a database user by each
 * mechanism for the users and roles of that issuer's account, and this machine on the access list. The role with a path
 * cannot log in by MONGODB-AWS, here as little as there: servers lose the path on the way from the session to the role
 * (facts/mongodb.md 2.5).
 */
export function createLabAtlas(given: {
  readonly now: () => Date;
  readonly issuer: string;
  readonly audience: string;
  readonly world: AwsWorld;
}): AtlasState {
  const atlas = new AtlasState({ now: given.now });
  const { id } = atlas.addIdentityProvider({
    displayName: 'fedctl lab',
    description: 'The issuer of the lab',
    issuer: given.issuer,
    audience: given.audience,
  });
  atlas.connectIdentityProvider(id);
  const principals = [...given.world.users, ...given.world.roles].filter(
    ({ account, name }) => account.issuer === given.issuer && name !== 'no-mint',
  );
  for (const { arn, kind } of principals) {
    atlas.addDatabaseUser({ username: `${id}/${arn}`, oidcAuthType: 'USER', roles: ROLES });
    const awsIAMType = kind === 'role' ? 'ROLE' : 'USER';
    atlas.addDatabaseUser({ username: arn, awsIAMType, roles: ROLES });
  }
  atlas.addAccessListEntry({ ipAddress: '127.0.0.1', comment: 'this machine' });
  return atlas;
}
