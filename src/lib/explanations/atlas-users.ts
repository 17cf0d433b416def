import { explanations } from './explanation.ts';
import { ATLAS_API, ATLAS_WORKLOAD } from './sources.ts';

const REFUSED = { 'mongod, any driver': 'MongoServerError: Authentication failed.' };
const DESCRIBE = "atlas dbusers describe '<idpId>/<subject>' --authDB '$external'";
const LIST = 'atlas dbusers list';
const CREATE =
  'atlas dbusers create --oidcType USER --username <idpId>/<subject> --role readWrite@<database>';
const SUBJECT = 'fedctl token --audience <audience> | fedctl decode';

/** Database users. Facts of facts/mongodb.md, sections 6, 7.6 and 9. */
export const ATLAS_USER_EXPLANATIONS = explanations({
  'atlas.database-user-missing': {
    meaning:
      'The token is good, and the project has no database user for it. Its name is the 24 hex digits of the identity provider, a slash, and the sub of the token; with MONGODB-AWS it is the ARN of the role or user alone.',
    shows: {
      'mongod log': [
        'UserNotFound',
        'Could not find user "<idpId>/arn:aws:iam::<account>:role/<role>" for db "$external"',
      ],
    },
    alsoShows: REFUSED,
    causes: [
      'Nobody created it in this project: users belong to projects, providers to organizations.',
      'It was a temporary one and Atlas has deleted it.',
      'The program runs with another role than thought.',
      'The name differs in upper and lower case, or in the account.',
    ],
    apart: {
      'atlas.database-user-session-arn': 'There a user is named after the session.',
      'atlas.database-user-wrong-database': 'There it is in admin.',
    },
    type: [SUBJECT, LIST, CREATE],
    sources: [ATLAS_WORKLOAD],
    evidence: 'provoked',
  },
  'atlas.database-user-session-arn': {
    meaning:
      'The database user is named arn:aws:sts::…:assumed-role/<role>/<session>, as GetCallerIdentity prints it. A token never holds that: its sub is the ARN of the role.',
    shows: { 'Atlas API': '<idpId>/arn:aws:sts::<account>:assumed-role/<role>/<session>' },
    alsoShows: REFUSED,
    causes: ['The name was copied from aws sts get-caller-identity.'],
    apart: {
      'atlas.database-user-wrong-path': 'There the role is right, and its path is missing.',
      'atlas.database-user-missing': 'There no user is near.',
    },
    type: ['fedctl whoami', SUBJECT, CREATE],
    sources: [ATLAS_WORKLOAD],
    evidence: 'provoked',
  },
  'atlas.database-user-wrong-database': {
    meaning:
      'The user is in admin. Both mechanisms look in $external only; only groups of people are in admin.',
    shows: { 'Atlas API': '/databaseUsers/admin/<idpId>%2Farn' },
    alsoShows: REFUSED,
    causes: [
      'The API was called without databaseName: its default is admin.',
      'It was created as IDP_GROUP.',
    ],
    apart: {
      'atlas.database-user-wrong-type': 'There the database is right.',
      'atlas.database-user-missing': 'There it is in neither.',
    },
    type: [LIST, "atlas dbusers delete '<idpId>/<subject>' --authDB admin", CREATE],
    sources: [ATLAS_API],
    evidence: 'provoked',
  },
  'atlas.database-user-wrong-path': {
    meaning:
      'The subject of a token holds the path of the role, arn:aws:iam::…:role/team/data/etl, and the name of the database user has another path or none.',
    shows: {},
    alsoShows: REFUSED,
    causes: [
      'The name was put together from the name of the role.',
      'The role of Identity Center: its path is /aws-reserved/sso.amazonaws.com/, with or without a Region.',
    ],
    apart: {
      'mongo.role-path-lost': 'With MONGODB-AWS it is the other way round: the path must not be in the name.',
      'atlas.database-user-session-arn': 'There the name is that of a session.',
    },
    type: [SUBJECT, 'aws iam get-role --role-name <role> --query Role.Arn', CREATE],
    sources: [
      ATLAS_WORKLOAD,
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html',
    ],
    evidence: 'provoked',
  },
  'atlas.database-user-wrong-type': {
    meaning:
      'The user is of another kind: one for tokens needs oidcAuthType USER, one for AWS keys awsIAMType ROLE for a role and USER for an IAM user.',
    shows: { 'Atlas API': '"oidcAuthType":"IDP_GROUP"' },
    alsoShows: REFUSED,
    causes: [
      'It was created for a group.',
      'A role was entered as an IAM user.',
      'It is one for AWS keys, and the program logs in with a token.',
    ],
    apart: {
      'atlas.user-claim-changed': 'There the identity provider looks for groups.',
      'atlas.iam-arn-invalid': 'There Atlas refuses the pair of ARN and type at once.',
    },
    type: [DESCRIBE, "atlas dbusers delete '<idpId>/<subject>' --authDB '$external'", CREATE],
    sources: [ATLAS_API],
    evidence: 'provoked',
  },
  'atlas.database-user-out-of-scope': {
    meaning:
      'The user is for other clusters of the project: its scopes do not list this one. It logs in there, and gets 18 here.',
    shows: { 'Atlas API': '"scopes":[{"name":"<cluster>","type":"CLUSTER"}]' },
    alsoShows: REFUSED,
    causes: ['The cluster is new, and the user is older.', 'The cluster was renamed.'],
    apart: {
      'mongo.unauthorized': 'There the login works, and a role is missing.',
      'atlas.database-user-missing': 'There it fails on every cluster of the project.',
    },
    type: [DESCRIBE, "atlas dbusers update '<idpId>/<subject>' --authDB '$external' --scope <cluster>"],
    sources: [ATLAS_API],
    evidence: 'provoked',
  },
});
