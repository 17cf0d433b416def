import { explanations } from './explanation.ts';
import { ATLAS_ACCESS_LIST } from './sources.ts';

const S_CLIENT = 'openssl s_client -connect <host>:<port> -servername <host> </dev/null';
const TLS_OPTIONS = 'https://www.mongodb.com/docs/manual/reference/connection-string-options/#tls-options';
const NODE_TLS = 'https://nodejs.org/api/tls.html#x509-certificate-error-codes';

/** TLS to the database. Facts of facts/mongodb.md, section 9, rows 1, 4 and 5. */
export const MONGO_TLS_EXPLANATIONS = explanations({
  'mongo.tls-untrusted': {
    meaning:
      'The server showed a certificate whose authority is not trusted here. Atlas uses a public authority.',
    shows: {
      'Node.js, OpenSSL': [
        'self-signed certificate in certificate chain',
        'self signed certificate in certificate chain',
        'unable to get local issuer certificate',
        'unable to verify the first certificate',
      ],
      PyMongo: 'certificate verify failed: unable to get local issuer certificate',
      'Go driver': 'x509: certificate signed by unknown authority',
      'Java driver': 'unable to find valid certification path to requested target',
    },
    causes: [
      'Something on the way inspects TLS: a company proxy, an endpoint agent.',
      'A server of your own with a private authority.',
      'The CA bundle of the container is missing or old.',
    ],
    apart: {
      'mongo.tls-name-mismatch': 'There the authority is trusted and the name is another one.',
      'aws.tls-failed': 'The same on the way to AWS.',
    },
    type: [
      `${S_CLIENT} -showcerts`,
      "fedctl connect --uri 'mongodb://<host>:<port>/?tls=true&tlsCAFile=<file>' --audience <audience>",
    ],
    sources: [TLS_OPTIONS, NODE_TLS, 'wekan issue 2977'],
    evidence: 'provoked',
  },
  'mongo.tls-name-mismatch': {
    meaning: 'The certificate is trusted, and the name by which the server was reached is not in it.',
    shows: {
      'Node.js': ["Hostname/IP does not match certificate's altnames", 'ERR_TLS_CERT_ALTNAME_INVALID'],
      PyMongo: "certificate verify failed: Hostname mismatch, certificate is not valid for '<host>'",
      'Go driver': 'x509: certificate is valid for <names>, not <host>',
    },
    causes: [
      'A DNS alias or an SSH tunnel: localhost is not in the certificate.',
      'An address was given instead of a name.',
      'A private endpoint reached by a name of your own.',
    ],
    apart: {
      'mongo.tls-untrusted': 'There the authority is the fault.',
      'mongo.driver.allowed-hosts': 'There the driver does not send the token to a name it does not expect.',
    },
    type: [
      `${S_CLIENT} | openssl x509 -noout -ext subjectAltName`,
      "fedctl connect --uri 'mongodb+srv://<host>/' --audience <audience>",
    ],
    sources: ['RFC 6125 section 6', NODE_TLS],
    evidence: 'provoked',
  },
  'mongo.tls-expired': {
    meaning:
      'The certificate of the server, or of an authority above it, is outside its dates as this clock sees them.',
    shows: {
      'Node.js, OpenSSL': ['certificate has expired', 'CERT_HAS_EXPIRED', 'certificate is not yet valid'],
      'Go driver': 'x509: certificate has expired or is not yet valid',
      'Java driver': 'CertificateExpiredException',
    },
    causes: [
      'A server of your own whose certificate nobody renewed.',
      'The clock of this machine is wrong.',
      'An old CA bundle with an authority that has ended.',
    ],
    apart: {
      'mongo.tls-untrusted': 'There the dates are good.',
      'aws.clock-skew': 'A wrong clock makes AWS refuse as well.',
    },
    type: [`${S_CLIENT} | openssl x509 -noout -dates`, 'date -u'],
    sources: [NODE_TLS, 'RFC 5280 section 4.1.2.5'],
    evidence: 'provoked',
  },
  'mongo.tls-refused': {
    meaning:
      'The server ended the handshake with an alert. Atlas says nothing else to an address that is not on the IP access list, and to everybody while the cluster is paused or just being made.',
    shows: {
      'OpenSSL, Node.js driver': [
        'tlsv1 alert internal error',
        'SSL alert number 80',
        'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR',
      ],
      PyMongo: '[SSL: TLSV1_ALERT_INTERNAL_ERROR]',
      'Go driver': 'remote error: tls: internal error',
      'Java driver': 'Received fatal alert: internal_error',
    },
    causes: [
      'This address is not on the IP access list of the project: a new NAT, a VPN, IPv6 instead of IPv4.',
      'The entry was a temporary one and is gone.',
      'The cluster is paused, or being created.',
      'An alert other than 80: the server wants a client certificate or another version of TLS.',
    ],
    apart: {
      'atlas.access-list-missing': 'The same, known for sure because the Atlas API was asked.',
      'mongo.connect-timeout': 'There nobody answers, so that a firewall is likelier.',
    },
    type: [
      'curl -s https://cloud.mongodb.com/api/private/ipinfo',
      'atlas accessLists list',
      'atlas accessLists create --currentIp',
      'atlas clusters describe <cluster>',
    ],
    sources: [
      ATLAS_ACCESS_LIST,
      'mongoose issue 14015, kerkerker issue 22, idurar issue 1191, llama_index issue 9191, twikoo issue 722, vscode issue 600',
    ],
    evidence: 'provoked',
  },
  'mongo.tls-failed': {
    meaning:
      'The handshake broke off without an alert: the connection was cut, or the other side speaks no TLS.',
    shows: {
      'Node.js': [
        'Client network socket disconnected before secure TLS connection was established',
        'wrong version number',
        'packet length too long',
      ],
      PyMongo: ['[SSL: WRONG_VERSION_NUMBER]', 'EOF occurred in violation of protocol'],
      'Studio 3T, Java driver': 'Prematurely reached end of stream',
      'Go driver': 'tls: first record does not look like a TLS handshake',
    },
    causes: [
      'A middlebox cuts what it cannot read.',
      'The address is not on the access list, on tiers that cut.',
      'The server was started without TLS, and the string says tls=true.',
    ],
    apart: {
      'mongo.tls-refused': 'There the server says why it ends, by an alert.',
      'mongo.tls-timeout': 'There nothing comes at all.',
    },
    type: [S_CLIENT, 'atlas accessLists list'],
    sources: [TLS_OPTIONS],
    evidence: 'provoked',
  },
  'mongo.tls-timeout': {
    meaning: 'The connection stands, and the handshake gets no answer.',
    shows: {
      'Go driver': 'net/http: TLS handshake timeout',
      fedctl: 'did not answer the TLS handshake in time',
    },
    causes: [
      'A firewall lets the connection through and drops what comes after.',
      'A load balancer without a server behind it.',
      'An MTU that is too small on a VPN: large packets of the handshake are lost.',
    ],
    apart: {
      'mongo.connect-timeout': 'There not even the connection is answered.',
      'mongo.hello-timeout': 'There TLS is done, or not asked for.',
    },
    type: [`timeout 10 ${S_CLIENT}`, 'ping -M do -s 1372 <host>'],
    sources: ['RFC 8446 section 4', 'https://www.mongodb.com/docs/atlas/troubleshoot-connection/'],
    evidence: 'provoked',
  },
});
