import { explanations } from './explanation.ts';
import { AUTH_SPEC, NODE_DRIVER } from './sources.ts';

const GOOD_URI = 'mongodb+srv://<host>/?authMechanism=MONGODB-OIDC&authMechanismProperties=ENVIRONMENT:k8s';
const TRY = `AZURE_FEDERATED_TOKEN_FILE=<file> mongosh '${GOOD_URI}'`;
const MESSAGES = `${NODE_DRIVER}/blob/main/src/cmap/auth/mongo_credentials.ts`;

/** What drivers say to a connection string. Facts of facts/mongodb.md, sections 1.5 and 9. */
export const FIELD_DRIVER_SETUP_EXPLANATIONS = explanations({
  'mongo.driver.allowed-hosts': {
    meaning:
      'A driver sends a token only to hosts on a list: *.mongodb.net and its kin, and this machine. The specification wants that for people; the Node.js driver does it for OIDC_CALLBACK too. With ENVIRONMENT it does not look.',
    shows: {
      'Node.js driver': "Host '<host>' is not valid for OIDC authentication with ALLOWED_HOSTS of '<hosts>'",
    },
    causes: [
      'A private endpoint with a name of your own, an SSH tunnel, a service of Docker.',
      'Atlas for Government with a driver older than 2025-11: *.mongodbgov.net came late.',
    ],
    apart: {
      'mongo.driver.allowed-hosts-in-uri': 'There the list was put into the connection string.',
      'mongo.tls-name-mismatch': 'There the certificate does not fit the name.',
    },
    type: [TRY],
    sources: [AUTH_SPEC, 'NODE-7478'],
    evidence: { fieldReport: 'seen with the Node.js driver 7.9' },
  },
  'mongo.driver.allowed-hosts-in-uri': {
    meaning:
      'ALLOWED_HOSTS keeps a connection string from sending tokens to strangers. A connection string can therefore not set it.',
    shows: {
      'Node.js driver': 'Auth mechanism property ALLOWED_HOSTS is not allowed in the connection string.',
    },
    causes: ['It was added to the string after the driver had refused a host.'],
    apart: {
      'mongo.driver.allowed-hosts': 'There the list is right, and lacks the host.',
      'mongo.uri-invalid': 'There another part of the string is wrong.',
    },
    type: [TRY],
    sources: [AUTH_SPEC],
    evidence: { fieldReport: 'seen with the Node.js driver 7.9' },
  },
  'mongo.driver.username-with-environment': {
    meaning:
      'With ENVIRONMENT:k8s, test or gcp the token alone says who logs in, and the string may name no user. PyMongo ignores one.',
    shows: {
      'Node.js driver': [
        "username and ENVIRONMENT 'k8s' may not be used together for mechanism 'MONGODB-OIDC'.",
        "username and ENVIRONMENT '<environment>' may not be used together for mechanism 'MONGODB-OIDC'.",
      ],
    },
    causes: ['The string was copied from a login with a password, and only the password was taken out.'],
    apart: {
      'mongo.password-in-uri': 'There a password is in it, too.',
      'mongo.driver.token-resource': 'There a property is too much.',
    },
    type: [TRY],
    sources: [AUTH_SPEC, MESSAGES],
    evidence: { fieldReport: 'seen with the Node.js driver 7.9' },
  },
  'mongo.driver.environment-missing': {
    meaning: 'The string says MONGODB-OIDC, and neither it nor the options say where a token comes from.',
    shows: {
      'Node.js driver':
        "Either a ENVIRONMENT, OIDC_CALLBACK, or OIDC_HUMAN_CALLBACK must be specified for mechanism 'MONGODB-OIDC'.",
    },
    causes: [
      'The string was copied from Atlas, which leaves the properties out.',
      'The & between the options was taken by the shell.',
    ],
    apart: {
      'mongo.driver.human-flow': 'mongosh opens a browser instead of saying so.',
      'mongo.driver.environment-unsupported': 'There an environment is named, and not known.',
    },
    type: [TRY],
    sources: [AUTH_SPEC, MESSAGES],
    evidence: { fieldReport: 'seen with the Node.js driver 7.9' },
  },
  'mongo.driver.environment-unsupported': {
    meaning:
      'The driver does not know the value of ENVIRONMENT. There is no aws. k8s, which reads a token from a file, came with Node.js 6.11, PyMongo 4.11, Java 5.4, Go 2.2, mongosh 2.3.5 and mongo-tools 100.15; test was never built into Go.',
    shows: {
      'Node.js driver':
        "Currently only a ENVIRONMENT in test,azure,gcp,k8s is supported for mechanism 'MONGODB-OIDC'.",
      'Go driver, mongo-tools': [
        '"ENVIRONMENT" "k8s" not supported for MONGODB-OIDC',
        '"ENVIRONMENT" "test" not supported for MONGODB-OIDC',
      ],
    },
    causes: [
      'ENVIRONMENT:aws was guessed.',
      'An older driver, perhaps inside Mongoose or another framework.',
      'mongodump before 100.15.0.',
    ],
    apart: {
      'mongo.driver.environment-missing': 'There none is named.',
      'mongo.driver.first-expiry': 'There the driver knows k8s, and has a fault in it.',
    },
    type: [
      'npm ls mongodb',
      'mongodump --version',
      'python3 -c "import pymongo; print(pymongo.version)"',
      TRY,
    ],
    sources: [AUTH_SPEC, 'NODE-6069', 'PYTHON-4330', 'TOOLS-3736'],
    evidence: { fieldReport: 'reports of users in issues and forums, collected in 2026' },
  },
  'mongo.driver.token-resource': {
    meaning:
      'TOKEN_RESOURCE is the audience for azure and gcp, whose token the driver fetches. With k8s the token is in a file already. The JVM driver refuses the pair, although an example of its documentation shows it.',
    shows: {
      'Node.js driver':
        'TOKEN_RESOURCE must be set in the auth mechanism properties when ENVIRONMENT is azure or gcp.',
      'Java driver': 'TOKEN_RESOURCE must be provided if and only if ENVIRONMENT is one of [azure, gcp]',
    },
    causes: [
      'The string was copied from the documentation.',
      'The value holds a comma, which ends it in a connection string.',
    ],
    apart: {
      'mongo.driver.environment-unsupported': 'There the environment is the fault.',
      'mongo.driver.username-with-environment': 'There a user name is too much.',
    },
    type: [TRY],
    sources: ['mongodb/docs-kotlin PR 205', AUTH_SPEC],
    evidence: {
      fieldReport: 'from the source of the Java driver; its exact wording is unverified',
    },
  },
  'mongo.driver.auth-source': {
    meaning:
      'MONGODB-OIDC and MONGODB-AWS know their users from $external only. PyMongo ignores another authSource for OIDC, Node.js does not.',
    shows: { 'Node.js driver': "Invalid source 'admin' for mechanism 'MONGODB-OIDC' specified." },
    causes: ['authSource=admin was left from a login with a password.'],
    apart: {
      'atlas.database-user-wrong-database': 'There the user, not the string, is in admin.',
      'mongo.uri-invalid': 'There the string cannot be read.',
    },
    type: [TRY],
    sources: [AUTH_SPEC],
    evidence: { fieldReport: 'seen with the Node.js driver 7.9' },
  },
  'mongo.driver.aws-keys-in-uri': {
    meaning:
      'Version 7 of the Node.js driver takes AWS keys from the environment or a provider only. mongosh 2.7 still takes them from its own flags; Go and PyMongo 4 take them from the string.',
    shows: {
      'Node.js driver': [
        'username and password cannot be provided when using MONGODB-AWS. Credentials must be provided in a manner that can be read by the AWS SDK.',
        'AWS_SESSION_TOKEN cannot be provided when using MONGODB-AWS',
      ],
    },
    causes: ['The driver was upgraded from version 6.', 'The string was written for mongosh.'],
    apart: {
      'mongo.driver.module-missing': 'There the keys may be right, and nothing can read them.',
      'mongo.password-in-uri': 'The same rule in fedctl.',
    },
    type: ['fedctl whoami', "fedctl connect --uri 'mongodb+srv://<host>/' --mechanism aws"],
    sources: ['NODE-7046', AUTH_SPEC],
    evidence: { fieldReport: 'seen with the Node.js driver 7.9' },
  },
  'mongo.driver.module-missing': {
    meaning:
      'MONGODB-AWS needs a package that drivers do not bring along. Node.js wants @aws-sdk/credential-providers even where a provider of your own is given.',
    shows: {
      'Node.js driver': 'Optional module @aws-sdk/credential-providers not found',
      'Node.js driver before 7.1': 'Optional module `aws4` not found',
      PyMongo: 'MONGODB-AWS authentication requires pymongo-auth-aws',
    },
    causes: [
      'It was never installed.',
      'A bundler left it out: it is loaded by name at run time.',
      'npm ci --omit=optional.',
    ],
    apart: {
      'aws.credentials-missing': 'There the module is there, and finds no keys.',
      'mongo.driver.aws-keys-in-uri': 'There the keys are in the string.',
    },
    type: ['npm install @aws-sdk/credential-providers', "python3 -m pip install 'pymongo[aws]'"],
    sources: ['NODE-6988', 'NODE-5393', 'beekeeper-studio issue 4263'],
    evidence: { fieldReport: 'seen with the Node.js driver 7.9' },
  },
});
