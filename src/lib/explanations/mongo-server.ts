import { explanations } from './explanation.ts';
import { SERVER_CODES } from './sources.ts';

const SELECTION =
  'https://github.com/mongodb/specifications/blob/master/source/server-selection/server-selection.md';
const HANDSHAKE =
  'https://github.com/mongodb/specifications/blob/master/source/mongodb-handshake/handshake.md';

/** The server before and after the login. Facts of facts/mongodb.md, sections 1.2, 4 and 9. */
export const MONGO_SERVER_EXPLANATIONS = explanations({
  'mongo.hello-failed': {
    meaning: 'Something took the connection and did not answer hello as a MongoDB server does.',
    shows: {
      'Node.js driver': [
        'connection <id> to <host> closed',
        'Server ended moreToCome unexpectedly',
        'Invalid message size',
      ],
      PyMongo: '<host>: connection closed',
      'Go driver': 'socket was unexpectedly closed: EOF',
    },
    causes: [
      'Another service listens there: a web server, a proxy, a database of another kind.',
      'The server wants TLS, and the string does not say so.',
      'The server is shutting down or has no connection left.',
    ],
    apart: {
      'mongo.hello-timeout': 'There nothing comes back.',
      'mongo.tls-failed': 'There TLS was asked for and is not spoken.',
    },
    type: [
      'curl -sv http://<host>:<port>/',
      'openssl s_client -connect <host>:<port> </dev/null',
      "fedctl connect --uri 'mongodb://<host>:<port>/?tls=true' --audience <audience>",
    ],
    sources: [HANDSHAKE],
    evidence: 'provoked',
  },
  'mongo.hello-timeout': {
    meaning: 'The connection stands, and hello gets no answer.',
    shows: {
      'Node.js driver': 'MongoNetworkTimeoutError: connection <id> to <host> timed out',
      PyMongo: 'NetworkTimeout: <host>: timed out',
    },
    causes: [
      'The server wants TLS and waits for its first bytes.',
      'A proxy or load balancer has no server behind it.',
      'The server hangs: disk full, too many connections.',
    ],
    apart: {
      'mongo.connect-timeout': 'There the connection itself is not answered.',
      'mongo.auth-timeout': 'There hello was answered, and the login was not.',
    },
    type: [
      'openssl s_client -connect <host>:<port> </dev/null',
      "fedctl connect --uri 'mongodb://<host>:<port>/?tls=true' --audience <audience>",
    ],
    sources: [HANDSHAKE],
    evidence: 'provoked',
  },
  'mongo.server-too-old': {
    meaning:
      'The server speaks a version of the wire protocol that the driver has given up: it is older than MongoDB 4.4.',
    shows: {
      'Node.js driver':
        'reports maximum wire version <n>, but this version of the Node.js Driver requires at least 9 (MongoDB 4.4)',
      PyMongo: 'reports wire version <n>, but this version of PyMongo requires at least 9 (MongoDB 4.4).',
      'Go driver':
        'server at <host> reports wire version <n>, but this version of the Go driver requires at least',
    },
    causes: [
      'A cluster that was never upgraded.',
      'An emulator that says an old version, or none: none counts as 0.',
    ],
    apart: {
      'mongo.mechanism-unavailable':
        'There the driver can speak to the server, which is too old or too small for OIDC.',
      'mongo.hello-failed': 'There it is no MongoDB at all.',
    },
    type: ['atlas clusters describe <cluster>', 'atlas clusters update <cluster> --mdbVersion 8.0'],
    sources: [
      'https://www.mongodb.com/docs/drivers/compatibility/',
      'seen with the Node.js driver 7.9 and PyMongo 4.18',
    ],
    evidence: 'provoked',
  },
  'mongo.topology-mismatch': {
    meaning: 'The connection string names a replica set, and the servers are of another or of none.',
    shows: {
      'Node.js driver': "type: 'ReplicaSetNoPrimary', servers: Map(0) {}",
      'Go driver': 'ReplicaSetNoPrimary, Servers: []',
      PyMongo: [
        'topology_type: ReplicaSetNoPrimary, servers: []',
        "client is configured to connect to a replica set named '<name>' but this node belongs to a set named",
      ],
    },
    causes: [
      'replicaSet= was copied from another cluster.',
      'A standalone server, such as one in a container, is no replica set.',
    ],
    apart: {
      'mongo.no-primary': 'There the set is the right one, and has no primary.',
      'mongo.driver.mongoose-selection': 'Mongoose hides this behind a sentence about the IP access list.',
    },
    type: [
      "fedctl connect --uri 'mongodb://<host>:<port>/?tls=true' --audience <audience>",
      "mongosh '<uri>' --eval 'db.hello().setName'",
    ],
    sources: [SELECTION, 'mongoose issue 9470'],
    evidence: 'provoked',
  },
  'mongo.no-primary': {
    meaning: 'The servers answer, and none of them is a primary.',
    shows: {
      'Node.js driver': 'MongoServerError: not primary',
      PyMongo: ['No replica set members match selector "Primary()"', 'No primary available for writes'],
      mongod: ['NotWritablePrimary', 'NotPrimaryNoSecondaryOk', 'InterruptedDueToReplStateChange'],
    },
    causes: [
      'An election is going on: some seconds.',
      'The set has lost its majority.',
      'The string names one secondary, with directConnection=true.',
    ],
    apart: {
      'mongo.topology-mismatch': 'There the set is another one.',
      'mongo.connect-timeout': 'There the servers do not answer.',
    },
    type: [
      "mongosh '<uri>' --eval 'rs.status().members.map((m) => [m.name, m.stateStr])'",
      'atlas clusters describe <cluster>',
    ],
    sources: [SELECTION, SERVER_CODES],
    evidence: 'provoked',
  },
  'mongo.user-unnamed': {
    meaning:
      'The server accepted the login, and connectionStatus then names no user. A MongoDB server names the user after every login, so nothing proves that this one verified anything.',
    shows: { fedctl: 'The server accepted the login, but it names no user that is logged in' },
    causes: [
      'A stand-in for tests answers there, or a proxy that answers logins by itself.',
      'Somebody collects tokens: the port forward or the DNS name leads to another server than expected.',
    ],
    apart: {
      'mongo.unauthorized': 'There the server names a user, who lacks a role.',
      'mongo.server-nonce-invalid': 'There the server fails in the middle of the login.',
    },
    type: ["fedctl connect --uri 'mongodb+srv://<host>/' --audience <audience> --verbose"],
    sources: ['https://www.mongodb.com/docs/manual/reference/command/connectionStatus/'],
    evidence: 'provoked',
  },
  'mongo.unauthorized': {
    meaning: 'The login worked. The database user lacks the role for what was asked: code 13.',
    shows: {
      mongod: [
        'not authorized on <database> to execute command',
        'command <name> requires authentication',
        '(Unauthorized)',
      ],
      Atlas: 'user is not allowed to do action [<action>] on [<namespace>]',
    },
    causes: [
      'The database user was created with a role on another database.',
      'The role is read, and the program writes.',
      'The program asks for another database than thought: without one in the string it is test.',
    ],
    apart: {
      'mongo.oidc-refused': 'There the login itself is refused (18).',
      'atlas.database-user-out-of-scope': 'There the user may not log in to this cluster.',
    },
    type: [
      "fedctl connect --uri '<uri>' --audience <audience> --write-probe <database>.<collection>",
      "mongosh '<uri>' --eval 'db.runCommand({ connectionStatus: 1 }).authInfo'",
      "atlas dbusers update '<user>' --authDB '$external' --role readWrite@<database>",
    ],
    sources: [SERVER_CODES, 'https://www.mongodb.com/docs/manual/reference/built-in-roles/'],
    evidence: 'provoked',
  },
  'mongo.command-failed': {
    meaning: 'The login worked, and a command after it failed for a reason that is not a missing role.',
    shows: { fedctl: 'The login worked, but <command> failed' },
    causes: [
      'The server stepped down or was restarted in between.',
      'Disk full, a read-only cluster, a validator of the collection.',
      'The connection was cut.',
    ],
    apart: {
      'mongo.unauthorized': 'Code 13: a role is missing.',
      'mongo.no-primary': 'There no server takes writes.',
    },
    type: [
      "fedctl connect --uri '<uri>' --audience <audience> --verbose",
      'atlas clusters describe <cluster>',
    ],
    sources: [SERVER_CODES],
    evidence: 'provoked',
  },
});
