import type { Failure } from '../failures/failure.ts';

/** What a row of the catalogue of failures says, without the exit code: fedctl never ends with one of these. */
export type FieldReport = Omit<Failure, 'exit'>;

/** Keeps the codes as literal types while checking their rows. */
function fieldReports<Code extends string>(
  rows: Readonly<Record<Code, FieldReport>>,
): Readonly<Record<Code, FieldReport>> {
  return rows;
}

/**
 * Failures of programs, drivers and APIs beside fedctl, which it explains but does not meet itself: the rest of the
 * catalogues in facts/mongodb.md, section 9, and facts/aws.md, sections 1, 2.7, 7, 9 and 11.
 */
export const FIELD_REPORTS = fieldReports({
  'aws.sdk.client-too-old': {
    title: 'the AWS client does not know GetWebIdentityToken',
    cause: 'The SDK or CLI is older than the call, which came on 2025-11-19.',
    remedy: 'fedctl token --audience <audience>   (or upgrade the client)',
  },
  'aws.sdk.region-ignored': {
    title: 'the JavaScript SDK sees no Region',
    cause: 'It reads AWS_REGION only, and AWS_DEFAULT_REGION is what is set.',
    remedy: 'export AWS_REGION=<region>',
  },
  'aws.sdk.proxy-ignored': {
    title: 'the JavaScript SDK does not use the proxy',
    cause: 'It ignores HTTPS_PROXY, NO_PROXY and AWS_CA_BUNDLE, which the AWS CLI and boto3 obey.',
    remedy: 'give its client a requestHandler with a proxy agent, and set NODE_EXTRA_CA_CERTS',
  },
  'aws.sdk.metadata-timeout': {
    title: 'the instance metadata does not answer',
    cause: 'IMDSv2 allows one network hop by default, and a container is one hop further away.',
    remedy:
      'aws ec2 modify-instance-metadata-options --instance-id <id> --http-put-response-hop-limit 2 --http-tokens required',
  },
  'aws.sdk.token-file-taken': {
    title: 'the AWS SDK took the token for its own web identity',
    cause: 'The token file is named by AWS_WEB_IDENTITY_TOKEN_FILE in a program that also has AWS_ROLE_ARN.',
    remedy: 'name the file by AZURE_FEDERATED_TOKEN_FILE instead, and unset AWS_WEB_IDENTITY_TOKEN_FILE',
  },
  'aws.cli.parameter-fetched': {
    title: 'the AWS CLI fetches the audience',
    cause:
      'Version 1 of the AWS CLI fetches every parameter that begins with https://, and takes what it gets.',
    remedy: 'fedctl token --audience <audience>   (or: aws configure set cli_follow_urlparam false)',
  },
  'iam.already-enabled': {
    title: 'federation is enabled already',
    cause: 'AWS refuses the second enable instead of agreeing with it.',
    remedy: 'fedctl enable   (takes this for an answer, and prints the issuer)',
  },
  'iam.already-disabled': {
    title: 'federation is disabled already',
    cause: 'AWS answers a second disable, and questions about the issuer, with 404 while federation is off.',
    remedy: 'fedctl status',
  },
  'jwt.party.algorithm-refused': {
    title: 'the relying party refuses ES384',
    cause: 'Entra, Google Cloud and Databricks accept RS256 (or ES256) only.',
    remedy: 'fedctl token --audience <audience> --signing-algorithm RS256',
  },
  'jwt.party.several-audiences': {
    title: 'the relying party wants one audience',
    cause: 'A token for several audiences has a list under aud, and many relying parties take a text only.',
    remedy: 'fedctl token --audience <audience>   (one token for each audience)',
  },
  'mongo.driver.allowed-hosts': {
    title: 'the driver does not send tokens to this host',
    cause: 'The host is not in ALLOWED_HOSTS, which the Node.js driver obeys with a machine callback too.',
    remedy: 'pass authMechanismProperties.ALLOWED_HOSTS with exactly this host, or use ENVIRONMENT:k8s',
  },
  'mongo.driver.allowed-hosts-in-uri': {
    title: 'ALLOWED_HOSTS in the connection string',
    cause: 'The list protects the token, so a connection string may not set it.',
    remedy: 'take it out of the connection string, and pass it in the options of the client',
  },
  'mongo.driver.username-with-environment': {
    title: 'a user name beside ENVIRONMENT:k8s',
    cause: 'The connection string still has user@ in front of the host.',
    remedy:
      "remove it: 'mongodb+srv://<host>/?authMechanism=MONGODB-OIDC&authMechanismProperties=ENVIRONMENT:k8s'",
  },
  'mongo.driver.environment-missing': {
    title: 'MONGODB-OIDC without a source of tokens',
    cause: 'The connection string names the mechanism, but not where the token comes from.',
    remedy:
      'add &authMechanismProperties=ENVIRONMENT:k8s, and AZURE_FEDERATED_TOKEN_FILE=<file> to the environment',
  },
  'mongo.driver.environment-unsupported': {
    title: 'the driver does not know this ENVIRONMENT',
    cause: 'There is no ENVIRONMENT:aws, and older drivers do not know k8s.',
    remedy:
      'use ENVIRONMENT:k8s with Node.js 6.17, PyMongo 4.11, Java 5.4, Go 2.2, mongo-tools 100.15 or later',
  },
  'mongo.driver.token-resource': {
    title: 'TOKEN_RESOURCE where it may not be, or missing',
    cause: 'azure and gcp need it, and k8s must not have it.',
    remedy: "remove it: 'authMechanismProperties=ENVIRONMENT:k8s'",
  },
  'mongo.driver.auth-source': {
    title: 'authSource is not $external',
    cause: 'authSource=admin was left in the connection string from a login with a password.',
    remedy: 'remove authSource from the connection string',
  },
  'mongo.driver.token-file-not-found': {
    title: 'the driver finds no token file',
    cause: 'The variable that names the file is not in the environment of this very process.',
    remedy: "tr '\\0' '\\n' < /proc/<pid>/environ | grep TOKEN_FILE",
  },
  'mongo.driver.other-token-file': {
    title: 'PyMongo reads another token file',
    cause:
      'With both variables set, PyMongo alone takes AWS_WEB_IDENTITY_TOKEN_FILE, which is the token of the pod.',
    remedy: 'use ENVIRONMENT:test and OIDC_TOKEN_FILE=<file>, or a callback',
  },
  'mongo.driver.callback-timeout': {
    title: 'the callback of the driver took too long',
    cause: 'The program mints in the callback, and STS or the credentials do not answer from there.',
    remedy: 'fedctl token --audience <audience> --timeout 10s   (in the environment of the program)',
  },
  'mongo.driver.callback-empty': {
    title: 'the callback of the driver gave no token',
    cause: 'It returned nothing, or an object without accessToken, or one with other properties.',
    remedy: 'return { accessToken: <token> } and nothing else',
  },
  'mongo.driver.human-flow': {
    title: 'the client opens a browser',
    cause: 'Without ENVIRONMENT the client takes the login to be that of a person.',
    remedy: 'add &authMechanismProperties=ENVIRONMENT:k8s to the connection string',
  },
  'mongo.driver.reauthentication-failed': {
    title: 'logged out when the token ended (391)',
    cause: 'The driver was asked for a fresh token and had only the old one.',
    remedy: 'renew the token file at half of its life',
  },
  'mongo.driver.first-expiry': {
    title: 'works until the first token ends',
    cause: 'Node.js drivers 6.11 to 6.16 do not recover from an expired cached token with ENVIRONMENT:k8s.',
    remedy: 'npm install mongodb@^6.17   (see npm ls mongodb for a bundled one)',
  },
  'mongo.driver.sticky-token': {
    title: 'works again only after a restart',
    cause:
      'After 8000 the Node.js driver, PyMongo and Java keep the refused token for as long as the client lives.',
    remedy: 'make a new MongoClient, or restart the program',
  },
  'mongo.driver.other-environment': {
    title: 'works in one program and not in another',
    cause: 'The two have other environments, drivers, roles or cached tokens.',
    remedy: 'run fedctl whoami and fedctl connect in the environment of the failing program',
  },
  'mongo.driver.mongoose-selection': {
    title: 'Mongoose says that the IP may not be whitelisted',
    cause: 'It says so of every failure to select a server of Atlas; the real one is nested inside.',
    remedy: 'print the nested errors: [...error.reason.servers.values()].map((s) => s.error)',
  },
  'mongo.driver.srv-resolver': {
    title: 'the resolver does not answer SRV',
    cause: 'The DNS server of this network has no SRV or TXT: some routers, corporate DNS, Docker.',
    remedy: 'nslookup -type=SRV _mongodb._tcp.<host> 1.1.1.1',
  },
  'mongo.driver.srv-foreign': {
    title: 'the SRV answer is not that of the cluster',
    cause: 'It is empty, or names hosts outside the domain that was asked for.',
    remedy: 'nslookup -type=SRV _mongodb._tcp.<host>',
  },
  'mongo.driver.private-endpoint': {
    title: 'a private name used from outside',
    cause: 'Names with -pl-0 or -pri exist inside the private network only.',
    remedy: 'use the connection string of the network that the program is in',
  },
  'mongo.driver.module-missing': {
    title: 'the driver lacks its AWS module',
    cause: 'MONGODB-AWS needs an optional dependency, and it is not installed or not bundled.',
    remedy: "npm install @aws-sdk/credential-providers   (Python: python -m pip install 'pymongo[aws]')",
  },
  'mongo.driver.aws-keys-in-uri': {
    title: 'AWS keys in the connection string',
    cause: 'Version 7 of the Node.js driver takes them from the environment or a provider only.',
    remedy: 'leave user, password and AWS_SESSION_TOKEN out of the connection string',
  },
  'mongo.driver.connection-storm': {
    title: 'MONGODB-AWS fails now and then',
    cause:
      'Each new connection makes the server ask STS, which allows 600 requests a second for an account and Region.',
    remedy: 'lower maxPoolSize and raise minPoolSize, or use MONGODB-OIDC',
  },
  'mongo.server.sts-refused': {
    title: 'STS refused what the server replayed',
    cause:
      'The session has ended, the clock is off, the key is deleted, or a policy of the organization denies.',
    remedy: 'aws sts get-caller-identity',
  },
  'atlas.iam-arn-invalid': {
    title: 'Atlas does not take the ARN',
    cause: 'It is a name instead of an ARN, an ARN of sts, or an ARN of a role with the type USER.',
    remedy:
      'atlas dbusers create --awsIAMType ROLE --username arn:aws:iam::<account>:role/<role> --role readWrite@<database>',
  },
  'atlas.username-not-found': {
    title: 'Atlas does not find a user that is there',
    cause: 'The slash of the ARN is not encoded or encoded twice, or the user was looked for in admin.',
    remedy: "atlas dbusers describe '<idpId>/<subject>' --authDB '$external'",
  },
  'atlas.ldap-authorization': {
    title: 'LDAP keeps other users out of the project',
    cause: 'While LDAP authorization is on, the project takes no users of AWS IAM.',
    remedy: 'turn LDAP authorization off, or use another project',
  },
  'atlas.database-user-okta-id': {
    title: 'the database user has the wrong id in front',
    cause:
      'It begins with the old 20-character id or the display name, not with the 24 hex digits of the provider.',
    remedy:
      'atlas federatedAuthentication federationSettings identityProvider list --federationSettingsId <id> --protocol OIDC --idpType WORKLOAD',
  },
  'atlas.identity-provider-hidden': {
    title: 'the list does not show the identity provider',
    cause: 'Lists show SAML providers for people unless they are asked for OIDC and WORKLOAD.',
    remedy:
      'atlas federatedAuthentication federationSettings identityProvider list --federationSettingsId <id> --protocol OIDC --idpType WORKLOAD',
  },
  'atlas.sso-disconnected': {
    title: 'colleagues lost their single sign-on',
    cause: 'A PATCH of the connected organization left out identityProviderId, which disconnects it.',
    remedy: 'put the old identityProviderId back with another PATCH of the whole document',
  },
  'atlas.data-access-dropped': {
    title: 'other workloads lost their access',
    cause: 'A PATCH left their ids out of dataAccessIdentityProviderIds, which disconnects them.',
    remedy: 'PATCH again with all ids: the old ones and the new one',
  },
  'atlas.access-list-pending': {
    title: 'the address is on the list, and still refused',
    cause: 'The entry is not active yet, or it is not the address that the program comes from.',
    remedy: 'curl -s https://cloud.mongodb.com/api/private/ipinfo   (on the machine of the program)',
  },
  'atlas.temporary-entry-ended': {
    title: 'a temporary entry has ended',
    cause: 'Temporary users and addresses are deleted after their date, a week at most.',
    remedy: 'atlas accessLists create --currentIp',
  },
  'atlas.keys-revoked': {
    title: 'all workloads were logged out at once',
    cause: 'Somebody revoked the keys of the identity provider, which is meant for stolen keys only.',
    remedy: 'restart the programs: they log in again with fresh tokens',
  },
});

export type FieldReportCode = keyof typeof FIELD_REPORTS;
