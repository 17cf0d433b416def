import { randomBytes } from 'node:crypto';
import type { DatabaseUser, IdentityProvider } from '../../trust/relying-party.ts';
import type { AwsWorld } from '../aws/world.ts';

/** Whom the lab's cluster lets in, as Atlas would hold it. */
export interface RelyingParty {
  identityProviders: readonly IdentityProvider[];
  databaseUsers: readonly DatabaseUser[];
}

const ROLES = [{ role: 'readWriteAnyDatabase', db: 'admin' }] as const;

/**
 * A workload identity provider for one issuer and audience, and a database user by each mechanism for the users and
 * roles of that issuer's account. The role with a path cannot log in by MONGODB-AWS, here as little as there: servers
 * lose the path on the way from the session to the role (facts/mongodb.md 2.5).
 */
export function createRelyingParty(given: {
  readonly issuer: string;
  readonly audience: string;
  readonly world: AwsWorld;
}): RelyingParty {
  const identityProvider: IdentityProvider = {
    id: randomBytes(12).toString('hex'),
    displayName: 'fedctl lab',
    issuer: given.issuer,
    audience: given.audience,
    userClaim: 'sub',
    authorizationType: 'USER',
  };
  const principals = [...given.world.users, ...given.world.roles].filter(
    ({ account, name }) => account.issuer === given.issuer && name !== 'no-mint',
  );
  return {
    identityProviders: [identityProvider],
    databaseUsers: principals.flatMap(({ arn, kind }): readonly DatabaseUser[] => [
      {
        username: `${identityProvider.id}/${arn}`,
        database: '$external',
        oidcAuthType: 'USER',
        awsIAMType: 'NONE',
        roles: ROLES,
      },
      {
        username: arn,
        database: '$external',
        oidcAuthType: 'NONE',
        awsIAMType: kind === 'role' ? 'ROLE' : 'USER',
        roles: ROLES,
      },
    ]),
  };
}
