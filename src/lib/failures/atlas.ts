import { MORE_TIME, rerun } from '../command-line.ts';
import { EXIT } from '../exit-codes.ts';
import { catalogue } from './failure.ts';

/**
 * Causes that the wire hides behind one refusal and that the Atlas Administration API tells apart
 * (facts/mongodb.md, sections 6 and 9): they are reached by comparing what Atlas holds with what the login brought.
 * Below them, what stands between fedctl and that API (section 7).
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
    remedy: 'Ask for a token with the audience of the identity provider: --audience <audience>.',
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
  'atlas.credentials-missing': {
    title: 'no credentials for the Atlas API',
    cause: 'Neither a service account nor an API key is set in the environment.',
    remedy:
      'Set MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET, or leave these checks out with --skip atlas.',
    exit: EXIT.notSetUp,
  },
  'atlas.project-unnamed': {
    title: 'no Atlas project is named',
    cause: 'Credentials of the Atlas API are set, but nothing says which project the cluster belongs to.',
    remedy: 'Add --atlas-project <id>, or set MONGODB_ATLAS_PROJECT_ID.',
    exit: EXIT.usage,
  },
  'atlas.cluster-unnamed': {
    title: 'no cluster of the Atlas project has the address of the connection string',
    cause:
      'The connection string leads to a private endpoint or a name of your own, or the project is another one.',
    remedy: 'Add --atlas-cluster <name>, or name the right project with --atlas-project <id>.',
    exit: EXIT.usage,
  },
  'atlas.credentials-half-set': {
    title: 'only half of a credential for the Atlas API is set',
    cause:
      'A service account is MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET, an API key MONGODB_ATLAS_PUBLIC_API_KEY and MONGODB_ATLAS_PRIVATE_API_KEY; two belong together.',
    remedy: 'set both, or unset both',
    exit: EXIT.notSetUp,
  },
  'atlas.credentials-malformed': {
    title: 'a credential for the Atlas API cannot be one',
    cause: 'It holds white space, a line break or a character that no credential of Atlas has: often pasted.',
    remedy: 'set it again, exactly as Atlas showed it',
    exit: EXIT.usage,
  },
  'atlas.url-invalid': {
    title: 'not an address of the Atlas API',
    cause: 'The address is https:// and a host, without a path, a user or a password.',
    remedy: 'Use the address of Atlas.',
    command: rerun({ set: { '--atlas-url': 'https://cloud.mongodb.com' } }),
    exit: EXIT.usage,
  },
  'atlas.plaintext-refused': {
    title: 'refused to send a credential of Atlas without TLS',
    cause: 'The address is plain http and not on this machine: whoever is on the way could use what is sent.',
    remedy: 'Use the address of Atlas.',
    command: rerun({ set: { '--atlas-url': 'https://cloud.mongodb.com' } }),
    exit: EXIT.usage,
  },
  'atlas.credentials-refused': {
    title: 'Atlas does not accept the credential',
    cause:
      'The id is unknown, or the secret is another one, was revoked or has expired; Atlas does not say which.',
    remedy: 'make a new secret in Atlas: Organization, Applications, and set it again',
    exit: EXIT.refused,
  },
  'atlas.secret-expired': {
    title: 'the secret of the service account has expired',
    cause: 'Secrets of service accounts end after the time that was chosen when they were made.',
    remedy:
      'make a new secret in Atlas: Organization, Applications, Service Accounts; then export MONGODB_ATLAS_CLIENT_SECRET=<secret>',
    exit: EXIT.notSetUp,
  },
  'atlas.api-access-list': {
    title: 'the credential may not be used from this address',
    cause:
      'The credential has an API access list of its own, and the address is not on it. It is not the IP access list of the project, which guards clusters.',
    remedy: 'in Atlas: Organization, Applications, the credential, API Access List: add the address',
    exit: EXIT.refused,
  },
  'atlas.role-missing': {
    title: 'the credential lacks a role in Atlas',
    cause: 'Atlas knows the credential and does not let it read this.',
    remedy: 'in Atlas: give the credential the role named above',
    exit: EXIT.refused,
  },
  'atlas.not-found': {
    title: 'Atlas has no such thing',
    cause: 'The id or name is another one, or belongs to an organization that the credential cannot see.',
    remedy: 'atlas projects list; atlas clusters list --projectId <project>',
    exit: EXIT.refused,
  },
  'atlas.rate-limited': {
    title: 'Atlas takes no more requests for now',
    cause:
      'Each set of endpoints takes a number of requests a minute from one organization, whoever sends them.',
    remedy: 'wait a minute and repeat the command',
    exit: EXIT.unreachable,
  },
  'atlas.version-gone': {
    title: 'Atlas no longer speaks this version of its API',
    cause: 'Versions of the API end on announced days, and this fedctl asks for one that is over.',
    remedy: 'npm install --global fedctl@latest',
    exit: EXIT.refused,
  },
  'atlas.request-refused': {
    title: 'Atlas refused the request',
    cause: 'The request does not fit what Atlas expects; the code and the text of Atlas say how.',
    remedy: 'repeat the command with --verbose and report what Atlas said',
    exit: EXIT.refused,
  },
  'atlas.service-failed': {
    title: 'Atlas answered with a server error',
    cause: 'The service had a fault of its own.',
    remedy: 'wait a minute and repeat the command, or look at https://status.mongodb.com',
    exit: EXIT.unreachable,
  },
  'atlas.unreachable': {
    title: 'the Atlas API cannot be reached',
    cause: 'The name did not resolve, nothing listens there, or the connection broke.',
    remedy: 'check the network, HTTPS_PROXY and --atlas-url',
    exit: EXIT.unreachable,
  },
  'atlas.tls-failed': {
    title: 'the TLS connection to the Atlas API failed',
    cause: 'The certificate presented is not trusted here: often a proxy that inspects TLS.',
    remedy: 'export AWS_CA_BUNDLE=<file with the proxy CA>',
    exit: EXIT.unreachable,
  },
  'atlas.timeout': {
    title: 'the Atlas API did not answer in time',
    cause: 'The connection was accepted or swallowed, but no whole answer came.',
    remedy: 'Allow each network step more time, and look for a proxy on the way.',
    command: MORE_TIME,
    exit: EXIT.unreachable,
  },
  'atlas.not-atlas': {
    title: 'something other than Atlas answered',
    cause: 'The answer is none of the Atlas API: a captive portal, a proxy or another server stands there.',
    remedy: 'open the address named above with curl -v and see who answers',
    exit: EXIT.unreachable,
  },
  'atlas.answer-unreadable': {
    title: 'an answer of Atlas that fedctl cannot read',
    cause: 'A field is missing or of another kind than Atlas documents.',
    remedy: 'npm install --global fedctl@latest   (and report it if it stays)',
    exit: EXIT.unreachable,
  },
});
