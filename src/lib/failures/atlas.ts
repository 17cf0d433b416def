import { EXIT } from '../exit-codes.ts';
import { catalogue } from './failure.ts';

/**
 * Causes that the wire hides behind one refusal and that the Atlas Administration API tells apart
 * (facts/mongodb.md, sections 6 and 9). They are reached by comparing what Atlas holds with what the login brought.
 */
export const ATLAS_FAILURES = catalogue({
  'atlas.identity-provider-missing': {
    title: 'no identity provider for the issuer',
    cause: 'The organization has no workload identity provider whose issuer is that of the token.',
    remedy:
      'atlas federatedAuthentication federationSettings identityProvider create oidc <name> --idpType WORKLOAD --issuerUri <issuer> --audience <audience>',
    exit: EXIT.notSetUp,
  },
  'atlas.identity-provider-not-connected': {
    title: 'the identity provider is not connected to the organization',
    cause:
      'The identity provider exists, but the organization of the cluster does not have it under data access.',
    remedy:
      'in Atlas: Organization Settings, Federation, Linked Organizations: connect the identity provider for data access',
    exit: EXIT.notSetUp,
  },
  'atlas.issuer-mismatch': {
    title: 'the identity provider has another issuer',
    cause:
      'Issuers are compared byte for byte: a trailing slash, another account or another partition is another one.',
    remedy: 'set the issuer of the identity provider to the one that fedctl status prints',
    exit: EXIT.refused,
  },
  'atlas.audience-mismatch': {
    title: 'the identity provider expects another audience',
    cause: 'The audience of the token is not, byte for byte, the one of the identity provider.',
    remedy: 'fedctl connect --audience <the audience of the identity provider>',
    exit: EXIT.refused,
  },
  'atlas.user-claim-changed': {
    title: 'the identity provider names users by another claim',
    cause: 'Tokens of AWS name their principal in `sub`, and the identity provider looks elsewhere.',
    remedy: 'set the user claim of the identity provider back to sub',
    exit: EXIT.refused,
  },
  'atlas.database-user-missing': {
    title: 'no database user for the principal',
    cause:
      'The project has no database user of this name in $external; names are compared byte for byte. A temporary user is deleted after its date.',
    remedy: 'atlas dbusers create --oidcType USER --username <idpId>/<subject> --role readWrite@<database>',
    exit: EXIT.notSetUp,
  },
  'atlas.database-user-session-arn': {
    title: 'the database user is named after a session',
    cause:
      'A token names the role (arn:aws:iam::…:role/…), never the session that assumed it (assumed-role/…).',
    remedy: 'create the database user with the subject of the token: fedctl token | fedctl decode',
    exit: EXIT.refused,
  },
  'atlas.database-user-wrong-database': {
    title: 'the database user is in another database',
    cause: 'Both mechanisms look for their users in $external only.',
    remedy: 'create the database user again with databaseName $external',
    exit: EXIT.refused,
  },
  'atlas.database-user-wrong-path': {
    title: 'the database user has another role path',
    cause:
      'The subject of a token holds the path of the role, and the name of the database user another one or none.',
    remedy: 'create the database user with the subject of the token: fedctl token | fedctl decode',
    exit: EXIT.refused,
  },
  'atlas.database-user-wrong-type': {
    title: 'the database user is of another type',
    cause:
      'A user for tokens needs oidcAuthType USER; one for AWS keys needs awsIAMType ROLE for a role and USER for an IAM user.',
    remedy: 'create the database user again with the type named above',
    exit: EXIT.refused,
  },
  'atlas.database-user-out-of-scope': {
    title: 'the database user is not for this cluster',
    cause: 'The scopes of the database user list other clusters of the project.',
    remedy: 'add the cluster to the scopes of the database user, or remove them',
    exit: EXIT.refused,
  },
  'atlas.access-list-missing': {
    title: 'the address is not on the IP access list',
    cause: 'Atlas ends TLS with alert 80 for addresses that the project does not list.',
    remedy: 'atlas accessLists create --currentIp',
    exit: EXIT.refused,
  },
  'atlas.cluster-paused': {
    title: 'the cluster is paused',
    cause: 'A paused cluster answers nobody, and Atlas ends TLS with alert 80.',
    remedy: 'atlas clusters start <cluster>',
    exit: EXIT.notSetUp,
  },
});
