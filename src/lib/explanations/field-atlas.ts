import { explanations } from './explanation.ts';
import { ATLAS_ACCESS_LIST, ATLAS_API, ATLAS_WORKLOAD } from './sources.ts';

const LIST =
  'atlas federatedAuthentication federationSettings identityProvider list --federationSettingsId <id> --protocol OIDC --idpType WORKLOAD';
const ORGS =
  'atlas federatedAuthentication federationSettings connectedOrgConfigs list --federationSettingsId <id>';

/** Setting up Atlas. Facts of facts/mongodb.md, sections 6 to 9. */
export const FIELD_ATLAS_EXPLANATIONS = explanations({
  'atlas.iam-arn-invalid': {
    meaning:
      'Atlas looks at the form of the ARN when a user of AWS IAM is made: arn:aws:iam::<account>:role/<role> with ROLE, arn:aws:iam::<account>:user/<user> with USER.',
    shows: { 'Atlas API': ['ATLAS_INVALID_AWS_IAM_ARN', 'is not valid for AWS IAM type'] },
    causes: [
      'The name of the role instead of its ARN.',
      'The ARN of a session (arn:aws:sts::…).',
      'ROLE and USER were confused, or a tool changed the name.',
    ],
    apart: {
      'atlas.database-user-wrong-type': 'There the user exists, with a type that does not fit the login.',
      'atlas.username-not-found': 'There the user is to be read, not made.',
    },
    type: [
      'fedctl whoami',
      'atlas dbusers create --awsIAMType ROLE --username arn:aws:iam::<account>:role/<role> --role readWrite@<database>',
    ],
    sources: [ATLAS_API, 'https://www.mongodb.com/docs/atlas/security/aws-iam-authentication/'],
    evidence: {
      fieldReport: 'an Atlas provider for Crossplane, issue 22; AWS CDK resources of Atlas, issue 414',
    },
  },
  'atlas.username-not-found': {
    meaning:
      'The user is there, and the API does not find it by the path that was asked for: the slashes of the ARN have to be encoded once, and the database is $external.',
    shows: { 'Atlas API': ['USERNAME_NOT_FOUND', 'No user with username <name> exists.'] },
    causes: [
      'The slash was not encoded, or encoded twice: %252F.',
      '--authDB is admin, which is the default of the CLI.',
    ],
    apart: {
      'atlas.database-user-missing': 'There it does not exist.',
      'atlas.database-user-wrong-database': 'There it exists in admin.',
    },
    type: ['atlas dbusers list', "atlas dbusers describe '<idpId>/<subject>' --authDB '$external'"],
    sources: ['mongodb-atlas-cli issue 1817', ATLAS_API],
    evidence: { fieldReport: 'mongodb-atlas-cli 1817' },
  },
  'atlas.ldap-authorization': {
    meaning:
      'While a project has LDAP authorization on, its database users come from LDAP, and users of AWS IAM cannot be made.',
    shows: { 'Atlas API': 'LDAP authorization is enabled' },
    causes: ['LDAP was turned on for another team of the project.'],
    apart: {
      'atlas.iam-arn-invalid': 'There the ARN is the reason.',
      'mongo.mechanism-unavailable': 'There the cluster does not offer the mechanism.',
    },
    type: ['atlas security ldap get', 'atlas projects create <name>'],
    sources: ['https://www.mongodb.com/docs/atlas/security-ldaps/', ATLAS_API],
    evidence: { fieldReport: 'the documentation of Atlas; the wording of the API is unverified' },
  },
  'atlas.database-user-okta-id': {
    meaning:
      'An identity provider has an old id of 20 characters and a new one of 24 hex digits. The name of a database user begins with the new one; the console and identityProviderId show the old one in places.',
    shows: {},
    alsoShows: {
      'Atlas API, Terraform': ['0oa<characters>/arn:aws:iam::<account>:role/<role>', '"oktaIdpId"'],
    },
    causes: [
      'The id was taken from identityProviderId of the federation settings.',
      'Terraform: okta_idp_id instead of idp_id; the format changed in 1.15.',
      'The display name was used.',
    ],
    apart: {
      'atlas.database-user-missing': 'There no user has this subject.',
      'atlas.database-user-session-arn': 'There the part after the slash is wrong.',
    },
    type: [LIST, 'atlas dbusers list'],
    sources: ['terraform-provider-mongodbatlas PR 1883 and issue 2322'],
    evidence: { fieldReport: 'terraform-provider-mongodbatlas PR 1883 and issue 2322' },
  },
  'atlas.identity-provider-hidden': {
    meaning:
      'GET identityProviders shows SAML and WORKFORCE unless it is asked otherwise, so that your own provider seems not to exist, and is made a second time.',
    shows: {},
    alsoShows: { 'Atlas API': '"totalCount":0' },
    causes: ['The query parameters protocol=OIDC and idpType=WORKLOAD are missing.'],
    apart: {
      'atlas.identity-provider-missing': 'There it does not exist.',
      'atlas.identity-provider-not-connected': 'There it exists, and no organization has it.',
    },
    type: [LIST],
    sources: [ATLAS_API],
    evidence: { fieldReport: 'the OpenAPI document of the Atlas API: the defaults of the list' },
  },
  'atlas.sso-disconnected': {
    meaning:
      'PATCH of a connected organization replaces the whole document. Without identityProviderId the organization loses the provider by which its people sign in to the console.',
    shows: { people: 'colleagues lose SSO after set-up' },
    causes: ['A script or Terraform sends only the ids of the workload providers.'],
    apart: {
      'atlas.data-access-dropped': 'There workloads lose their access.',
      'atlas.keys-revoked': 'There all sessions end at once.',
    },
    type: [ORGS, 'atlas federatedAuthentication federationSettings describe --orgId <orgId>'],
    sources: [ATLAS_API],
    evidence: {
      fieldReport: 'the OpenAPI document of the Atlas API: what a PATCH does with fields that are left out',
    },
  },
  'atlas.data-access-dropped': {
    meaning:
      'The same PATCH disconnects every provider that is not listed under dataAccessIdentityProviderIds: a tool that sends its own id alone locks out all others.',
    shows: { people: 'other workloads lose access' },
    causes: ['Read, change and write back was left out, or two did it at once: there is no ETag.'],
    apart: {
      'atlas.sso-disconnected': 'There people lose their access.',
      'atlas.identity-provider-not-connected': 'There it was never connected.',
    },
    type: [
      ORGS,
      'atlas federatedAuthentication federationSettings connectedOrgConfigs connect --identityProviderId <idpId> --federationSettingsId <id> --orgId <orgId> --protocol OIDC',
    ],
    sources: [ATLAS_API],
    evidence: {
      fieldReport: 'the OpenAPI document of the Atlas API: what a PATCH does with fields that are left out',
    },
  },
  'atlas.access-list-pending': {
    meaning:
      'An entry takes some seconds until it is ACTIVE. And it has to be the address that Atlas sees from the program, not the one of your desk.',
    shows: { 'Atlas API': ['"STATUS":"PENDING"', '"STATUS":"FAILED"', '"STATUS" : "PENDING"'] },
    causes: [
      'It was made a moment ago.',
      'The program leaves through a NAT gateway, by IPv6, or a VPN.',
      'A block was entered in the field for a single address.',
    ],
    apart: {
      'atlas.access-list-missing': 'There is no entry.',
      'atlas.temporary-entry-ended': 'There was one.',
    },
    type: ['curl -s https://cloud.mongodb.com/api/private/ipinfo', 'atlas accessLists list'],
    sources: [ATLAS_ACCESS_LIST],
    evidence: { fieldReport: 'cloudformation-resources issue 214; the OpenAPI document of the Atlas API' },
  },
  'atlas.temporary-entry-ended': {
    meaning:
      'Users and addresses with a deleteAfterDate go by themselves, after a week at most. Last week it worked.',
    shows: { people: 'worked last week' },
    causes: ['It was made for a test.', 'A tool makes temporary entries by default.'],
    apart: {
      'atlas.access-list-pending': 'There the entry is still there.',
      'atlas.database-user-missing': 'The same for a user: nobody can tell whether there was one.',
    },
    type: [
      'atlas accessLists list',
      'atlas dbusers list',
      'atlas accessLists create --currentIp --deleteAfter <date>',
    ],
    sources: [ATLAS_ACCESS_LIST],
    evidence: { fieldReport: 'the documentation of Atlas, and reports of users collected in 2026' },
  },
  'atlas.keys-revoked': {
    meaning:
      'Revoke, on the identity provider, ends all sessions that its keys opened, and programs have to be restarted. It is for keys that were stolen; rotation needs nothing of it.',
    shows: { people: 'mass logout of all workloads' },
    alsoShows: { mongod: 'ReauthenticationRequired' },
    causes: [
      'Somebody pressed Revoke to refresh the keys.',
      'A script calls DELETE …/jwks or identityProvider revokeJwk.',
    ],
    apart: {
      'mongo.driver.reauthentication-failed': 'There one program is logged out, when its token ends.',
      'jwt.key-unknown': 'There AWS has rotated its keys.',
    },
    type: [LIST, 'kubectl rollout restart deployment <name>'],
    sources: [ATLAS_WORKLOAD, ATLAS_API],
    evidence: { fieldReport: 'the documentation of Atlas: Revoke' },
  },
});
