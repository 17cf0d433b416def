import { EXIT } from '../exit-codes.ts';
import { catalogue } from './failure.ts';

/** The connection string and every stage of a login. Texts of drivers and servers are in facts/mongodb.md, section 9. */
export const MONGO_FAILURES = catalogue({
  'mongo.uri-invalid': {
    title: 'not a MongoDB connection string',
    cause: 'A connection string starts with mongodb:// or mongodb+srv:// and names at least one host.',
    remedy: "fedctl <command> --uri 'mongodb+srv://<host>/'",
    exit: EXIT.usage,
  },
  'mongo.password-in-uri': {
    title: 'a password in the connection string',
    cause: 'Neither mechanism uses one, and it would be visible in the process list.',
    remedy: 'leave user and password out of the connection string',
    exit: EXIT.usage,
  },
  'mongo.mechanism-conflict': {
    title: 'two mechanisms at once',
    cause: '--mechanism and the authMechanism of the connection string differ.',
    remedy: 'leave authMechanism out of the connection string',
    exit: EXIT.usage,
  },
  'mongo.plaintext-refused': {
    title: 'refused to log in without TLS',
    cause:
      'The server is not on this machine and TLS is off or not verified: whoever is on the way could use the token.',
    remedy: 'use mongodb+srv://, or add tls=true, and name a private CA with tlsCAFile=<file>',
    exit: EXIT.usage,
  },
  'mongo.token-file-unusable': {
    title: 'the token file cannot be used',
    cause: 'The file is missing, empty, or holds no JWT.',
    remedy: 'fedctl token --audience <audience> --out <file>',
    exit: EXIT.usage,
  },
  'mongo.token-file.white-space': {
    title: 'white space around the token',
    cause:
      'The file ends in a newline or begins with a mark: drivers send it along, and the server refuses that.',
    remedy: 'fedctl token --audience <audience> --out <file>   (writes none)',
    exit: EXIT.refused,
  },
  'mongo.token-file.world-readable': {
    title: 'everybody on this machine can read the token file',
    cause: 'Whoever reads the file can log in with it until the token ends.',
    remedy: 'chmod 600 <file>',
    exit: EXIT.usage,
  },
  'mongo.dns-failed': {
    title: 'the host name does not resolve',
    cause: 'A typo, a deleted cluster, or a resolver that does not know the name.',
    remedy: 'nslookup <host>',
    exit: EXIT.unreachable,
  },
  'mongo.srv-failed': {
    title: 'the SRV record cannot be found',
    cause: 'A typo, a deleted or renamed cluster, or a resolver that does not answer SRV.',
    remedy: 'nslookup -type=SRV _mongodb._tcp.<host>',
    exit: EXIT.unreachable,
  },
  'mongo.port-closed': {
    title: 'nothing listens there',
    cause: 'The host refused the connection: wrong port, or the server is down.',
    remedy: 'nc -vz <host> <port>',
    exit: EXIT.unreachable,
  },
  'mongo.connect-timeout': {
    title: 'the connection was swallowed',
    cause: 'No answer to the TCP connection: a firewall, a private host, or an address that is not in use.',
    remedy: 'nc -vz -w 5 <host> <port>',
    exit: EXIT.unreachable,
  },
  'mongo.proxy-failed': {
    title: 'the SOCKS5 proxy failed',
    cause: 'The proxy named by proxyHost refused, or cannot reach the server.',
    remedy: 'check proxyHost and proxyPort in the connection string',
    exit: EXIT.unreachable,
  },
  'mongo.tls-untrusted': {
    title: 'the certificate is not trusted',
    cause: 'The server has a certificate of a private CA, or something on the way inspects TLS.',
    remedy: 'add tlsCAFile=<file with the CA> to the connection string',
    exit: EXIT.unreachable,
  },
  'mongo.tls-name-mismatch': {
    title: 'the certificate is for another name',
    cause: 'The host was reached under a name that is not in its certificate.',
    remedy: 'connect under a name that the certificate lists',
    exit: EXIT.unreachable,
  },
  'mongo.tls-expired': {
    title: 'the certificate has expired',
    cause: 'The certificate of the server or of its CA is outside its dates, or the local clock is wrong.',
    remedy: 'renew the certificate of the server',
    exit: EXIT.unreachable,
  },
  'mongo.tls-refused': {
    title: 'the server ended TLS with an alert',
    cause:
      'On Atlas this is how an address that is not on the IP access list, or a paused cluster, is refused.',
    remedy:
      'compare your address with the IP access list of the project, and see whether the cluster is paused',
    exit: EXIT.unreachable,
  },
  'mongo.tls-failed': {
    title: 'the TLS connection failed',
    cause: 'The other side speaks no TLS, or the connection was cut in the handshake.',
    remedy: 'openssl s_client -connect <host>:<port>',
    exit: EXIT.unreachable,
  },
  'mongo.tls-timeout': {
    title: 'the TLS handshake stalled',
    cause: 'The connection was accepted, but the handshake got no answer.',
    remedy: 'openssl s_client -connect <host>:<port>',
    exit: EXIT.unreachable,
  },
  'mongo.hello-failed': {
    title: 'no MongoDB answer',
    cause: 'Something accepted the connection, but it did not answer hello as a MongoDB server does.',
    remedy: 'check host and port',
    exit: EXIT.unreachable,
  },
  'mongo.hello-timeout': {
    title: 'no answer to hello',
    cause: 'The connection was accepted, but no MongoDB server answered.',
    remedy: 'check host and port, and whether the server wants TLS',
    exit: EXIT.unreachable,
  },
  'mongo.server-too-old': {
    title: 'the server is too old',
    cause: 'The driver needs MongoDB 4.4 or later.',
    remedy: 'upgrade the server',
    exit: EXIT.unreachable,
  },
  'mongo.topology-mismatch': {
    title: 'not the replica set expected',
    cause: 'The connection string names a replica set that the server does not belong to.',
    remedy: 'correct replicaSet in the connection string, or leave it out',
    exit: EXIT.unreachable,
  },
  'mongo.no-primary': {
    title: 'no server to talk to',
    cause: 'The servers answer, but none of them is a primary.',
    remedy: 'wait for the election to end, or look at the state of the cluster',
    exit: EXIT.unreachable,
  },
  'mongo.mechanism-unavailable': {
    title: 'the server does not offer the mechanism',
    cause:
      'MONGODB-OIDC needs an Atlas cluster of M10 or larger with MongoDB 7.0.11 or later and an identity provider.',
    remedy: 'fedctl <command> --mechanism aws   (or upgrade the cluster)',
    exit: EXIT.refused,
  },
  'mongo.oidc-refused': {
    title: 'the server refused the token',
    cause: 'The server never says why. What it saw stands beside what must match it.',
    remedy: 'fedctl check   (compares what the server saw with what it must match)',
    exit: EXIT.refused,
  },
  'mongo.aws-refused': {
    title: 'the server refused the AWS identity',
    cause: 'The server never says why. What it saw stands beside what must match it.',
    remedy: 'create a database user of type AWS IAM whose name is the ARN shown above',
    exit: EXIT.refused,
  },
  'mongo.role-path-lost': {
    title: 'MONGODB-AWS does not see the path of a role',
    cause:
      'The ARN of a session carries no path, so a database user named after a role with one may not match.',
    remedy: 'use a role without a path for MONGODB-AWS, or MONGODB-OIDC, which keeps the path',
    exit: EXIT.refused,
  },
  'mongo.atlas-auth-error': {
    title: 'Atlas refused the login (8000)',
    cause: 'The proxy of the cluster refused: drivers keep a refused token after this code.',
    remedy: 'fedctl check   (compares what the server saw with what it must match)',
    exit: EXIT.refused,
  },
  'mongo.audience-unchecked': {
    title: 'the cluster takes a token for another audience',
    cause: 'The server was told to accept any audience, or another identity provider accepts this one.',
    remedy: 'set the audience of the identity provider to the one that workloads ask tokens for',
    exit: EXIT.refused,
  },
  'mongo.reauthentication-unseen': {
    title: 'the server never asked for a new login',
    cause:
      'The connection was not held past the end of its token, or the server does not end the session then.',
    remedy: 'fedctl check --soak 3m',
    exit: EXIT.refused,
  },
  'mongo.auth-failed': {
    title: 'the login failed',
    cause: 'The server ended the login with a code of its own.',
    remedy: 'look the code up in the documentation of MongoDB',
    exit: EXIT.refused,
  },
  'mongo.auth-interrupted': {
    title: 'the connection was cut during the login',
    cause: 'The server, or something on the way, closed the connection in the middle of SASL.',
    remedy: 'repeat the command; if it persists, look for a proxy between here and the server',
    exit: EXIT.unreachable,
  },
  'mongo.auth-timeout': {
    title: 'the login got no answer',
    cause: 'The server answered hello, but not the login.',
    remedy: 'fedctl <command> --timeout 60s',
    exit: EXIT.unreachable,
  },
  'mongo.reauthentication-failed': {
    title: 'the connection did not outlive its token',
    cause:
      'The server asked for a new login when the token ended, and refused the token that it was given then.',
    remedy: 'leave out --token-file, so that every login gets a token of its own',
    exit: EXIT.refused,
  },
  'mongo.connection-lost': {
    title: 'the connection was lost while it was held',
    cause:
      'The server was restarted or elected another primary, or something on the way ends idle connections.',
    remedy: 'repeat the command; if it persists, look for a firewall or proxy that ends connections',
    exit: EXIT.unreachable,
  },
  'mongo.server-nonce-invalid': {
    title: 'the server sent a bad nonce',
    cause: 'The answer does not continue what was sent: this is no honest MongoDB server.',
    remedy: 'check who answers at this host and port before you go on',
    exit: EXIT.unreachable,
  },
  'mongo.user-unnamed': {
    title: 'the server does not name the user',
    cause:
      'A MongoDB server names the user after every login. This one accepts everything, or is no MongoDB server.',
    remedy: 'fedctl check --negative   (shows whether it rejects a token for another audience)',
    exit: EXIT.unreachable,
  },
  'mongo.unauthorized': {
    title: 'logged in, but not allowed',
    cause: 'The database user lacks a role for what was asked.',
    remedy: 'give the database user a role such as readWrite on the database named above',
    exit: EXIT.refused,
  },
  'mongo.command-failed': {
    title: 'a command failed',
    cause: 'The login worked; the server failed to do what was asked afterwards.',
    remedy: 'look the code up in the documentation of MongoDB',
    exit: EXIT.unreachable,
  },
});
