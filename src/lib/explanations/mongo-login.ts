import { explanations } from './explanation.ts';
import { ATLAS_WORKLOAD, AUTH_SPEC, SERVER_CODES } from './sources.ts';

const CONNECT = "fedctl connect --uri '<uri>' --audience <audience>";
const CHECK = "fedctl check --uri '<uri>' --audience <audience>";

/** The login. Facts of facts/mongodb.md, sections 1, 2, 6 and 9. */
export const MONGO_LOGIN_EXPLANATIONS = explanations({
  'mongo.mechanism-unavailable': {
    meaning:
      'The server does not offer the mechanism. MONGODB-OIDC with a workload needs an Atlas cluster of M10 or larger with MongoDB 7.0.11 or later, in an organization with an identity provider, or Enterprise on Linux.',
    shows: {
      mongod: [
        "Unsupported mechanism 'MONGODB-OIDC'",
        "Unsupported mechanism 'MONGODB-AWS'",
        'Received authentication for mechanism MONGODB-OIDC which is unknown or not enabled',
        'Received authentication for mechanism MONGODB-AWS which is unknown or not enabled',
        'MechanismUnavailable',
      ],
    },
    causes: [
      'M0, flex or a shared tier: they never offer it.',
      'MongoDB before 7.0.11.',
      'Community server, or a container of it.',
      'The identity provider was connected a moment ago, or never, and has not reached the cluster.',
    ],
    apart: {
      'mongo.oidc-refused': 'There the mechanism is offered and the token is not taken.',
      'mongo.server-too-old': 'There the driver cannot speak to the server at all.',
    },
    type: ['atlas clusters describe <cluster>', "fedctl connect --uri '<uri>' --mechanism aws"],
    sources: [ATLAS_WORKLOAD, SERVER_CODES],
    evidence: 'provoked',
  },
  'mongo.oidc-refused': {
    meaning:
      'The server refused the token: code 18. It never says why. Expired, wrong audience, unknown issuer, no database user: all are these two words, and the reason is in the log of the server alone.',
    shows: {
      'mongod, any driver': 'MongoServerError: Authentication failed.',
      mongosh: 'MongoServerError[AuthenticationFailed]: Authentication failed.',
      PyMongo: 'pymongo.errors.OperationFailure: Authentication failed.',
      'Go driver': 'unable to authenticate using mechanism "MONGODB-OIDC"',
      'mongod log': 'No identity provider found for principal name',
    },
    alsoShows: { 'mongod, any driver': 'AuthenticationFailed', 'mongod log': 'Failed to authenticate' },
    causes: [
      'No database user <idpId>/<sub> in $external of this project, or one that is spelled otherwise: the id has 24 hex digits, the subject is the ARN of the role with its path.',
      'The audience of the token is not that of the identity provider, byte for byte.',
      'The identity provider is not connected to the organization of the cluster: the second of three steps, often forgotten.',
      'The issuer differs: another account, or a slash at its end.',
      'The token is over, or ends in a newline.',
      'It was signed with ES384.',
      'Everything was set up a minute ago: Atlas deploys to the cluster after its API has answered.',
    ],
    apart: {
      'mongo.atlas-auth-error':
        'Code 8000 comes from the proxy of Atlas, and drivers keep the token after it.',
      'mongo.mechanism-unavailable': 'Code 334: the server does not know the mechanism.',
    },
    type: [
      CHECK,
      CONNECT,
      'fedctl token --audience <audience> | fedctl decode',
      "atlas dbusers describe '<idpId>/<subject>' --authDB '$external'",
    ],
    sources: [ATLAS_WORKLOAD, AUTH_SPEC, SERVER_CODES],
    evidence: 'provoked',
  },
  'mongo.aws-refused': {
    meaning:
      'The server asked STS who signed, and did not let that identity in: code 18, without a reason. It maps the session of a role to arn:aws:iam::<account>:role/<role>, and looks for a database user of that name.',
    shows: {
      'mongod, any driver': 'MongoServerError: Authentication failed.',
      mongosh: 'MongoServerError[AuthenticationFailed]: Authentication failed.',
      PyMongo: 'pymongo.errors.OperationFailure: Authentication failed.',
      'mongod log':
        'Could not find user "arn:aws:sts::<account>:assumed-role/<role>/<session>" for db "$external"',
      'Go driver': 'unable to authenticate using mechanism "MONGODB-AWS"',
    },
    causes: [
      'The program runs with another role than thought: that of the node, the default service account, or Identity Center.',
      'The database user has the type USER for a role, or ROLE for a user.',
      'The role has a path, which the server never learns.',
      'The session has ended, or the clock is off: STS refused what the server replayed.',
    ],
    apart: {
      'mongo.role-path-lost': 'There the path of the role is the reason.',
      'mongo.server.sts-refused': 'There the log of the server shows that STS said no.',
    },
    type: [
      'fedctl whoami',
      "fedctl connect --uri '<uri>' --mechanism aws",
      "atlas dbusers describe 'arn:aws:iam::<account>:role/<role>' --authDB '$external'",
    ],
    sources: ['mongoose issue 14871', 'mhart/aws4 issue 172', AUTH_SPEC],
    evidence: 'provoked',
  },
  'mongo.role-path-lost': {
    meaning:
      'The ARN of a session is arn:aws:sts::…:assumed-role/<role>/<session>: the path of the role is not in it. A database user named after a role with a path can therefore not match. Whether Atlas has a rule of its own for paths is unverified.',
    shows: { fedctl: 'the server does not learn the path of a role' },
    causes: [
      'The role was made with a path such as /team/data/, also every role of Identity Center (/aws-reserved/…).',
    ],
    apart: {
      'atlas.database-user-wrong-path': 'With MONGODB-OIDC the path counts, and has to be in the name.',
      'mongo.aws-refused': 'The refusal itself, whatever its reason.',
    },
    type: [
      'fedctl whoami',
      'aws iam get-role --role-name <role> --query Role.Path',
      "fedctl connect --uri '<uri>' --mechanism oidc --audience <audience>",
    ],
    sources: ['the source of Percona Server: awsiam_server_mechanism.cpp', AUTH_SPEC],
    evidence: 'provoked',
  },
  'mongo.atlas-auth-error': {
    meaning:
      'The proxy in front of the cluster refused the login: code 8000. The reasons are those of 18. What differs is what comes after: Node.js, PyMongo and Java keep the refused token for the life of the client; Go and Rust do not.',
    shows: {
      'Atlas, any driver': [
        'bad auth : Authentication failed.',
        'bad auth: Authentication failed',
        '(AtlasError)',
        'code: 8000',
      ],
      'Go driver':
        'sasl conversation error: unable to authenticate using mechanism <mechanism>: (AtlasError) bad auth',
    },
    causes: [
      'A user name and a password of SCRAM that are wrong: by far the commonest where nobody meant OIDC.',
      'For OIDC: the identity provider, the audience or the database user, as with 18.',
      'A shared, flex or serverless tier, where the proxy answers and OIDC does not exist.',
      'A token that was refused once is sent over and over by the same client.',
    ],
    apart: {
      'mongo.oidc-refused': 'Code 18: the server itself refused, and drivers throw the token away.',
      'mongo.driver.sticky-token': 'There the cause is mended, and the program has to be restarted.',
    },
    type: [CHECK, CONNECT, 'atlas clusters describe <cluster>'],
    sources: ['seen with the Node.js driver 7.9', ATLAS_WORKLOAD],
    evidence: 'provoked',
  },
  'mongo.auth-failed': {
    meaning: 'The server ended the login with a code that is none of 18, 8000 and 334.',
    shows: {
      mongod: ['sasl: Mismatched conversation id', 'ProtocolError', 'IllegalOperation'],
    },
    causes: [
      'The server is shutting down or is overloaded.',
      'Something between speaks half of the protocol.',
    ],
    apart: {
      'mongo.oidc-refused': 'Code 18.',
      'mongo.auth-interrupted': 'There no answer comes: the connection is cut.',
    },
    type: [`${CONNECT} --verbose`],
    sources: [SERVER_CODES],
    evidence: 'provoked',
  },
  'mongo.auth-interrupted': {
    meaning: 'The connection was cut between hello and the end of the login.',
    shows: {
      fedctl: 'closed the connection in the middle of the login',
      'Node.js driver': 'MongoNetworkError: read ECONNRESET',
    },
    causes: [
      'A middlebox cuts connections that it cannot read.',
      'The server was restarted, or ran out of connections.',
    ],
    apart: {
      'mongo.auth-timeout': 'There the connection stands, and nothing comes.',
      'mongo.hello-failed': 'There it was cut before the login.',
    },
    type: [CONNECT],
    sources: [AUTH_SPEC],
    evidence: 'provoked',
  },
  'mongo.auth-timeout': {
    meaning:
      'The server answered hello, and not the login. With MONGODB-AWS it waits for STS, with MONGODB-OIDC for the keys of the issuer.',
    shows: { fedctl: 'The server did not answer the login in time.' },
    causes: [
      'The server cannot reach STS or the issuer: a cluster of your own behind a firewall.',
      'The server is overloaded.',
    ],
    apart: {
      'mongo.hello-timeout': 'There not even hello is answered.',
      'mongo.driver.callback-timeout': 'There the program, not the server, is slow.',
    },
    type: [`${CONNECT} --timeout 60s`],
    sources: [AUTH_SPEC],
    evidence: 'provoked',
  },
  'mongo.server-nonce-invalid': {
    meaning:
      'With MONGODB-AWS the server must send back the nonce of the client, longer by 32 bytes, and the name of an STS host. This one did not, so nothing was signed for it.',
    shows: {
      'Node.js driver': [
        'Server nonce does not begin with client nonce',
        'Invalid server nonce length',
        'Server returned an invalid host',
      ],
    },
    causes: ['An emulator that does not play MONGODB-AWS properly.', 'Somebody in the middle.'],
    apart: {
      'mongo.aws-refused': 'There the conversation was right, and the identity is refused.',
      'mongo.auth-interrupted': 'There the conversation broke off.',
    },
    type: [
      'openssl s_client -connect <host>:<port> -showcerts </dev/null',
      "fedctl connect --uri '<uri>' --mechanism oidc --audience <audience>",
    ],
    sources: [AUTH_SPEC],
    evidence: 'provoked',
  },
});
