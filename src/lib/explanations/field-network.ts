import { explanations } from './explanation.ts';
import { ATLAS_WORKLOAD, AUTH_SPEC, SRV_SPEC } from './sources.ts';

/** Names, wrappers and servers beside fedctl. Facts of facts/mongodb.md, sections 2.5 and 9. */
export const FIELD_NETWORK_EXPLANATIONS = explanations({
  'mongo.driver.mongoose-selection': {
    meaning:
      'Mongoose prints this for any failure to select a server whose name is one of Atlas. With 0.0.0.0/0 on the access list it is simply wrong. The real error is in error.reason.servers, one for each host.',
    shows: {},
    alsoShows: {
      Mongoose: [
        'Could not connect to any servers in your MongoDB Atlas cluster. One common reason is',
        "you're trying to access the database from an IP that isn't whitelisted",
      ],
    },
    causes: [
      'The access list, after all.',
      'DNS, a firewall, TLS inspection, a wrong replicaSet, a paused cluster.',
    ],
    apart: {
      'mongo.tls-refused': 'Nested inside: alert 80. Then it is the access list, or a paused cluster.',
      'mongo.connect-timeout': 'Nested inside: a time-out.',
    },
    type: ["fedctl connect --uri '<uri>' --audience <audience>", 'node app.js 2>&1 | fedctl explain -'],
    sources: ['mongoose issues 9318, 9470, 12969, 14917, 15512', 'vercel issue 8602'],
    evidence: { fieldReport: 'mongoose issues 9318, 12969, 15512 and others' },
  },
  'mongo.driver.srv-resolver': {
    meaning:
      'The name is right, and the DNS server of this network does not answer SRV or TXT questions. Browsers never ask such ones, so nobody noticed.',
    shows: {
      'Node.js driver, mongosh': [
        'querySrv ECONNREFUSED _mongodb._tcp.<host>',
        'querySrv ETIMEOUT _mongodb._tcp.<host>',
        'querySrv ESERVFAIL _mongodb._tcp.<host>',
        'querySrv EREFUSED _mongodb._tcp.<host>',
      ],
      PyMongo: 'The resolution lifetime expired after',
    },
    causes: [
      'A home router, a corporate DNS server, the resolver of a VPN.',
      'Node.js on Windows asks another server than the system.',
      'Docker at 127.0.0.11.',
    ],
    apart: {
      'mongo.srv-failed': 'There the resolver answers that there is no such name.',
      'mongo.driver.srv-foreign': 'There it answers with something else.',
    },
    type: [
      'nslookup -type=SRV _mongodb._tcp.<host>',
      'nslookup -type=SRV _mongodb._tcp.<host> 1.1.1.1',
      "fedctl connect --uri 'mongodb+srv://<host>/' --audience <audience> --dns-server 1.1.1.1:53",
      'atlas clusters connectionStrings describe <cluster>',
    ],
    sources: [SRV_SPEC],
    evidence: { fieldReport: 'reports of users in issues and forums, collected in 2026' },
  },
  'mongo.driver.srv-foreign': {
    meaning:
      'The SRV record is empty, or its hosts are not in the domain of the name. Drivers stop there, since whoever answers DNS could otherwise fetch the token.',
    shows: {
      'Node.js driver': [
        'No addresses found at host',
        'Server record does not share hostname with parent URI',
      ],
      PyMongo: 'Invalid SRV host:',
    },
    causes: ['The record was copied into a domain of your own.', 'A hijacked or broken resolver.'],
    apart: {
      'mongo.srv-failed': 'There is no record.',
      'mongo.driver.srv-resolver': 'There no answer comes.',
    },
    type: ['nslookup -type=SRV _mongodb._tcp.<host>', 'nslookup -type=SRV _mongodb._tcp.<host> 1.1.1.1'],
    sources: [SRV_SPEC],
    evidence: { fieldReport: 'reports of users in issues and forums, collected in 2026' },
  },
  'mongo.driver.private-endpoint': {
    meaning:
      'Names with -pl-0 belong to a private endpoint, those with -pri to peering. They resolve, or can be reached, from that network only.',
    shows: {
      'Node.js driver': [
        'getaddrinfo ENOTFOUND <cluster>-pl-0.<project>.mongodb.net',
        'getaddrinfo ENOTFOUND <cluster>-pri.<project>.mongodb.net',
      ],
    },
    causes: [
      'The string of production is used on a laptop or in CI.',
      'Peering or the endpoint of this VPC is gone.',
    ],
    apart: {
      'mongo.dns-failed': 'There the name does not exist anywhere.',
      'mongo.connect-timeout': 'There it resolves, and the packets vanish.',
    },
    type: ['atlas clusters connectionStrings describe <cluster>', 'atlas privateEndpoints aws list'],
    sources: ['https://www.mongodb.com/docs/atlas/security-private-endpoint/'],
    evidence: { fieldReport: 'reports of users in issues and forums, collected in 2026' },
  },
  'mongo.driver.connection-storm': {
    meaning:
      'With MONGODB-AWS each new connection is a GetCallerIdentity of the server, billed to the account of the caller: 600 a second, together with AssumeRole and others. When many pools fill at once, some of them are refused.',
    shows: { 'mongod log': 'Unexpected GetCallerIdentity HTTP status code: 400' },
    causes: [
      'A deployment restarts all programs at once.',
      'Lambda: each instance has a pool of its own.',
      'maxPoolSize of 100 where 10 would do.',
    ],
    apart: {
      'aws.throttled': 'There fedctl or the program itself is throttled.',
      'mongo.aws-refused': 'There every login is refused.',
    },
    type: ['fedctl whoami', "fedctl connect --uri '<uri>' --mechanism oidc --audience <audience>"],
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html', ATLAS_WORKLOAD],
    evidence: {
      fieldReport:
        'reports of users in issues and forums, collected in 2026; that throttling shows as HTTP 400 here is inferred',
    },
  },
  'mongo.server.sts-refused': {
    meaning:
      'The server replayed the signed GetCallerIdentity to STS, and STS said no. Nothing in Atlas is wrong: the keys are.',
    shows: {
      'mongod log': [
        'Unexpected GetCallerIdentity HTTP status code: 403',
        'Unexpected GetCallerIdentity HTTP status code:',
      ],
    },
    causes: [
      'The session behind the keys has ended.',
      'The clock of the program is more than five minutes off: drivers do not correct it.',
      'The key was deleted, or a service control policy denies.',
    ],
    apart: {
      'mongo.aws-refused': 'There STS says who it is, and no user matches.',
      'aws.clock-skew': 'There fedctl sees it for itself.',
    },
    type: ['aws sts get-caller-identity', 'fedctl whoami', 'date -u'],
    sources: ['percona-server-mongodb: awsiam_server_mechanism.cpp', AUTH_SPEC],
    evidence: { fieldReport: 'reports of users in issues and forums, collected in 2026' },
  },
});
