import { describe, expect, test } from 'vitest';
import { matches, patternsOf } from '../../../src/lib/failures/match.ts';
import type { ExplainedCode } from '../../../src/lib/failures/page.ts';
import { CODES, pageOf } from '../../../src/lib/failures/pages.ts';
import { pasted } from '../../../src/lib/failures/pasted.ts';

const PATTERNS = patternsOf(CODES.map(pageOf));

/** A row of a catalogue of the facts: its codes, and its texts as they are printed, each of which leads to one of them. */
interface Row {
  readonly codes: readonly ExplainedCode[];
  readonly texts: readonly string[];
}

function row(codes: readonly ExplainedCode[], ...texts: readonly string[]): Row {
  return { codes, texts };
}

const AUTHENTICATION_FAILED = 'MongoServerError: Authentication failed.';

/** facts/mongodb.md, section 9, rows 1 to 68. */
const MONGODB: Readonly<Record<number, Row>> = {
  1: row(
    ['mongo.tls-refused', 'atlas.access-list-missing'],
    'error:0A000438:SSL routines:ssl3_read_bytes:tlsv1 alert internal error:../deps/openssl/openssl/ssl/record/rec_layer_s3.c:1590:SSL alert number 80',
    "code: 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR'",
    '[SSL: TLSV1_ALERT_INTERNAL_ERROR] tlsv1 alert internal error (_ssl.c:1007)',
  ),
  2: row(
    ['mongo.connect-timeout'],
    'MongoServerSelectionError: connection timed out',
    'MongoServerSelectionError: Server selection timed out after 30000 ms',
  ),
  3: row(
    ['mongo.driver.mongoose-selection'],
    "MongooseServerSelectionError: Could not connect to any servers in your MongoDB Atlas cluster. One common reason is that you're trying to access the database from an IP that isn't whitelisted.",
  ),
  4: row(
    ['mongo.tls-failed'],
    'Client network socket disconnected before secure TLS connection was established',
    'Prematurely reached end of stream',
  ),
  5: row(
    ['mongo.tls-name-mismatch', 'mongo.tls-untrusted'],
    "Hostname/IP does not match certificate's altnames: Host: db.example.com. is not in the cert's altnames",
    'self-signed certificate in certificate chain',
    'unable to get local issuer certificate',
  ),
  6: row(['mongo.srv-failed'], 'Error: querySrv ENOTFOUND _mongodb._tcp.cluster0.x.mongodb.net'),
  7: row(
    ['mongo.driver.srv-resolver'],
    'Error: querySrv ECONNREFUSED _mongodb._tcp.cluster0.x.mongodb.net',
    'Error: querySrv ETIMEOUT _mongodb._tcp.cluster0.x.mongodb.net',
    'Error: querySrv ESERVFAIL _mongodb._tcp.cluster0.x.mongodb.net',
  ),
  8: row(
    ['mongo.driver.srv-foreign'],
    'MongoAPIError: No addresses found at host',
    'MongoAPIError: Server record does not share hostname with parent URI',
  ),
  9: row(
    ['mongo.uri-invalid'],
    'MongoAPIError: URI must include hostname, domain name, and tld',
    'MongoParseError: mongodb+srv URI cannot have port number',
  ),
  10: row(['mongo.driver.private-endpoint'], 'getaddrinfo ENOTFOUND cluster0-pl-0.ab1cd.mongodb.net'),
  11: row(['atlas.cluster-paused'], '{"name":"cluster0","paused":true,"stateName":"IDLE"}'),
  12: row(['mongo.atlas-auth-error'], 'MongoServerError: bad auth : Authentication failed. code: 8000'),
  13: row(['mongo.oidc-refused', 'mongo.aws-refused'], AUTHENTICATION_FAILED),
  14: row(['jwt.expired'], '{"msg":"Failed to authenticate","attr":{"error":"BadValue: Token is expired"}}'),
  15: row(['atlas.audience-mismatch', 'jwt.issuer-mismatch'], 'unsupported issuer or audience'),
  16: row(['atlas.issuer-mismatch', 'jwt.issuer-mismatch'], 'unsupported issuer or audience'),
  17: row(['jwt.not-yet-valid'], 'BadValue: Token not yet valid'),
  18: row(['jwt.key-unknown', 'jwt.algorithm-refused'], "BadValue: Unknown JWT keyId << 'EC384_0'"),
  19: row(
    ['atlas.identity-provider-not-connected'],
    '{"dataAccessIdentityProviderIds":[],"orgId":"a0123456789abcdef012345a"}',
  ),
  20: row(['atlas.database-user-missing', 'atlas.database-user-wrong-database']),
  21: row(['atlas.database-user-okta-id']),
  22: row(['atlas.database-user-session-arn']),
  23: row(['mongo.token-file.white-space']),
  24: row(['atlas.user-claim-changed', 'jwt.claim-missing'], "Invalid JWT: 'email' claim is missing"),
  25: row(['mongo.token-file-unusable']),
  26: row(
    ['mongo.mechanism-unavailable'],
    "Unsupported mechanism 'MONGODB-OIDC'",
    'Received authentication for mechanism MONGODB-OIDC which is unknown or not enabled',
  ),
  27: row(['mongo.driver.reauthentication-failed'], "code: 391, codeName: 'ReauthenticationRequired'"),
  28: row(['mongo.driver.first-expiry']),
  29: row(['mongo.driver.sticky-token']),
  30: row(
    ['mongo.driver.allowed-hosts'],
    "MongoMissingCredentialsError: Host 'db.example.com:27017' is not valid for OIDC authentication with ALLOWED_HOSTS of '*.mongodb.net,localhost'",
  ),
  31: row(
    ['mongo.driver.username-with-environment'],
    "MongoInvalidArgumentError: username and ENVIRONMENT 'k8s' may not be used together for mechanism 'MONGODB-OIDC'.",
  ),
  32: row(
    ['mongo.driver.environment-missing'],
    "Either a ENVIRONMENT, OIDC_CALLBACK, or OIDC_HUMAN_CALLBACK must be specified for mechanism 'MONGODB-OIDC'.",
  ),
  33: row(
    ['mongo.driver.environment-unsupported'],
    "Currently only a ENVIRONMENT in test,azure,gcp,k8s is supported for mechanism 'MONGODB-OIDC'.",
  ),
  34: row(
    ['mongo.driver.token-file-not-found'],
    "Error: ENOENT: no such file or directory, open '/var/run/secrets/kubernetes.io/serviceaccount/token'",
    'Could not read file specified by environment variable: OIDC_TOKEN_FILE at path: /token',
  ),
  35: row(['mongo.driver.other-token-file']),
  36: row(['aws.sdk.token-file-taken', 'sts.identity-token-refused'], 'InvalidIdentityToken'),
  37: row(['mongo.driver.human-flow'], 'None of configured identity providers support human flows'),
  38: row(
    ['mongo.driver.environment-unsupported'],
    '"ENVIRONMENT" "test" not supported for MONGODB-OIDC',
    'Failed: "ENVIRONMENT" "k8s" not supported for MONGODB-OIDC',
  ),
  39: row(['mongo.driver.callback-timeout'], 'MongoOIDCError: OIDC callback timed out after 60000ms.'),
  40: row(
    ['mongo.driver.module-missing'],
    "MONGODB-AWS authentication requires pymongo-auth-aws: install with: python -m pip install 'pymongo[aws]'",
    'MongoAWSError: Optional module @aws-sdk/credential-providers not found. Please install it',
    'MongoMissingDependencyError: Optional module `aws4` not found.',
  ),
  41: row(
    ['mongo.driver.aws-keys-in-uri'],
    'MongoAPIError: username and password cannot be provided when using MONGODB-AWS. Credentials must be provided in a manner that can be read by the AWS SDK.',
  ),
  42: row(['aws.credentials-missing'], 'MongoAWSError: Could not load credentials from any providers'),
  43: row(
    ['aws.sdk.metadata-timeout'],
    'MongoNetworkTimeoutError: Network request to http://169.254.169.254/latest/api/token timed out',
  ),
  44: row(
    ['sts.assume-denied', 'sts.mint-denied'],
    'AccessDenied: User: arn:aws:sts::1:assumed-role/a/b is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::1:role/c',
    'AccessDenied: User: arn:aws:sts::1:assumed-role/a/b is not authorized to perform: sts:GetWebIdentityToken on resource: arn:aws:sts::1:self',
  ),
  45: row(
    ['mongo.aws-refused'],
    'Could not find user "arn:aws:sts::XXXX:assumed-role/node/i-0abc" for db "$external"',
  ),
  46: row(['mongo.role-path-lost', 'atlas.database-user-wrong-type']),
  47: row(['mongo.server.sts-refused'], 'Unexpected GetCallerIdentity HTTP status code: 403'),
  48: row(['mongo.driver.connection-storm']),
  49: row(['atlas.ldap-authorization']),
  50: row(
    ['atlas.iam-arn-invalid'],
    '{"error":400,"errorCode":"ATLAS_INVALID_AWS_IAM_ARN","detail":"The ARN specified in the username field, role/x, is not valid for AWS IAM type ROLE."}',
  ),
  51: row(
    ['atlas.username-not-found'],
    '{"error":404,"errorCode":"USERNAME_NOT_FOUND","detail":"No user with username arn:aws:iam::1:role/x exists."}',
  ),
  52: row(
    ['atlas.credentials-refused', 'atlas.secret-expired'],
    '{"error":401,"reason":"Unauthorized","detail":"You are not authorized for this resource.","errorCode":"UNEXPECTED_ERROR"}',
  ),
  53: row(
    ['atlas.api-access-list'],
    '{"error":403,"errorCode":"IP_ADDRESS_NOT_ON_ACCESS_LIST","reason":"Forbidden","detail":"IP address 203.0.113.9 is not allowed to access this resource.","parameters":["203.0.113.9"]}',
  ),
  54: row(
    ['atlas.role-missing'],
    '{"error":401,"errorCode":"USER_UNAUTHORIZED","detail":"Current user is not authorized to perform this action."}',
  ),
  55: row(
    ['atlas.not-found'],
    '{"error":404,"errorCode":"RESOURCE_NOT_FOUND","detail":"Cannot find resource /api/atlas/v2/orgs/1/federationSettings."}',
  ),
  56: row(['atlas.identity-provider-hidden']),
  57: row(['atlas.sso-disconnected'], 'colleagues lose SSO after set-up'),
  58: row(['atlas.data-access-dropped'], 'other workloads lose access'),
  59: row(
    ['atlas.rate-limited'],
    'Rate limit exceeded for api/atlas/v2/orgs. Please retry after 55 seconds. Request capacity: 10. Refill rate: 5 per 60 seconds.',
    '{"error":429,"errorCode":"RATE_LIMITED_TOKEN_BUCKET"}',
  ),
  60: row(['atlas.access-list-pending'], '{"STATUS":"PENDING"}'),
  61: row(['atlas.temporary-entry-ended', 'atlas.database-user-missing'], 'it worked last week'),
  62: row(['mongo.unauthorized'], 'MongoServerError: not authorized on app to execute command { find: "x" }'),
  63: row(['atlas.database-user-out-of-scope']),
  64: row(['atlas.keys-revoked'], 'mass logout of all workloads'),
  65: row(
    ['mongo.server-too-old'],
    'Server at localhost:27017 reports wire version 6, but this version of PyMongo requires at least 9 (MongoDB 4.4).',
    'MongoCompatibilityError: Server at localhost:27017 reports maximum wire version 6, but this version of the Node.js Driver requires at least 9 (MongoDB 4.4)',
  ),
  66: row(
    ['mongo.driver.auth-source'],
    "MongoAPIError: Invalid source 'admin' for mechanism 'MONGODB-OIDC' specified.",
  ),
  67: row(
    ['mongo.driver.allowed-hosts-in-uri'],
    'MongoParseError: Auth mechanism property ALLOWED_HOSTS is not allowed in the connection string.',
  ),
  68: row(['mongo.driver.other-environment'], 'it works with mongosh but not with the app'),
};

/** facts/aws.md, section 2.3, and the switch of section 1. */
const AWS: Readonly<Record<string, Row>> = {
  OutboundWebIdentityFederationDisabledException: row(
    ['sts.federation-disabled'],
    'OutboundWebIdentityFederation is disabled.',
    'An error occurred (OutboundWebIdentityFederationDisabledException) when calling the GetWebIdentityToken operation',
  ),
  SessionDurationEscalationException: row(
    ['sts.session-too-short'],
    "Requested token expiry time must be before the original session's expiry time.",
  ),
  JWTPayloadSizeExceededException: row(['sts.payload-too-large'], 'JWTPayloadSizeExceededException'),
  ValidationError: row(
    ['aws.request-refused'],
    "1 validation error detected: Value '59' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 60",
    "Value null at 'audience' failed to satisfy constraint: Member must not be null; validation error detected: Value '' at 'tags.1.member.key' failed to satisfy constraint",
    'Requested SigningAlgorithm is not supported. See the GetWebIdentityToken documentation for supported algorithms',
  ),
  InvalidParameterValue: row(
    ['aws.request-refused'],
    'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
  ),
  InvalidAction: row(['aws.region-global'], 'Operation not supported on STS global endpoint'),
  AccessDenied: row(
    ['sts.mint-denied'],
    'User: arn:aws:iam::1:user/x is not authorized to perform: sts:GetWebIdentityToken on resource: arn:aws:sts::1:self with an explicit deny in an identity-based policy',
  ),
  'AccessDenied of tags': row(
    ['sts.tag-denied'],
    'User: arn:aws:iam::1:user/x is not authorized to perform: sts:TagGetWebIdentityToken on resource: arn:aws:sts::1:self',
  ),
  'AccessDenied of federated users': row(
    ['sts.federated-user'],
    'GetWebIdentityToken does not support federated user sessions',
  ),
  InternalFailure: row(['aws.service-failed'], 'InternalFailure'),
  ExpiredToken: row(
    ['aws.credentials-expired'],
    'ExpiredToken: The security token included in the request is expired',
  ),
  InvalidClientTokenId: row(
    ['aws.access-key-unknown'],
    'InvalidClientTokenId: The security token included in the request is invalid.',
  ),
  SignatureDoesNotMatch: row(
    ['aws.signature-refused', 'aws.clock-skew'],
    'SignatureDoesNotMatch',
    'SignatureDoesNotMatch: Signature expired: 20261127T010000Z is now earlier than 20261127T011500Z (20261127T012000Z - 5 min.)',
  ),
  RegionDisabledException: row(['aws.region-disabled'], 'RegionDisabledException'),
  Throttling: row(['aws.throttled'], 'Throttling: Rate exceeded'),
  FeatureEnabled: row(
    ['iam.already-enabled'],
    'Outbound identity federation is already enabled for account 123456789012',
  ),
  FeatureDisabled: row(
    ['iam.already-disabled'],
    'Outbound identity federation is disabled for account 123456789012',
  ),
};

function firstCodeIn(text: string): string | undefined {
  return matches(PATTERNS, pasted(text), 5)[0]?.code;
}

describe.each([
  ['facts/mongodb.md 9', MONGODB],
  ['facts/aws.md 2.3', AWS],
])('every row of %s', (_name, rows) => {
  test.each(Object.entries(rows))('%s has its codes, and its texts lead there', (_row, { codes, texts }) => {
    expect(CODES).toEqual(expect.arrayContaining([...codes]));
    for (const text of texts) expect(codes, text).toContain(firstCodeIn(text));
  });
});

test('no row of facts/mongodb.md 9 is left out', () => {
  expect(Object.keys(MONGODB).map(Number)).toEqual(Array.from({ length: 68 }, (_, index) => index + 1));
});
