import { explanations } from './explanation.ts';
import { AUTH_SPEC, SRV_SPEC } from './sources.ts';

const URI_DOCS = 'https://www.mongodb.com/docs/manual/reference/connection-string/';

/** The connection string and the token file, before anything is sent. */
export const MONGO_URI_EXPLANATIONS = explanations({
  'mongo.uri-invalid': {
    meaning:
      'The text cannot be read as a connection string, or an option in it cannot be. fedctl accepts the options of the MongoDB specifications only: a driver may take options of its platform from a string, and some of those decide which server is trusted.',
    shows: {
      'Node.js driver': [
        'Invalid scheme, expected connection string to start with "mongodb://" or "mongodb+srv://"',
        'URI must include hostname, domain name, and tld',
        'mongodb+srv URI cannot have port number',
      ],
      PyMongo: "Invalid URI scheme: URI must begin with 'mongodb://' or 'mongodb+srv://'",
      'Go driver': 'error parsing uri: scheme must be "mongodb" or "mongodb+srv"',
    },
    causes: [
      'The shell took the & of the options: the string has to stand in quotes.',
      'An option is misspelled, or belongs to one driver (useNewUrlParser, family) or to Node.js (ca, servername).',
      'A mongodb+srv string with a port, or with several hosts.',
      'A placeholder such as <password> of the Atlas dialogue is still in it.',
      'Node.js drivers before 6.10 want three labels in the name of a mongodb+srv string.',
    ],
    apart: {
      'mongo.srv-failed': 'There the string is good, and DNS does not know the name.',
      'usage.missing-uri': 'There no string is given.',
    },
    type: [
      "fedctl connect --uri 'mongodb+srv://<host>/' --audience <audience>",
      'echo "$FEDCTL_URI" | cut -c1-14',
    ],
    sources: [URI_DOCS, SRV_SPEC, 'NODE-6289'],
    evidence: 'provoked',
  },
  'mongo.password-in-uri': {
    meaning:
      'The connection string holds a password. Neither mechanism uses one, and arguments can be read by every user of the machine.',
    shows: {
      'Node.js driver': ["No password is allowed in ENVIRONMENT '<environment>' for 'MONGODB-OIDC'."],
    },
    causes: [
      'The string was copied from a login with a password.',
      'A secret manager still hands out the old string.',
    ],
    apart: {
      'mongo.driver.aws-keys-in-uri': 'There the driver finds AWS keys in the string.',
      'mongo.driver.username-with-environment': 'There a user name alone is too much.',
    },
    type: ["fedctl connect --uri 'mongodb+srv://<host>/' --audience <audience>"],
    sources: [AUTH_SPEC],
    evidence: 'provoked',
  },
  'mongo.mechanism-conflict': {
    meaning: 'authMechanism in the connection string and --mechanism name two different mechanisms.',
    shows: { fedctl: '--mechanism is <mechanism>, but the connection string says authMechanism=<mechanism>' },
    causes: ['FEDCTL_MECHANISM is set in the environment.', 'The string is used for both kinds of login.'],
    apart: {
      'mongo.mechanism-unavailable': 'There the server does not offer the one that was asked for.',
      'mongo.driver.environment-missing': 'There the string names OIDC and no source of tokens.',
    },
    type: ["fedctl connect --uri 'mongodb+srv://<host>/' --mechanism aws", 'env | grep ^FEDCTL_'],
    sources: [URI_DOCS],
    evidence: 'provoked',
  },
  'mongo.plaintext-refused': {
    meaning:
      'fedctl sends no token to another machine without verified TLS, and to no member elsewhere that a server on this machine names. tls=false, tlsInsecure, tlsAllowInvalidCertificates and tlsAllowInvalidHostnames all open the token to whoever is on the way.',
    shows: { fedctl: 'Refused to log in to <host>' },
    causes: [
      'A mongodb:// string without tls=true: only mongodb+srv:// turns TLS on by itself.',
      'tlsInsecure was added once to get past a private authority.',
      'The string leads through a tunnel to a replica set, whose members have addresses of their own: directConnection=true.',
    ],
    apart: {
      'aws.plaintext-refused': 'The same rule for AWS.',
      'mongo.tls-untrusted': 'There TLS is on, and the certificate is not trusted.',
    },
    type: ["fedctl connect --uri 'mongodb://<host>:27017/?tls=true&tlsCAFile=<file>' --audience <audience>"],
    sources: ['https://www.mongodb.com/docs/manual/reference/connection-string-options/#tls-options'],
    evidence: 'provoked',
  },
  'mongo.token-file-unusable': {
    meaning:
      'The file that --token-file names is missing, empty, or holds no JWT. A driver sends even an empty one, and gets 18 for it.',
    shows: { fedctl: 'holds no JWT that can be used' },
    causes: [
      'Nothing has written it yet: the agent starts after the program.',
      'It is truncated and then written, instead of replaced by rename, and was read in between.',
      'The path is one of the host, and the program runs in a container.',
    ],
    apart: {
      'mongo.token-file.white-space': 'There the token is whole, with a newline after it.',
      'mongo.driver.token-file-not-found': 'There the driver of a program does not find its file.',
    },
    type: ['ls -l <file>', 'fedctl decode <file>', 'fedctl token --audience <audience> --out <file>'],
    sources: [AUTH_SPEC, 'seen with the Node.js driver 7.9: it sends an empty token'],
    evidence: 'provoked',
  },
  'mongo.token-file.white-space': {
    meaning:
      'There is white space around the token. Node.js, PyMongo, Go, Java and C# send the file as it is with ENVIRONMENT:k8s, and the server refuses the token with 18. Only ENVIRONMENT:test of PyMongo strips it.',
    shows: { fedctl: 'has white space around the token, such as a newline at its end' },
    alsoShows: { mongod: 'Authentication failed.' },
    causes: [
      'echo wrote the file, which adds a newline; printf %s does not.',
      'An editor added a newline or a byte order mark.',
    ],
    apart: {
      'mongo.oidc-refused': 'There the token is sent as it is, and something in it does not fit.',
      'mongo.token-file-unusable': 'There it is no token at all.',
    },
    type: ['tail -c 3 <file> | od -c', 'fedctl token --audience <audience> --out <file>'],
    sources: ['seen with the Node.js driver 7.9 and PyMongo 4.18', AUTH_SPEC],
    evidence: 'provoked',
  },
  'mongo.token-file.world-readable': {
    meaning:
      'Everybody on this machine can read the token file, and log in with it for as long as the token lives.',
    shows: {
      fedctl:
        'Everybody on this machine can read the file <file>, and log in with its token until that ends.',
    },
    causes: ['A script writes it with the umask 022.', 'A volume is mounted with a mode for all.'],
    apart: {
      'mongo.token-file-unusable': 'There it cannot be read by this user.',
      'usage.unreadable-input': 'The same, for a file that another command was given.',
    },
    type: ['ls -l <file>', 'chmod 600 <file>'],
    sources: [
      'RFC 8725',
      'https://kubernetes.io/docs/tasks/configure-pod-container/configure-projected-volume-storage/',
    ],
    evidence: 'provoked',
  },
});
