import { explanations } from './explanation.ts';
import { ATLAS_API } from './sources.ts';

const AUTHENTICATION = 'https://www.mongodb.com/docs/atlas/configure-api-access/';
const VARIABLES = 'env | grep ^MONGODB_ATLAS_ | cut -d= -f1';
const CHECK = "fedctl check --uri '<uri>' --audience <audience>";

/** The credential of the Atlas Administration API. Facts of facts/mongodb.md, sections 7.3, 7.4 and 9. */
export const ATLAS_CREDENTIAL_EXPLANATIONS = explanations({
  'atlas.credentials-missing': {
    meaning:
      'No credentials of the Atlas Administration API are set. The half of the chain that Atlas keeps (identity provider, database users, IP access list, cluster) is not examined; where --only asks for it, the check fails.',
    shows: { fedctl: 'No credentials of the Atlas API are set: identity provider, database users' },
    causes: [
      'The variables are not set in this process.',
      'They have other names: fedctl reads those of the Atlas CLI and of the Terraform provider.',
    ],
    apart: {
      'atlas.credentials-half-set': 'There one of two variables is set.',
      'atlas.credentials-refused': 'There they are set, and Atlas rejects them.',
    },
    type: [
      'export MONGODB_ATLAS_CLIENT_ID=<id> MONGODB_ATLAS_CLIENT_SECRET=<secret>',
      'fedctl check --skip atlas',
    ],
    sources: ['https://www.mongodb.com/docs/atlas/configure-api-access/'],
    evidence: 'provoked',
  },
  'atlas.project-unnamed': {
    meaning:
      'Credentials of the Atlas API are set, and nothing says which project the cluster belongs to, so nothing of Atlas is examined.',
    shows: { fedctl: 'No Atlas project is named: identity provider, database users' },
    causes: [
      'MONGODB_ATLAS_PROJECT_ID is not set, and neither --atlas-project nor the file names a project.',
    ],
    apart: {
      'atlas.credentials-missing': 'There the credentials are missing.',
      'atlas.not-found': 'There a project is named that this credential cannot see.',
    },
    type: ['atlas projects list', 'fedctl check --atlas-project <id>'],
    sources: ['https://www.mongodb.com/docs/atlas/cli/current/command/atlas-projects-list/'],
    evidence: 'provoked',
  },
  'atlas.cluster-unnamed': {
    meaning:
      'No cluster of the project has the address of the connection string, so its state, tier and version are not examined.',
    shows: { fedctl: 'No cluster of the project has this address; there are' },
    causes: [
      'A private endpoint or a DNS name of your own leads to the cluster.',
      'The cluster belongs to another project.',
    ],
    apart: {
      'atlas.not-found': 'There the project itself is not found.',
      'atlas.project-unnamed': 'There no project is named.',
    },
    type: ['atlas clusters list --projectId <project>', 'fedctl check --atlas-cluster <name>'],
    sources: ['https://www.mongodb.com/docs/atlas/cli/current/command/atlas-clusters-list/'],
    evidence: 'provoked',
  },
  'atlas.credentials-half-set': {
    meaning:
      'A credential of the Atlas API has two halves: id and secret of a service account, or public and private key. Without any, check leaves the Atlas half out and says so; with one half it does not guess.',
    shows: { fedctl: 'MONGODB_ATLAS_<one> is set and <other> is not.' },
    causes: [
      'One export of two was copied.',
      'A secret of the CI system is empty for this branch or for a fork.',
    ],
    apart: {
      'atlas.credentials-malformed': 'There both are set, and one cannot be right.',
      'aws.credentials-half-set': 'The same for AWS keys.',
    },
    type: [
      VARIABLES,
      'unset MONGODB_ATLAS_CLIENT_ID MONGODB_ATLAS_CLIENT_SECRET MONGODB_ATLAS_PUBLIC_API_KEY MONGODB_ATLAS_PRIVATE_API_KEY',
    ],
    sources: [AUTHENTICATION],
    evidence: 'provoked',
  },
  'atlas.credentials-malformed': {
    meaning:
      'A half of the credential holds white space, a line break or a character that no credential of Atlas has. It was not sent.',
    shows: { fedctl: 'for the Atlas API holds white space or a character that none has' },
    causes: [
      'It was pasted with a newline.',
      'A secret file ends in one.',
      'The quotation marks of a .env file became part of it.',
    ],
    apart: {
      'atlas.credentials-refused': 'There Atlas has seen it and says no.',
      'atlas.credentials-half-set': 'There a half is missing.',
    },
    type: [
      'printf %s "$MONGODB_ATLAS_CLIENT_ID" | od -c | tail -3',
      'export MONGODB_ATLAS_CLIENT_ID=mdb_sa_id_<24-hex-digits>',
    ],
    sources: [AUTHENTICATION],
    evidence: 'provoked',
  },
  'atlas.credentials-refused': {
    meaning:
      'Atlas does not know the credential, or not with this secret. A first 401 is the ordinary challenge of HTTP Digest and means nothing; this is the answer to the second request, in the same words.',
    shows: { 'Atlas API': ['You are not authorized for this resource.', 'invalid_client'] },
    causes: [
      'The secret was revoked, replaced, or cut when it was pasted.',
      'The key is one of another Atlas: Government has an address of its own.',
      'The public key was given as private key.',
    ],
    apart: {
      'atlas.secret-expired': 'There Atlas says that the secret has ended.',
      'atlas.role-missing': 'There Atlas knows who asks.',
    },
    type: [VARIABLES, 'atlas auth whoami', CHECK],
    sources: [AUTHENTICATION, 'RFC 7616', 'RFC 6749 section 5.2'],
    evidence: 'provoked',
  },
  'atlas.secret-expired': {
    meaning:
      'The secret of the service account has passed its end. The account itself is still there, and takes a second secret.',
    shows: { 'Atlas API': ['secret has expired', 'SERVICE_ACCOUNT_SECRET_EXPIRED'] },
    causes: ['It was made for some hours or days, and nobody renewed it.'],
    apart: {
      'atlas.credentials-refused': 'There Atlas does not say why.',
      'aws.credentials-expired': 'There a session of AWS is over.',
    },
    type: ['export MONGODB_ATLAS_CLIENT_SECRET=<secret>', CHECK],
    sources: [AUTHENTICATION, 'The wording of Atlas is unverified'],
    evidence: 'provoked',
  },
  'atlas.api-access-list': {
    meaning:
      'The credential has an API access list of its own, and this address is not on it. It is another list than the IP access list of the project: that one guards port 27017. A token of a service account can be fetched from anywhere, and used from listed addresses only.',
    shows: { 'Atlas API': ['IP_ADDRESS_NOT_ON_ACCESS_LIST', 'is not allowed to access this resource.'] },
    causes: [
      'The organization demands a list, and the credential has an empty one.',
      'CI and laptops change their address.',
      'The address was put on the list of the project.',
    ],
    apart: {
      'atlas.access-list-missing': 'The list of the project: there the cluster, not the API, is closed.',
      'atlas.role-missing': 'There the address is fine, and the role is not.',
    },
    type: [
      'curl -s https://cloud.mongodb.com/api/private/ipinfo',
      'atlas organizations apiKeys accessLists create --apiKey <id> --currentIp',
    ],
    sources: [AUTHENTICATION, 'microsoft/vscode-documentdb issue 814'],
    evidence: 'provoked',
  },
  'atlas.role-missing': {
    meaning:
      'Atlas knows the credential and does not let it do this. Reading the federation needs Organization Owner; users, addresses and clusters of a project need a role in that project.',
    shows: { 'Atlas API': ['USER_UNAUTHORIZED', 'Current user is not authorized to perform this action.'] },
    causes: [
      'A credential of a project was given, and the federation belongs to the organization.',
      'The credential is one of another organization.',
    ],
    apart: {
      'atlas.credentials-refused': 'There Atlas does not know who asks: also 401.',
      'atlas.not-found': 'What the credential may not see, Atlas sometimes says is not there.',
    },
    type: ['atlas organizations apiKeys list --orgId <orgId>', CHECK],
    sources: ['https://www.mongodb.com/docs/atlas/reference/user-roles/', ATLAS_API],
    evidence: 'provoked',
  },
  'atlas.not-found': {
    meaning: 'Atlas has nothing of this id or name, or nothing that this credential may see.',
    shows: {
      'Atlas API': [
        'GROUP_NOT_FOUND',
        'No group with ID <id> exists.',
        'CLUSTER_NOT_FOUND',
        'No cluster named <name> exists in group',
        'RESOURCE_NOT_FOUND',
      ],
    },
    causes: [
      'MONGODB_ATLAS_PROJECT_ID is that of another project.',
      'The cluster was renamed or deleted.',
      'Nobody has set up a federation for the organization: that has to be done in the console.',
    ],
    apart: {
      'atlas.role-missing': 'There Atlas says that it is there, for others.',
      'atlas.username-not-found': 'There a database user is asked for by a path that is encoded wrongly.',
    },
    type: [
      'atlas projects list',
      'atlas clusters list --projectId <project>',
      'fedctl check --atlas-project <project>',
    ],
    sources: [ATLAS_API, 'https://www.mongodb.com/docs/atlas/security/federated-authentication/'],
    evidence: 'provoked',
  },
  'atlas.rate-limited': {
    meaning:
      'The organization has used up the requests that this set of endpoints takes for now. Retry-After says when it is open again.',
    shows: {
      'Atlas API': ['RATE_LIMITED_TOKEN_BUCKET', 'RATE_LIMITED', 'Rate limit exceeded for api/atlas'],
    },
    causes: [
      'Many jobs ask at once: Terraform, operators, CI.',
      'check runs for many targets, each with its own credential.',
    ],
    apart: {
      'aws.throttled': 'The same of AWS.',
      'atlas.service-failed': 'There Atlas has a fault of its own.',
    },
    type: ["fedctl check --concurrency 1 --uri '<uri>' --audience <audience>"],
    sources: ['https://www.mongodb.com/docs/atlas/api/api-rate-limiting/', 'RFC 6585 section 4'],
    evidence: 'provoked',
  },
});
