import { explanations } from './explanation.ts';
import { AUTH_SPEC, NODE_DRIVER } from './sources.ts';

const CONNECT = "fedctl connect --uri '<uri>' --audience <audience>";

/** What shows while a program runs. Facts of facts/mongodb.md, sections 1.3, 5 and 9. */
export const FIELD_DRIVER_RUN_EXPLANATIONS = explanations({
  'mongo.driver.token-file-not-found': {
    meaning:
      'With ENVIRONMENT:k8s a driver reads AZURE_FEDERATED_TOKEN_FILE, else AWS_WEB_IDENTITY_TOKEN_FILE, else the file of Kubernetes. Where it names the last one outside Kubernetes, neither variable is in the environment of this process.',
    shows: {
      'Node.js driver':
        "ENOENT: no such file or directory, open '/var/run/secrets/kubernetes.io/serviceaccount/token'",
      PyMongo:
        "FileNotFoundError: [Errno 2] No such file or directory: '/var/run/secrets/kubernetes.io/serviceaccount/token'",
      'Go driver': 'error reading OIDC token from "<file>"',
      'Java driver': 'Could not read file specified by environment variable: OIDC_TOKEN_FILE at path:',
    },
    causes: [
      'The variable is set in your shell and not in the service: systemd, Docker, sudo and graphical programs start with their own.',
      'The path is one of the host, and the program runs in a container.',
      'PyMongo and Java take an empty variable for a path.',
    ],
    apart: {
      'mongo.token-file-unusable': 'There fedctl itself was given the file.',
      'mongo.driver.other-token-file': 'There a file is found, and it is another one.',
    },
    type: [
      "tr '\\0' '\\n' < /proc/<pid>/environ | grep TOKEN_FILE",
      'systemctl show <unit> -p Environment',
      'ls -l <file>',
    ],
    sources: [AUTH_SPEC, NODE_DRIVER],
    evidence: { fieldReport: 'seen with the Node.js driver 7.9 and PyMongo 4.18' },
  },
  'mongo.driver.other-token-file': {
    meaning:
      'Node.js, Go, Java and C# take AZURE_FEDERATED_TOKEN_FILE first. PyMongo takes AWS_WEB_IDENTITY_TOKEN_FILE: in a pod with IRSA that is the token of EKS, whose issuer and audience Atlas does not know.',
    shows: {},
    alsoShows: {
      PyMongo: 'Authentication failed.',
      'environment of the pod':
        'AWS_WEB_IDENTITY_TOKEN_FILE=/var/run/secrets/eks.amazonaws.com/serviceaccount/token',
    },
    causes: ['The pod has a role by IRSA, which sets the variable.'],
    apart: {
      'mongo.oidc-refused': 'There the right token is sent, and something in it does not fit.',
      'aws.sdk.token-file-taken': 'The other way round: the AWS SDK takes the token for MongoDB.',
    },
    type: [
      "tr '\\0' '\\n' < /proc/<pid>/environ | grep TOKEN_FILE",
      'fedctl decode "$AWS_WEB_IDENTITY_TOKEN_FILE"',
      'export OIDC_TOKEN_FILE=<file>',
    ],
    sources: [AUTH_SPEC, 'mongodb-mcp-server issue 885'],
    evidence: { fieldReport: 'seen with PyMongo 4.18' },
  },
  'mongo.driver.callback-timeout': {
    meaning:
      'The driver gives a callback 60 seconds, or what is left of connectTimeoutMS. PyMongo does not enforce it.',
    shows: { 'Node.js driver': 'OIDC callback timed out after <ms>ms.' },
    causes: [
      'STS cannot be reached from the program: no egress, or a proxy that the JavaScript SDK ignores.',
      'The credential chain is slow: IMDS out of reach from a container.',
    ],
    apart: { 'mongo.auth-timeout': 'There the server is slow.', 'aws.timeout': 'The same, seen by fedctl.' },
    type: ['fedctl token --audience <audience> --timeout 10s', 'fedctl whoami --verbose'],
    sources: [AUTH_SPEC, 'mongo-python-driver PR 1365'],
    evidence: { fieldReport: 'reports of users in issues and forums, collected in 2026' },
  },
  'mongo.driver.callback-empty': {
    meaning:
      'The driver called OIDC_CALLBACK, and got null, an object without accessToken, or one with other properties. An empty text passes, is sent, and is refused by the server.',
    shows: {
      'Node.js driver': 'User provided OIDC callbacks must return a valid object with an accessToken.',
    },
    causes: [
      'The callback swallows its own error.',
      'It returns the token as a text, or the whole answer of the SDK.',
    ],
    apart: {
      'mongo.driver.callback-timeout': 'There nothing comes back in time.',
      'mongo.oidc-refused': 'There a token comes, and the server refuses it.',
    },
    type: ['fedctl token --audience <audience>'],
    sources: [AUTH_SPEC],
    evidence: { fieldReport: 'seen with the Node.js driver 7.9' },
  },
  'mongo.driver.human-flow': {
    meaning:
      'Without ENVIRONMENT, mongosh and Compass take the login to be that of a person: a browser or a code for another device. An identity provider for workloads then refuses.',
    shows: {
      mongosh: ['Visit the following URL to complete authentication', 'Opening authorization endpoint'],
      'mongod log': 'None of configured identity providers support human flows',
    },
    causes: ['The properties were left out of the string, or lost in the shell at the &.'],
    apart: {
      'mongo.driver.environment-missing': 'The Node.js driver says so instead.',
      'mongo.oidc-refused': 'There the token of a workload is sent.',
    },
    type: [
      "AZURE_FEDERATED_TOKEN_FILE=<file> mongosh 'mongodb+srv://<host>/?authMechanism=MONGODB-OIDC&authMechanismProperties=ENVIRONMENT:k8s'",
    ],
    sources: ['MONGOSH-1832', 'mongosh PR 2283'],
    evidence: {
      fieldReport:
        'reports of users in issues and forums, collected in 2026; the wording of mongosh is unverified',
    },
  },
  'mongo.driver.reauthentication-failed': {
    meaning:
      'The token of the session is over, and the server asks for a new login with 391. The driver does it on its own and repeats the command once. Where that comes out to the program, the fresh token was the old one, or the driver is too old.',
    shows: { mongod: 'ReauthenticationRequired' },
    causes: [
      'The token file is not renewed in time: at half of its life is safe.',
      'The callback returns a token that it has cached for too long.',
      'Node.js before 6.13, with speculative authentication.',
    ],
    apart: {
      'jwt.expired': 'There verify says so of the token itself.',
      'mongo.driver.first-expiry': 'There the driver has a fault with ENVIRONMENT:k8s.',
    },
    type: [
      'fedctl decode <file>',
      'npm ls mongodb',
      'fedctl token --audience <audience> --duration 15m --out <file>',
    ],
    sources: [AUTH_SPEC, 'NODE-6340'],
    evidence: { fieldReport: 'reports of users in issues and forums, collected in 2026' },
  },
  'mongo.driver.first-expiry': {
    meaning:
      'Node.js drivers 6.11 to 6.16 fail with ENVIRONMENT azure, gcp and k8s when their cached token has ended, and do not read the file again. Mongoose brings its own driver.',
    shows: {},
    alsoShows: { 'Node.js driver 6.11 to 6.16': 'MongoServerError: Authentication failed.' },
    causes: ['An old driver, often inside Mongoose.'],
    apart: {
      'mongo.driver.sticky-token': 'There the code is 8000, with any version.',
      'mongo.driver.reauthentication-failed': 'There the file is stale.',
    },
    type: ['npm ls mongodb', 'npm install mongodb@^6.17'],
    sources: ['NODE-6962', 'node-mongodb-native PR 4546', 'mongoose PR 15468'],
    evidence: { fieldReport: 'NODE-6962' },
  },
  'mongo.driver.sticky-token': {
    meaning:
      'A driver throws a cached token away when the server says 18. After 8000, which comes from the proxy of Atlas, Node.js, PyMongo and Java keep it: every new connection fails for the life of the client, although the cause is mended. Go and Rust recover.',
    shows: {},
    alsoShows: { 'Node.js driver': ['bad auth : Authentication failed.', 'HandshakeError', 'ResetPool'] },
    causes: [
      'The first login came before the identity provider or the database user was there.',
      'A token that was stale at one moment.',
    ],
    apart: {
      'mongo.atlas-auth-error': 'There a fresh client fails as well.',
      'mongo.driver.first-expiry': 'There the code is 18.',
    },
    type: [CONNECT, 'kubectl rollout restart deployment <name>'],
    sources: ['the source of the Node.js, Python, Go and Java drivers', AUTH_SPEC],
    evidence: { fieldReport: 'seen with the Node.js driver 7.9' },
  },
  'mongo.driver.other-environment': {
    meaning:
      'The same cluster, and one program gets in while another does not. The connection strings are mostly alike; what surrounds them is not.',
    shows: { people: 'works with mongosh but not with the app' },
    causes: [
      'Another role: the program has that of the node or the pod.',
      'Another driver version.',
      'A token that the program has cached.',
      'A proxy or resolver that only one of them uses.',
    ],
    apart: {
      'mongo.driver.token-file-not-found': 'There the driver says what it misses.',
      'mongo.driver.sticky-token': 'There a restart is enough.',
    },
    type: ['kubectl exec <pod> -- fedctl whoami', `kubectl exec <pod> -- ${CONNECT}`],
    sources: [AUTH_SPEC],
    evidence: { fieldReport: 'reports of users in issues and forums, collected in 2026' },
  },
});
