import { explanations } from './explanation.ts';
import { ATLAS_ACCESS_LIST, SRV_SPEC } from './sources.ts';

/** Names and connections. Facts of facts/mongodb.md, section 9, rows 1 to 11. */
export const MONGO_NETWORK_EXPLANATIONS = explanations({
  'mongo.dns-failed': {
    meaning: 'The name of a host does not resolve here.',
    shows: {
      'Node.js driver': 'getaddrinfo ENOTFOUND <host>',
      PyMongo: ['[Errno -2] Name or service not known', 'nodename nor servname provided, or not known'],
      'Go driver': 'dial tcp: lookup <host>: no such host',
    },
    causes: [
      'A typing error, or a cluster that was deleted or renamed.',
      'The name is one of a private endpoint or of peering (-pl-0, -pri) and exists inside the VPC only.',
      'The resolver of the container or VPN does not answer.',
    ],
    apart: {
      'mongo.srv-failed': 'There the SRV record of a mongodb+srv name is missing.',
      'mongo.driver.private-endpoint': 'There the name exists, in another network.',
    },
    type: [
      'nslookup <host>',
      'nslookup <host> 1.1.1.1',
      'atlas clusters connectionStrings describe <cluster>',
    ],
    sources: ['https://www.mongodb.com/docs/atlas/troubleshoot-connection/'],
    evidence: 'provoked',
  },
  'mongo.srv-failed': {
    meaning:
      'A mongodb+srv string needs an SRV record, and may have one TXT record. Here one of them is missing, unreadable, or says what it may not say. Who answers DNS must not choose who gets the token, so hosts outside the domain are refused.',
    shows: {
      'Node.js driver, mongosh': [
        'querySrv ENOTFOUND _mongodb._tcp.<host>',
        'querySrv ENODATA _mongodb._tcp.<host>',
        'queryTxt ETIMEOUT <host>',
      ],
      PyMongo: 'The DNS query name does not exist: _mongodb._tcp.<host>',
      'Go driver': 'error parsing uri: lookup _mongodb._tcp.<host>',
    },
    causes: [
      'A typing error, or a cluster that was deleted or renamed: the middle part of the name belongs to the project.',
      'The resolver of this network does not answer SRV or TXT.',
      'Somebody put more into the TXT record than authSource, replicaSet and loadBalanced.',
    ],
    apart: {
      'mongo.dns-failed': 'There the SRV record is good, and a host in it does not resolve.',
      'mongo.driver.srv-resolver': 'There other names fail as well: the resolver is the fault.',
    },
    type: [
      'nslookup -type=SRV _mongodb._tcp.<host>',
      'nslookup -type=TXT <host>',
      'atlas clusters connectionStrings describe <cluster>',
      "fedctl connect --uri 'mongodb+srv://<host>/' --audience <audience> --dns-server 1.1.1.1:53",
    ],
    sources: [SRV_SPEC],
    evidence: 'provoked',
  },
  'mongo.port-closed': {
    meaning: 'The host is there, and nothing listens at the port.',
    shows: {
      'Node.js driver': 'connect ECONNREFUSED <address>:<port>',
      PyMongo: '[Errno 111] Connection refused',
      'Go driver': 'connect: connection refused',
    },
    causes: [
      'The port is wrong: Atlas listens on 27017, and on 27016 for sharded clusters.',
      'The server is down, or listens on another address.',
      'In a container, 127.0.0.1 is the container.',
    ],
    apart: {
      'mongo.connect-timeout': 'There nobody answers at all.',
      'mongo.hello-failed': 'There something listens that is no MongoDB.',
    },
    type: ['nc -vz <host> <port>', 'ss -ltnp | grep <port>'],
    sources: ['https://www.mongodb.com/docs/atlas/troubleshoot-connection/'],
    evidence: 'provoked',
  },
  'mongo.connect-timeout': {
    meaning:
      'The packets vanish: no answer to the connection, neither yes nor no. From this alone nobody can tell a firewall from an access list.',
    shows: {
      'Node.js driver': [
        'MongoServerSelectionError: connection timed out',
        'Server selection timed out after <ms> ms',
        'connect ETIMEDOUT <address>:<port>',
      ],
      PyMongo: ['ServerSelectionTimeoutError: <host>: timed out', 'No servers found yet'],
      'Go driver': 'server selection error: server selection timeout',
      'Java driver': 'Timed out while waiting for a server that matches',
    },
    causes: [
      'A firewall or security group drops what goes out to 27017.',
      'A private endpoint or peering name used from another network.',
      'The address is not on the IP access list of the project: some tiers drop, dedicated ones end TLS with alert 80.',
      'The cluster is paused.',
    ],
    apart: {
      'mongo.tls-refused': 'There Atlas answers, with alert 80: mostly the access list.',
      'mongo.port-closed': 'There the host says no.',
    },
    type: [
      'nc -vz -w 5 <host> 27017',
      'curl -s https://cloud.mongodb.com/api/private/ipinfo',
      'atlas accessLists list',
      "fedctl connect --uri '<uri>' --audience <audience> --timeout 5s",
    ],
    sources: [ATLAS_ACCESS_LIST, 'microsoft/vscode-documentdb issue 814'],
    evidence: 'provoked',
  },
  'mongo.proxy-failed': {
    meaning:
      'The connection string names a SOCKS5 proxy, and it refused or cannot reach the server. Drivers know no HTTP proxy: HTTPS_PROXY has no meaning for the database.',
    shows: {
      'Node.js driver': [
        'Socks5 Authentication failed',
        'Socks5 proxy rejected connection',
        'SocksClientError',
      ],
    },
    causes: [
      'proxyHost names an HTTP proxy.',
      'The proxy wants proxyUsername and proxyPassword.',
      'It may not reach port 27017.',
    ],
    apart: {
      'mongo.port-closed': 'There no proxy is in between.',
      'net.proxy-invalid': 'That is the HTTP proxy for AWS and the issuer.',
    },
    type: [
      "fedctl connect --uri 'mongodb+srv://<host>/?proxyHost=<proxy>&proxyPort=1080' --audience <audience>",
      'nc -vz <proxy> 1080',
    ],
    sources: [
      'RFC 1928 section 6',
      'https://www.mongodb.com/docs/drivers/node/current/connect/connection-options/',
    ],
    evidence: 'provoked',
  },
});
