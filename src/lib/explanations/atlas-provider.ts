import { explanations } from './explanation.ts';
import { ATLAS_ACCESS_LIST, ATLAS_WORKLOAD } from './sources.ts';

const LIST =
  'atlas federatedAuthentication federationSettings identityProvider list --federationSettingsId <id> --protocol OIDC --idpType WORKLOAD';
const REFUSED = { 'mongod, any driver': 'MongoServerError: Authentication failed.' };

/** What the identity provider, the access list and the cluster have to do with it. Facts of facts/mongodb.md, sections 6, 7 and 9. */
export const ATLAS_PROVIDER_EXPLANATIONS = explanations({
  'atlas.identity-provider-missing': {
    meaning:
      'The federation has no workload identity provider for the issuer of the token. The server says only "Authentication failed" (18).',
    shows: { 'mongod log': 'no identity provider trusts the issuer' },
    alsoShows: REFUSED,
    causes: [
      'It was never created, or somebody deleted it.',
      'It was created as a provider for people (WORKFORCE), or in another federation.',
      'The keys are those of another account, whose issuer is another one.',
    ],
    apart: {
      'atlas.issuer-mismatch': 'There a provider exists with nearly this issuer.',
      'atlas.identity-provider-hidden': 'There it exists, and the list does not show it.',
    },
    type: [
      'fedctl status',
      LIST,
      'atlas federatedAuthentication federationSettings identityProvider create oidc <name> --federationSettingsId <id> --idpType WORKLOAD --issuerUri <issuer> --audience <audience> --authorizationType USER --userClaim sub --groupsClaim groups --desc <text>',
    ],
    sources: [ATLAS_WORKLOAD],
    evidence: 'provoked',
  },
  'atlas.identity-provider-not-connected': {
    meaning:
      'The identity provider exists, and the organization of the cluster does not have it under data access. Three steps are needed: create it, connect it to the organization, create the database user. This is the second, which is easily forgotten.',
    shows: { 'Atlas API': 'dataAccessIdentityProviderIds":[]' },
    alsoShows: REFUSED,
    causes: [
      'Nobody connected it.',
      'A PATCH by somebody else left its id out of dataAccessIdentityProviderIds.',
      'It is connected to another organization of the federation.',
    ],
    apart: {
      'atlas.identity-provider-missing': 'There it does not exist.',
      'atlas.data-access-dropped': 'There it was connected, and a change of another provider cut it off.',
    },
    type: [
      'atlas federatedAuthentication federationSettings connectedOrgConfigs list --federationSettingsId <id>',
      'atlas federatedAuthentication federationSettings connectedOrgConfigs connect --identityProviderId <idpId> --federationSettingsId <id> --orgId <orgId> --protocol OIDC',
    ],
    sources: [ATLAS_WORKLOAD, 'mongodb-atlas-cli: connectedorgsconfigs/connect.go'],
    evidence: 'provoked',
  },
  'atlas.issuer-mismatch': {
    meaning:
      'An identity provider is there whose issuer is nearly that of the token. They are compared byte for byte.',
    shows: { 'mongod log': 'unsupported issuer or audience' },
    alsoShows: REFUSED,
    causes: [
      'A slash at the end of the issuer in Atlas.',
      'The whole address of the discovery document was entered.',
      'It is the issuer of another account or partition, or https://sts.amazonaws.com.',
    ],
    apart: {
      'atlas.audience-mismatch': 'There the issuer fits.',
      'atlas.identity-provider-missing': 'There no issuer is near.',
    },
    type: [
      'fedctl status',
      LIST,
      'atlas federatedAuthentication federationSettings identityProvider update oidc <idpId> --federationSettingsId <id> --issuerUri <issuer>',
    ],
    sources: [ATLAS_WORKLOAD],
    evidence: 'provoked',
  },
  'atlas.audience-mismatch': {
    meaning:
      'The identity provider expects another audience than the token has. It holds one text, and compares it byte for byte.',
    shows: { 'mongod log': 'unsupported issuer or audience' },
    alsoShows: REFUSED,
    causes: [
      'FEDCTL_AUDIENCE or --audience holds another text: case, https:// and a slash at the end count.',
      'The identity provider was made anew with a default.',
    ],
    apart: {
      'atlas.issuer-mismatch': 'There the audience fits.',
      'jwt.audience-mismatch': 'The same, found by verify.',
    },
    type: [LIST, "fedctl connect --uri '<uri>' --audience <the-audience-of-the-identity-provider>"],
    sources: [ATLAS_WORKLOAD],
    evidence: 'provoked',
  },
  'atlas.user-claim-changed': {
    meaning:
      'Tokens of AWS name their principal in sub, and the identity provider looks elsewhere, or for groups. MongoDB says of the user claim: do not change the default.',
    shows: { 'mongod log': "'<claim>' claim is missing" },
    alsoShows: REFUSED,
    causes: [
      'Somebody set the user claim to email or the like.',
      'The authorization type is GROUP: tokens of AWS carry no groups.',
    ],
    apart: {
      'atlas.database-user-wrong-type': 'There the database user, not the provider, is one for groups.',
      'jwt.claim-missing': 'There the token lacks what tokens of AWS have.',
    },
    type: [
      LIST,
      'atlas federatedAuthentication federationSettings identityProvider update oidc <idpId> --federationSettingsId <id> --userClaim sub --authorizationType USER',
    ],
    sources: [ATLAS_WORKLOAD],
    evidence: 'provoked',
  },
  'atlas.access-list-missing': {
    meaning:
      'The address that Atlas sees is not on the IP access list of the project, and Atlas ends TLS with alert 80. This is the list for port 27017, not the one of an API key.',
    shows: {
      Mongoose:
        "you're trying to access the database from an IP that isn't whitelisted. Your TLS says <alert> SSL alert number 80",
    },
    alsoShows: { 'OpenSSL, Node.js driver': 'SSL alert number 80' },
    causes: [
      'A new NAT gateway, a new office, a VPN, IPv6 instead of IPv4.',
      'A temporary entry has ended.',
      'The entry was made on your machine, and the program runs elsewhere.',
    ],
    apart: {
      'mongo.tls-refused': 'The same from outside, when the Atlas API was not asked.',
      'atlas.access-list-pending': 'There the entry is there, and not active yet.',
    },
    type: [
      'curl -s https://cloud.mongodb.com/api/private/ipinfo',
      'atlas accessLists list',
      'atlas accessLists create --currentIp',
    ],
    sources: [ATLAS_ACCESS_LIST],
    evidence: 'provoked',
  },
  'atlas.cluster-paused': {
    meaning:
      'The cluster is paused, or not ready. It answers nobody, and Atlas ends TLS with alert 80, as it does for an address that is not on the list.',
    shows: { 'Atlas API': ['"paused":true', '"paused" : true'] },
    alsoShows: { 'OpenSSL, Node.js driver': 'SSL alert number 80' },
    causes: [
      'Somebody paused it to save money; Atlas wakes it after 30 days.',
      'A free cluster that nobody used for weeks.',
      'It is being created or repaired: its connectionStrings are {} until then.',
    ],
    apart: {
      'atlas.access-list-missing': 'There the cluster is awake.',
      'mongo.port-closed': 'Atlas never refuses the connection itself.',
    },
    type: ['atlas clusters describe <cluster>', 'atlas clusters start <cluster>'],
    sources: ['https://www.mongodb.com/docs/atlas/pause-terminate-cluster/'],
    evidence: 'provoked',
  },
});
