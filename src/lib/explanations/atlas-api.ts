import { explanations } from './explanation.ts';
import { ATLAS_API } from './sources.ts';

const CURL = 'curl -sv https://cloud.mongodb.com/ -o /dev/null';
const PROXY = 'env | grep -i proxy';

/** The way to the Atlas Administration API, and what it answers. Facts of facts/mongodb.md, sections 7.2 and 7.4. */
export const ATLAS_API_EXPLANATIONS = explanations({
  'atlas.url-invalid': {
    meaning: 'The address of the API is https:// and a host alone: fedctl knows the paths.',
    shows: { fedctl: 'The address of the Atlas API <fault>.' },
    causes: ['A path such as /api/atlas/v2 was given with it.', 'The host has no https:// in front.'],
    apart: {
      'atlas.plaintext-refused': 'There it is an address, without TLS.',
      'atlas.unreachable': 'There it is an address, and nobody answers.',
    },
    type: [
      'fedctl check --atlas-url https://cloud.mongodb.com',
      'fedctl check --atlas-url https://cloud.mongodbgov.com',
    ],
    sources: [ATLAS_API],
    evidence: 'provoked',
  },
  'atlas.plaintext-refused': {
    meaning: 'fedctl sends no credential of Atlas over plain http to another machine.',
    shows: {
      fedctl:
        'The address of the Atlas API is <url>: fedctl sends no credentials to another machine without TLS.',
    },
    causes: ['The address of a mock server of the network was left in the environment.'],
    apart: {
      'aws.plaintext-refused': 'The same rule for AWS.',
      'atlas.url-invalid': 'There it is no address.',
    },
    type: ['env | grep -E "^(FEDCTL|MONGODB)_ATLAS"', 'fedctl check --atlas-url https://cloud.mongodb.com'],
    sources: [ATLAS_API],
    evidence: 'provoked',
  },
  'atlas.version-gone': {
    meaning:
      'Each request names the version of the API that it wants, by its date. This one is over or not known.',
    shows: { 'Atlas API': ['VERSION_GONE', 'INVALID_VERSION_DATE'] },
    causes: [
      'This fedctl is older than the day on which the version ended.',
      'A mock server knows newer versions only.',
    ],
    apart: {
      'atlas.answer-unreadable': 'There the version is there, and answers otherwise than documented.',
      'atlas.request-refused': 'There the version is fine, and the request is not.',
    },
    type: ['fedctl --version', 'npm install --global fedctl@latest'],
    sources: [
      'https://www.mongodb.com/docs/atlas/api/versioned-api-overview/',
      'The text of 406 is unverified',
    ],
    evidence: 'provoked',
  },
  'atlas.request-refused': {
    meaning: 'Atlas did not take the request as it was; its code and text say why.',
    shows: {
      'Atlas API': [
        'CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API',
        'CANNOT_USE_NON_FLEX_CLUSTER_IN_FLEX_API',
        'VALIDATION_ERROR',
        'badRequestDetail',
      ],
    },
    causes: [
      'An id has another form than 24 hex digits.',
      'Another kind of cluster was asked for: flex has endpoints of its own.',
    ],
    apart: {
      'atlas.not-found': 'There the form is right, and nothing is there.',
      'atlas.version-gone': 'There the version is the reason.',
    },
    type: ['fedctl check --atlas-project <project> --verbose'],
    sources: [ATLAS_API],
    evidence: 'provoked',
  },
  'atlas.service-failed': {
    meaning: 'Atlas, or a server in front of it, answered with a fault of its own (HTTP 5xx).',
    shows: { 'Atlas API': ['Atlas API <reason> HTTP 500', '"error":500', '"error":503'] },
    causes: ['An outage or maintenance of Atlas.', 'A proxy cannot reach Atlas and says 502.'],
    apart: {
      'atlas.not-atlas': 'There the answer is no fault, and not one of Atlas.',
      'atlas.rate-limited': 'There it is you, or your colleagues, who ask too often.',
    },
    type: ['curl -s https://status.mongodb.com/api/v2/status.json', 'fedctl check --retry 3'],
    sources: ['https://status.mongodb.com', ATLAS_API],
    evidence: 'provoked',
  },
  'atlas.unreachable': {
    meaning:
      'No connection to the API came about. The clusters may well be within reach: they are other hosts and other ports.',
    shows: {
      'Node.js': 'getaddrinfo ENOTFOUND cloud.mongodb.com',
      curl: 'Could not resolve host: cloud.mongodb.com',
    },
    causes: ['Only 27017 is open to the outside, and 443 goes through a proxy.', 'A mistyped --atlas-url.'],
    apart: {
      'atlas.timeout': 'There packets vanish.',
      'mongo.dns-failed': 'There the cluster, not the API, is unknown.',
    },
    type: [CURL, PROXY],
    sources: [ATLAS_API],
    evidence: 'provoked',
  },
  'atlas.tls-failed': {
    meaning:
      'The API showed a certificate that is not trusted here. Atlas uses a public authority: something inspects TLS.',
    shows: { fedctl: 'No TLS connection to the Atlas API at <host>' },
    causes: ['A proxy that inspects TLS, whose authority is not in AWS_CA_BUNDLE.'],
    apart: {
      'aws.tls-failed': 'The same on the way to AWS.',
      'mongo.tls-untrusted': 'The same on the way to the database.',
    },
    type: [
      'openssl s_client -connect cloud.mongodb.com:443 -showcerts </dev/null',
      'export AWS_CA_BUNDLE=<file>',
    ],
    sources: ['https://nodejs.org/api/tls.html#x509-certificate-error-codes'],
    evidence: 'provoked',
  },
  'atlas.timeout': {
    meaning: 'The connection was accepted or swallowed, and no whole answer came within --timeout.',
    shows: {
      fedctl: 'GET <url>/api/atlas/v2/<path> gave no whole answer within',
      curl: 'Failed to connect to cloud.mongodb.com port 443',
    },
    causes: [
      'A firewall drops what goes to port 443.',
      'A proxy accepts and cannot get further.',
      'A very large organization: lists take long.',
    ],
    apart: {
      'atlas.unreachable': 'There somebody says no at once.',
      'mongo.connect-timeout': 'There the cluster does not answer.',
    },
    type: [`${CURL} -m 5`, 'fedctl check --timeout 60s'],
    sources: [ATLAS_API],
    evidence: 'provoked',
  },
  'atlas.not-atlas': {
    meaning: 'Something answered in the place of the API: a page, a redirect, or JSON of something else.',
    shows: {
      fedctl: 'GET <url>/api/atlas/v2/<path> answered HTTP <status> with a body that is no JSON object',
    },
    causes: [
      'A guest network or a VPN that wants a sign-in first.',
      'A proxy with a page of its own.',
      '--atlas-url leads to another server.',
    ],
    apart: {
      'aws.not-aws': 'The same on the way to AWS.',
      'atlas.answer-unreadable': 'There it is Atlas, and a field is not as documented.',
    },
    type: ['curl -sv https://cloud.mongodb.com/api/atlas/v2 | head -5', PROXY],
    sources: [ATLAS_API],
    evidence: 'provoked',
  },
  'atlas.answer-unreadable': {
    meaning:
      'The answer is one of the API, and a field is missing or of another kind than Atlas documents. The check that needed it has no answer; the others go on.',
    shows: { fedctl: 'answered with a field that fedctl cannot read' },
    causes: ['Atlas changed what it answers.', 'A mock server leaves fields out.'],
    apart: {
      'atlas.not-atlas': 'There it is not the API at all.',
      'atlas.version-gone': 'There Atlas refuses the version.',
    },
    type: ['npm install --global fedctl@latest', 'fedctl check --verbose'],
    sources: [ATLAS_API],
    evidence: 'provoked',
  },
});
