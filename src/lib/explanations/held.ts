import { explanations } from './explanation.ts';
import { ATLAS_WORKLOAD, AUTH_SPEC, OUTBOUND_POLICIES } from './sources.ts';

const SOAK = "fedctl check --uri '<uri>' --audience <audience> --soak 3m";
const NEGATIVE = "fedctl check --uri '<uri>' --audience <audience> --negative";

/** What `check --negative` and `check --soak` find: doors that should be shut, and connections that should hold. */
export const HELD_EXPLANATIONS = explanations({
  'sts.audience-unrestricted': {
    meaning:
      'The principal minted a token for an audience that it should not get, or for a second one beside its own. The sample policy of AWS uses ForAnyValue, which is content when one of the audiences is allowed: a caller can add others.',
    shows: { fedctl: 'no policy holds the principal to its audience' },
    causes: [
      'The policy allows sts:GetWebIdentityToken without a condition.',
      'The condition is ForAnyValue:StringEquals.',
      'It is ForAllValues alone: that is true of a request without the key as well, so Null has to be "false".',
    ],
    apart: {
      'mongo.audience-unchecked': 'There the cluster takes the token of another audience.',
      'sts.mint-denied': 'There the policy is narrow, and what was asked for is outside.',
    },
    type: ['fedctl token --audience <audience> --audience https://other.example', NEGATIVE],
    sources: [OUTBOUND_POLICIES, 'mahitotsu/gekko_08: a second audience was issued'],
    evidence: 'provoked',
  },
  'mongo.audience-unchecked': {
    meaning:
      'The server let somebody in whose token was minted for another audience. A token that another relying party was given would open this cluster.',
    shows: { fedctl: 'The cluster let a token for "<audience>" in: it does not check the audience.' },
    causes: [
      'A second identity provider of the organization has the same issuer and that audience.',
      'A server of your own with a lax setting, or an emulator.',
    ],
    apart: {
      'atlas.audience-mismatch': 'There the audience is checked, and the right one is refused.',
      'sts.audience-unrestricted': 'There the token should not have been minted.',
    },
    type: [
      NEGATIVE,
      'atlas federatedAuthentication federationSettings identityProvider list --federationSettingsId <id> --protocol OIDC --idpType WORKLOAD',
    ],
    sources: [ATLAS_WORKLOAD, 'RFC 7519 section 4.1.3'],
    evidence: 'provoked',
  },
  'mongo.reauthentication-unseen': {
    meaning:
      'The connection was held past the end of its token, and the server never asked for a new login (391). It proves nothing about how programs renew.',
    shows: { fedctl: 'and the server never asked for a new one.' },
    causes: [
      'The hold ended before the token did.',
      'The server ends sessions later than tokens, or is an emulator.',
    ],
    apart: {
      'mongo.reauthentication-failed': 'There it asked, and the login failed.',
      'mongo.connection-lost': 'There the connection ended.',
    },
    type: [SOAK],
    sources: [AUTH_SPEC],
    evidence: 'provoked',
  },
  'mongo.reauthentication-failed': {
    meaning:
      'When the token ended the server asked for a new login on the same connection, and refused what it got. A program would be logged out at this moment.',
    shows: { fedctl: 'the server wanted a new login, and refused the token that it was given' },
    alsoShows: { mongod: 'ReauthenticationRequired' },
    causes: [
      'The token comes from a file that nobody renews: the old one was sent again.',
      'Permissions, the identity provider or the user were taken away meanwhile.',
    ],
    apart: {
      'mongo.driver.reauthentication-failed': 'The same in a program of yours.',
      'mongo.reauthentication-unseen': 'There nobody asked.',
    },
    type: ['fedctl decode <file>', SOAK],
    sources: [AUTH_SPEC],
    evidence: 'provoked',
  },
  'mongo.connection-lost': {
    meaning: 'The connection ended while it was held, for a reason other than its token.',
    shows: {
      'Node.js driver': 'MongoNetworkError: connection <id> to <host> closed',
      fedctl: 'The connection was lost after it had been held for <time>.',
    },
    causes: [
      'An election or a restart of the server.',
      'A firewall or a NAT gateway ends connections that are idle.',
    ],
    apart: {
      'mongo.reauthentication-failed': 'There the token is the reason.',
      'mongo.auth-interrupted': 'There it was cut in the middle of the login.',
    },
    type: [SOAK, 'atlas clusters describe <cluster>'],
    sources: ['https://www.mongodb.com/docs/manual/administration/production-notes/', AUTH_SPEC],
    evidence: 'provoked',
  },
  'usage.file-exists': {
    meaning: 'The file that would be written is there already, and was left as it is.',
    shows: { fedctl: 'is there already, and was left as it is.' },
    causes: ['init ran here before.'],
    apart: {
      'usage.unwritable-output': 'There the file cannot be written at all.',
      'config.invalid': 'There the file that is there is wrong.',
    },
    type: ['ls -l <file>', 'fedctl init --out <another-file>', 'fedctl init --force'],
    sources: ['fedctl init --help'],
    evidence: 'provoked',
  },
  'config.host-refused': {
    meaning:
      'A configuration file that was found in the working directory sends tokens to this machine and to hosts of Atlas only, which includes the members that a replica set announces. It cannot say whom TLS trusts. Whoever clones a repository would otherwise send tokens wherever its author likes.',
    shows: { fedctl: '<file>, which was found and not named, may not do this: target' },
    causes: [
      'A private endpoint with a name of your own, or a cluster that is not in Atlas.',
      'A replica set whose members have names outside the domains of Atlas.',
      'A connection string with tlsCAFile: name the file by --config.',
      'A file of somebody else that wants your token.',
    ],
    apart: {
      'config.invalid': 'There the file is wrong.',
      'mongo.driver.allowed-hosts': 'The same rule in drivers.',
    },
    type: ['fedctl check --config <file>', "fedctl check --allow-host '*.<domain>'"],
    sources: ['fedctl check --help'],
    evidence: 'provoked',
  },
});
