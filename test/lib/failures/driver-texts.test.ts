import { describe, expect, test } from 'vitest';
import { matches, patternsOf } from '../../../src/lib/failures/match.ts';
import type { ExplainedCode } from '../../../src/lib/failures/page.ts';
import { CODES, pageOf } from '../../../src/lib/failures/pages.ts';
import { pasted } from '../../../src/lib/failures/pasted.ts';

const PATTERNS = patternsOf(CODES.map(pageOf));

/** What users paste, as drivers of all languages, relying parties and the tools of Atlas print it. */
const TEXTS: Readonly<Partial<Record<ExplainedCode, readonly string[]>>> = {
  'net.api-refused': [
    'HTTP/1.1 403\n{"Message":"User is not authorized to access this resource"}',
    'HTTP/2 403\n{"Message":"User is not authorized to access this resource with an explicit deny"}',
  ],
  'aws.container-failed': ['mongoc: Authentication error: failed to contact ECS link local server'],
  'aws.credentials-missing': [
    'MongoDB.Driver.MongoClientException: Unable to find credentials for MONGODB-AWS authentication.',
  ],
  'aws.sdk.metadata-timeout': [
    'mongoc: Authentication error: unable to retrieve token from EC2 metadata. Headers: HTTP/1.0 404 Not Found',
    'mongoc: unable to retrieve IAM role from EC2 metadata: HTTP/1.0 404 Not Found',
  ],
  'aws.tls-failed': [
    'SSL validation failed for https://sts.eu-west-1.amazonaws.com/ [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1007)',
  ],
  'sts.identity-token-refused': [
    "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
  ],
  'jwt.algorithm-refused': [
    'java.lang.IllegalArgumentException: Failed to find any algorithms from the JWK set',
    'oidc: id token signed with unsupported algorithm, expected ["RS256"] got "ES384"',
  ],
  'jwt.audience-mismatch': [
    'OIDC readiness: oidc: verify token: oidc: expected audience "my-api" got []',
    'JwtInvalidAudienceError: Audience not allowed: other. Expected: my-api',
    "AADSTS700212: No matching federated identity record found for presented assertion audience 'my-api'.",
    'An error occurred while attempting to decode the Jwt: The aud claim is not valid',
    "Microsoft.IdentityModel.Tokens.SecurityTokenInvalidAudienceException: IDX10214: Audience validation failed. Audiences: 'x'.",
    'token has invalid claims: token has invalid audience',
  ],
  'jwt.expired': [
    'AADSTS700024: Client assertion is not within its valid time range.',
    'oidc: token is expired (Token Expiry: 2026-11-27 10:00:00 +0000 UTC)',
    'An error occurred while attempting to decode the Jwt: Jwt expired at 2026-11-27T10:00:00Z',
    'JwtExpiredError: Token expired at 2026-11-27T10:00:00.000Z',
    'token has invalid claims: token is expired',
  ],
  'jwt.issuer-mismatch': [
    "AADSTS700211: No matching federated identity record found for presented assertion issuer 'https://a1b2c3d4-0000-4000-8000-000000000001.tokens.sts.global.api.aws'. Please check your federated identity credential Subject, Audience and Issuer against the presented assertion.",
    "AADSTS70021: No matching federated identity record found for presented assertion. Assertion Issuer: 'https://x.tokens.sts.global.api.aws'. Assertion Subject: 'arn:aws:iam::123456789012:role/app'. Assertion Audience: 'api://AzureADTokenExchange'.",
    'oidc: id token issued by a different provider, expected "https://a" got "https://b"',
    'JwtInvalidIssuerError: Issuer not allowed: https://a. Expected: https://b',
  ],
  'jwt.key-unknown': [
    'com.nimbusds.jose.proc.BadJOSEException: Signed JWT rejected: Another algorithm expected, or no matching key(s) found',
    'error in secret or public key callback: The JWKS endpoint did not contain any signing keys',
    'com.auth0.jwk.SigningKeyNotFoundException: Failed to get key with kid RSA_0',
    'JWKSMultipleMatchingKeys: multiple matching keys found in the JSON Web Key Set',
    'KidNotFoundInJwksError: JWK for kid "RSA_0" not found in the JWKS',
    "Microsoft.IdentityModel.Tokens.SecurityTokenSignatureKeyNotFoundException: IDX10501: Signature validation failed. Unable to match key: kid: 'RSA_0'.",
  ],
  'jwt.not-a-jwt': ['JsonWebTokenError: jwt malformed'],
  'jwt.not-yet-valid': [
    'NotBeforeError: jwt not active',
    'com.nimbusds.jwt.proc.BadJWTException: JWT before use time',
  ],
  'jwt.signature-invalid': ['com.nimbusds.jose.proc.BadJWSException: Signed JWT rejected: Invalid signature'],
  'jwt.subject-mismatch': [
    "AADSTS700213: No matching federated identity record found for presented assertion subject 'arn:aws:iam::123456789012:role/app'.",
    'JsonWebTokenError: jwt subject invalid. expected: a',
  ],
  'issuer.unreachable': [
    'AADSTS501661: Request to External OIDC endpoint failed.',
    'AADSTS50166: Request to External OIDC endpoint failed.',
    'failed to verify signature: fetching keys oidc: get keys failed: 503 Service Unavailable',
  ],
  'mongo.atlas-auth-error': [
    'attach failed: {"name":"cluster0-shard-00-02-abcde.mongodb.net:27017","err":{"name":"MongoError","message":"bad auth Authentication failed.","ok":0,"errmsg":"bad auth Authentication failed.","code":8000,"codeName":"AtlasError"}}',
    '{"errmsg": "bad auth : Authentication failed.", "code": 8000, "codeName": "AtlasError"}',
    "com.mongodb.MongoSecurityException: Exception authenticating MongoCredential{mechanism=SCRAM-SHA-1, userName='app', source='admin', password=<hidden>, mechanismProperties=<hidden>}\nCaused by: com.mongodb.MongoCommandException: Command failed with error 8000 (AtlasError): 'bad auth : Authentication failed.' on server c0-shard-00-01.abcde.mongodb.net:27017.",
    "pymongo.errors.OperationFailure: an error nobody knows, full error: {'ok': 0, 'errmsg': 'an error nobody knows', 'code': 8000, 'codeName': 'AtlasError'}",
  ],
  'mongo.oidc-refused': [
    "com.mongodb.MongoSecurityException: Exception authenticating MongoCredential{mechanism=MONGODB-OIDC, userName='null', source='$external'}\nCaused by: com.mongodb.MongoCommandException: Command failed with error 18 (AuthenticationFailed): 'Authentication failed.' on server h:27017.",
    'MongoDB.Driver.MongoAuthenticationException: Unable to authenticate using sasl protocol mechanism MONGODB-OIDC.\n ---> MongoDB.Driver.MongoCommandException: Command saslStart failed: Authentication failed..',
    "pymongo.errors.OperationFailure: Authentication failed., full error: {'ok': 0.0, 'errmsg': 'Authentication failed.', 'code': 18, 'codeName': 'AuthenticationFailed'}",
  ],
  'mongo.aws-refused': [
    'MongoDB.Driver.MongoAuthenticationException: Unable to authenticate using sasl protocol mechanism MONGODB-AWS.\n ---> MongoDB.Driver.MongoCommandException: Command saslContinue failed: Authentication failed..',
    "com.mongodb.MongoSecurityException: Exception authenticating MongoCredential{mechanism=MONGODB-AWS, userName='null', source='$external', password=<hidden>, mechanismProperties=<hidden>}\nCaused by: com.mongodb.MongoCommandException: Command failed with error 18 (AuthenticationFailed): 'Authentication failed.' on server c0-shard-00-01.abcde.mongodb.net:27017.",
    'MongoServerError: Could not find user "arn:aws:sts::123456789012:assumed-role/eks-node/i-0abc" for db $external',
  ],
  'mongo.connect-timeout': [
    'System.TimeoutException: A timeout occurred after 30000ms selecting a server using CompositeServerSelector{ Selectors = MongoDB.Driver.MongoClient+AreSessionsSupportedServerSelector, LatencyLimitingServerSelector{ AllowedLatencyRange = 00:00:00.0150000 } }. Client view of cluster state is { ClusterId : "1", Type : "ReplicaSet", State : "Disconnected", Servers : [] }.',
    'com.mongodb.MongoTimeoutException: Timed out after 30000 ms while waiting to connect. Client view of cluster state is {type=UNKNOWN, servers=[{address=c0.abcde.mongodb.net:27017, type=UNKNOWN, state=CONNECTING}]',
    'Error: Server selection timeout: No available servers. Topology: { Type: ReplicaSetNoPrimary, Servers: [ { Address: c0-shard-00-01.abcde.mongodb.net:27017, Type: Unknown, Error: timed out } ] }',
    'MongoDB.Driver.MongoConnectionException: An exception occurred while opening a connection to the server.\n ---> System.TimeoutException: Timed out connecting to 10.0.0.5:27017. Timeout was 00:00:30.',
    'com.mongodb.MongoSocketOpenException: Exception opening socket\nCaused by: java.net.SocketTimeoutException: connect timed out',
    'com.mongodb.MongoSocketOpenException: Exception opening socket\n\tat com.mongodb.internal.connection.SocketStream.open(SocketStream.java:70)',
    "No suitable servers found (`serverSelectionTryOnce` set): [connection timeout calling hello on 'h:27017']",
  ],
  'mongo.dns-failed': [
    'java.net.UnknownHostException: c0-shard-00-01-abcde.mongodb.net\n\tat java.net.AbstractPlainSocketImpl.connect(AbstractPlainSocketImpl.java:184)',
    'pymongo.errors.ServerSelectionTimeoutError: cluster0.abcde.mongodb.net:27017: [Errno -5] No address associated with hostname, Timeout: 30s',
    'MongoDB.Driver.MongoConnectionException: An exception occurred while opening a connection to the server.\n ---> System.Net.Sockets.SocketException (00000005, 0xFFFDFFFF): Name or service not known',
    'MongoDB.Driver.MongoConnectionException: An exception occurred while opening a connection to the server.\n ---> System.Net.Sockets.SocketException (11001): No such host is known.',
    'com.mongodb.MongoSocketException: c0.example.com: Name or service not known\nCaused by: java.net.UnknownHostException: c0.example.com: Name or service not known',
    "Error: couldn't connect to server h:27017, connection attempt failed: HostNotFound: could not find address for h:27017: SocketException: Host not found (authoritative)",
    "No suitable servers found: `serverSelectionTimeoutMS` expired: [Failed to resolve 'c0.abcde.mongodb.net']",
    'Error: Kind: Server selection timeout: No available servers. Topology: { Type: Unknown, Servers: [ { Address: h:27017, Type: Unknown, Error: Kind: I/O error: failed to lookup address information: Name or service not known, labels: {} } ] }',
    'pymongo.errors.ServerSelectionTimeoutError: h:27017: [Errno -3] Temporary failure in name resolution, Timeout: 30s',
  ],
  'mongo.driver.aws-keys-in-uri': [
    'pymongo.errors.ConfigurationError: username without a password is not supported by MONGODB-AWS',
  ],
  'mongo.driver.environment-missing': [
    'pymongo.errors.ConfigurationError: authentication with MONGODB-OIDC requires providing either a callback or a environment',
  ],
  'mongo.driver.environment-unsupported': [
    'pymongo.errors.ConfigurationError: unrecognized ENVIRONMENT for MONGODB-OIDC: aws',
  ],
  'mongo.driver.load-balanced': [
    "MongoServerError: The server is being accessed through a load balancer, but this driver does not have load balancing enabled\n  code: 354, codeName: 'LoadBalancerSupportMismatch'",
    'MongoCompatibilityError: Driver attempted to initialize in load balancing mode, but the server does not support this mode.',
    'Command hello failed: The server is being accessed through a load balancer, but this driver does not have load balancing enabled (LoadBalancerSupportMismatch)',
  ],
  'mongo.driver.mongoose-selection': [
    "Could not connect to any servers in your MongoDB Atlas cluster. Make sure your current IP address is on your Atlas cluster's IP whitelist: https://www.mongodb.com/docs/atlas/security-whitelist/",
    'MongooseError: Operation `users.find()` buffering timed out after 10000ms',
  ],
  'mongo.driver.no-server-name': [
    "exception={com.mongodb.MongoCommandException: Command failed with error 8000 (AtlasError): 'no SNI name sent, make sure using a MongoDB 3.4+ driver/shell.' on server c-shard-00-01-abcde.gcp.mongodb.net.:27017.}",
  ],
  'mongo.driver.password-refused': [
    'Error { kind: AuthenticationError { message: "SCRAM failure: Authentication failed." }, labels: [] }',
    "com.mongodb.MongoSecurityException: Exception authenticating MongoCredential{mechanism=SCRAM-SHA-256, userName='app', source='admin'}\nCaused by: com.mongodb.MongoCommandException: Command failed with error 18 (AuthenticationFailed): 'Authentication failed.' on server h:27017.",
    'MongoDB.Driver.MongoAuthenticationException: Unable to authenticate using sasl protocol mechanism SCRAM-SHA-256.\n ---> MongoDB.Driver.MongoCommandException: Command saslContinue failed: Authentication failed..',
  ],
  'mongo.driver.private-endpoint': [
    'MongoServerSelectionError: getaddrinfo ENOTFOUND pl-0-eu-central-1.abcde.mongodb.net',
    'pymongo.errors.ServerSelectionTimeoutError: pl-0-eu-west-1.abcde.mongodb.net:1024: [Errno -2] Name or service not known, Timeout: 30s',
    'com.mongodb.MongoSocketException: pl-0-us-east-1.abcde.mongodb.net: Name or service not known\nCaused by: java.net.UnknownHostException: pl-0-us-east-1.abcde.mongodb.net',
    'server selection error: dial tcp: lookup pl-0-eu-west-1.abcde.mongodb.net on 10.0.0.2:53: no such host',
    'Error: querySrv ENOTFOUND _mongodb._tcp.cluster0-pl-0.abcde.mongodb.net',
  ],
  'mongo.driver.srv-foreign': [
    'FailedToParse: Hostname MongoDB-1.mongodb-headless.common.svc.cluster.local. is not within the domain common.svc.cluster.local',
    "com.mongodb.MongoConfigurationException: The SRV host name 'evil.example.net' resolved to a host 'x' that is not in a sub-domain of the SRV host.",
  ],
  'mongo.driver.srv-resolver': [
    'DnsClient.DnsResponseException: Query 25177 => _mongodb._tcp.cluster0.abcde.mongodb.net IN SRV on 10.0.0.2:53 timed out or is a transient error.\n ---> System.OperationCanceledException: The operation was canceled.',
    'error parsing uri: lookup cluster0.abcde.mongodb.net on 127.0.0.53:53: cannot unmarshal DNS message',
    'pymongo.errors.ConfigurationError: All nameservers failed to answer the query _mongodb._tcp.cluster0.abcde.mongodb.net. IN SRV: Server 10.0.0.2 UDP port 53 answered SERVFAIL',
  ],
  'mongo.driver.token-file-not-found': [
    "Error: ENOENT: no such file or directory, open '/run/secrets/atlas/token'\n    at async open (node:internal/fs/promises:637:25)\n    at async readFile (node:internal/fs/promises:1249:14)\n    at async k8sCallback (/srv/app/node_modules/mongodb/lib/cmap/auth/mongodb_oidc/k8s_machine_workflow.js:28:19) {\n  errno: -2,\n  code: 'ENOENT',\n  path: '/run/secrets/atlas/token'\n}",
    "MongoAWSError: OIDC_TOKEN_FILE must be set in the environment.\n    at tokenMachineCallback (/srv/app/node_modules/mongodb/lib/cmap/auth/mongodb_oidc/token_machine_workflow.js:17:15) {\n  errorLabelSet: Set(2) { 'HandshakeError', 'ResetPool' }\n}",
    '  File "/usr/lib/python3/site-packages/pymongo/auth_oidc_shared.py", line 120, in fetch\n    with open(token_file) as fid:\nFileNotFoundError: [Errno 2] No such file or directory: \'/run/secrets/token\'',
    'RuntimeError: MONGODB-OIDC with an "test" provider requires "OIDC_TOKEN_FILE" to be set',
    'com.mongodb.MongoClientException: Could not read file specified by environment variable: AZURE_FEDERATED_TOKEN_FILE at path: /token',
  ],
  'mongo.hello-timeout': [
    "No suitable servers found: `serverSelectionTimeoutMS` expired: [socket timeout calling hello on 'h:27017']",
  ],
  'mongo.mechanism-unavailable': [
    'MongoServerError: Received authentication for mechanism SCRAM-SHA-256 which is unknown or not enabled',
    "MongoServerError: Unsupported mechanism 'SCRAM-SHA-1'",
  ],
  'mongo.port-closed': [
    'A timeout occured after 30000ms selecting a server using CompositeServerSelector{ ... } HeartbeatException: "MongoDB.Driver.MongoConnectionException: An exception occurred while opening a connection to the server. ---> System.Net.Sockets.SocketException: No connection could be made because the target machine actively refused it 127.0.0.1:27017',
    'com.mongodb.MongoSocketOpenException: Exception opening socket\n\tat com.mongodb.internal.connection.SocketStream.open(SocketStream.java:70)\nCaused by: java.net.ConnectException: Connection refused (Connection refused)',
    "MongoDB\\Driver\\Exception\\ConnectionTimeoutException: No suitable servers found (`serverSelectionTryOnce` set): [connection refused calling ismaster on 'localhost:27017']",
    'MongoDB.Driver.MongoConnectionException: An exception occurred while opening a connection to the server.\n ---> System.Net.Sockets.SocketException (111): Connection refused 127.0.0.1:27017',
    '{address=h:27017, type=UNKNOWN, state=CONNECTING, exception={com.mongodb.MongoSocketOpenException: Exception opening socket}, caused by {java.net.ConnectException: Connection refused}}',
    "Error: couldn't connect to server h:27017, connection attempt failed: SocketException: Error connecting to h:27017 (10.0.0.5:27017) :: caused by :: Connection refused :",
    'Error: Kind: Server selection timeout: No available servers. Topology: { Type: Unknown, Servers: [ { Address: localhost:27017, Type: Unknown, Error: Kind: I/O error: Connection refused (os error 111), labels: {} } ] }',
    'MongoDB ConnectionException: Could not connect to h:27017\n- SocketException: Connection refused (OS Error: Connection refused, errno = 111), address = h, port = 27017',
  ],
  'mongo.server.sts-refused': [
    "MongoServerError: bad auth : aws sts call has response 403\n  code: 8000,\n  codeName: 'AtlasError'",
  ],
  'mongo.srv-failed': [
    "com.mongodb.MongoConfigurationException: Failed looking up SRV record for '_mongodb._tcp.cluster0.abcde.mongodb.net'.\nCaused by: javax.naming.NameNotFoundException: DNS name not found [response code 3]",
    '[ERROR] Message    : com.mongodb.MongoConfigurationException: Failed looking up TXT record for host cluster0.abcde.mongodb.net',
    'MongoDB\\Driver\\Exception\\InvalidArgumentException: Failed to parse URI options: Failed to look up SRV record "_mongodb._tcp.storage.abcde.mongodb.net": A temporary error occurred on an authoritative name server. Try again later.',
    "com.mongodb.MongoConfigurationException: A TXT record is only permitted to contain the keys [authsource, replicaset], but the TXT record for 'example.mongodb.net' contains the keys [loadbalanced, authsource]",
    'com.mongodb.MongoConfigurationException: Unable to look up TXT record for host cluster0.abcde.mongodb.net',
  ],
  'mongo.tls-expired': [
    'MongoDB.Driver.MongoConnectionException: An exception occurred while opening a connection to the server.\n ---> System.Security.Authentication.AuthenticationException: The remote certificate is invalid because of errors in the certificate chain: NotTimeValid',
    "Error: couldn't connect to server h:27017, connection attempt failed: SSLHandshakeFailed: SSL peer certificate validation failed: certificate has expired",
    'pymongo.errors.ServerSelectionTimeoutError: h:27017: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1007)',
  ],
  'mongo.tls-failed': [
    'System.TimeoutException: A timeout occured after 30000ms selecting a server using CompositeServerSelector{...}. HeartbeatException: "MongoDB.Driver.MongoConnectionException: An exception occurred while opening a connection to the server.\n ---> System.IO.IOException: Authentication failed because the remote party has closed the transport stream.',
    'MongoDB.Driver.MongoConnectionException: An exception occurred while opening a connection to the server.\n ---> System.IO.IOException: Received an unexpected EOF or 0 bytes from the transport stream.',
    'com.mongodb.MongoSocketWriteException: Exception sending message\nCaused by: javax.net.ssl.SSLHandshakeException: Remote host terminated the handshake',
    "No suitable servers found (`serverSelectionTryOnce` set): [TLS handshake failed: certificate verify failed calling hello on 'h:27017']",
  ],
  'mongo.tls-name-mismatch': [
    '|_/ Connection error (MongoSocketWriteException): Exception sending message\n|____/ SSL error: No subject alternative names present\n|_______/ Certificate error: No subject alternative names present',
    'caused by {javax.net.ssl.SSLHandshakeException: java.security.cert.CertificateException: No subject alternative names matching IP address 203.0.113.7 found}',
    'HeartbeatException: "MongoDB.Driver.MongoConnectionException: An exception occurred while opening a connection to the server.\n ---> System.Security.Authentication.AuthenticationException: The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch',
    'javax.net.ssl.SSLHandshakeException: No subject alternative DNS name matching c0.example.com found.',
  ],
  'mongo.tls-refused': [
    'MongoDB ConnectionException: Could not connect to c0-shard-00-00.abcde.mongodb.net:27017\n- HandshakeException: Handshake error in client (OS Error:\n\tTLSV1_ALERT_INTERNAL_ERROR(tls_record.cc:592))',
    "System.TimeoutException: A timeout occurred after 30000ms selecting a server using CompositeServerSelector{ Selectors = ReadPreferenceServerSelector }. HeartbeatException: \"MongoDB.Driver.MongoConnectionException: An exception occurred while opening a connection to the server.\n ---> System.Security.Authentication.AuthenticationException: Authentication failed because the remote party sent a TLS alert: 'InternalError'.",
    "MongoDB.Driver.MongoConnectionException: An exception occurred while opening a connection to the server.\n ---> System.Security.Authentication.AuthenticationException: Authentication failed because the remote party sent a TLS alert: 'HandshakeFailure'.",
    'com.mongodb.MongoSocketWriteException: Exception sending message\nCaused by: javax.net.ssl.SSLHandshakeException: Received fatal alert: handshake_failure',
  ],
  'mongo.tls-untrusted': [
    'MongoDB\\Driver\\Manager::selectServer(): SSL operation failed with code 1. OpenSSL Error messages: error:14090086:SSL routines:SSL3_GET_SERVER_CERTIFICATE:certificate verify failed',
    'HeartbeatException: "MongoDB.Driver.MongoConnectionException: An exception occurred while opening a connection to the server.  ---> System.Security.Authentication.AuthenticationException: The remote certificate is invalid because of errors in the certificate chain: PartialChain',
    "Error: couldn't connect to server c0.abcde.mongodb.net:27017, connection attempt failed: SSLHandshakeFailed: SSL peer certificate validation failed: Certificate trust failure: CSSMERR_TP_NOT_TRUSTED; connection rejected",
    "MongoServerSelectionError: self-signed certificate\n  [cause]: Error: self-signed certificate { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }",
    'MongoDB.Driver.MongoConnectionException: An exception occurred while opening a connection to the server.\n ---> System.Security.Authentication.AuthenticationException: The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot',
    'com.mongodb.MongoSocketWriteException: Exception sending message\nCaused by: javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target',
    'Error: Kind: Server selection timeout: No available servers. Topology: { Type: Unknown, Servers: [ { Address: h:27017, Type: Unknown, Error: Kind: I/O error: invalid peer certificate: UnknownIssuer, labels: {} } ] }',
    'pymongo.errors.ServerSelectionTimeoutError: h:27017: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self signed certificate (_ssl.c:1007)',
  ],
  'mongo.unauthorized': [
    "MongoServerError: user is not allowed to do action [find] on [app.orders]\n  code: 8000,\n  codeName: 'AtlasError'",
  ],
  'mongo.uri-invalid': [
    'MongoParseError: Unescaped slash in userinfo section',
    'error parsing uri: must have a / before the query ?',
    'pymongo.errors.InvalidURI: Username and password must be escaped according to RFC 3986, use urllib.parse.quote_plus',
    'MongoParseError: option db is not supported',
    'Uncaught MongoDB\\Driver\\Exception\\InvalidArgumentException: Failed to parse MongoDB URI: \'mongodb://c0.abcde.mongodb.net:27017/?x=1"\'. Unsupported value for "serverSelectionTimeoutMS": "15000"".',
    "java.lang.IllegalArgumentException: The connection string is invalid. Connection strings must start with either 'mongodb://' or 'mongodb+srv://",
    'MongoParseError: Cannot have undefined values in key value pairs',
    'MongoParseError: options usenewurlparse, db are not supported',
    'MongoParseError: something that nobody has seen yet',
    'error parsing uri: unescaped slash in password',
    'error parsing uri: something that nobody has seen yet',
    "pymongo.errors.InvalidURI: Reserved characters such as ':' must be escaped according RFC 2396. An IPv6 address literal must be enclosed in '[' and ']' according to RFC 2732.",
    'java.lang.IllegalArgumentException: The connection string contains invalid user information. If the username or password contains a colon (:) or an at-sign (@) then it must be urlencoded',
    "MongoDB.Driver.MongoConfigurationException: The connection string 'mongodb://h:27017/?x' is not valid.",
  ],
  'atlas.api-access-list': [
    'HTTP 403 Forbidden (Error code: "RESOURCE_REQUIRES_ACCESS_LIST") Detail: This resource requires access through an access list of ip ranges. Reason: Forbidden.',
    'HTTP 403 Forbidden (Error code: "ORG_REQUIRES_ACCESS_LIST") Detail: This organization requires access through an access list of ip ranges. Reason: Forbidden.',
  ],
  'atlas.credentials-refused': ['MongoDB Atlas: 401 You are not authorized for this resource'],
  'atlas.not-found': [
    'https://cloud.mongodb.com/api/atlas/v2/groups/x/clusters GET: HTTP 404 Not Found (Error code: "GROUP_NOT_FOUND") Detail: No group with ID x exists. Reason: Not Found.',
  ],
  'atlas.request-refused': [
    'HTTP 400 Bad Request (Error code: "PATH_PARAM_PARSE_ERROR") Detail: One or more path parameter in the request URI is malformed. Reason: Bad Request.',
    'HTTP 400 Bad Request (Error code: "INVALID_ATTRIBUTE") Detail: Invalid attribute diskSizeGB specified. Reason: Bad Request.',
  ],
  'atlas.role-missing': [
    'Error: https://cloud.mongodb.com/api/atlas/v2/groups/1 GET: HTTP 401 Unauthorized (Error code: "USER_UNAUTHORIZED") Detail: Current user is not authorized to perform this action. Reason: Unauthorized.',
  ],
};

/** Lines of other programs, in which nothing is known. */
const OTHERS: readonly string[] = [
  'nginx: client connection 17 to 10.1.2.3:443 closed after idle timeout',
  'postgres: connection 5 to db closed',
  "Error: ENOENT: no such file or directory, open '/srv/app/config.json'",
  'nginx: client connection 17 to 10.1.2.3:443 closed after idle timeout',
  'postgres: connection 5 to db closed',
  'postgres: connection closed',
  'redis: Connection to 10.0.0.5:6379 closed',
  'haproxy: backend app: connection 4 to 10.0.0.9 timed out',
  'sshd[811]: Connection closed by 10.1.2.3 port 22 [preauth]',
  'sshd[811]: Failed password for invalid user admin from 10.1.2.3 port 22 ssh2',
  'sshd: Authentication failed.',
  "fatal: Authentication failed for 'https://github.com/a/b.git/'",
  'dovecot: imap-login: Disconnected: Authentication failed (auth failed, 1 attempts)',
  'postgres: FATAL: password authentication failed for user "app"',
  'redis: WRONGPASS invalid username-password pair or user is disabled.',
  "mysql: Access denied for user 'app'@'10.0.0.1' (using password: YES)",
  'nginx: 2026/11/27 10:00:00 [error] 7#7: *1 upstream timed out (110: Connection timed out) while reading response header from upstream',
  'nginx: [error] connect() failed (111: Connection refused) while connecting to upstream',
  '10.0.0.1 - - [27/Nov/2026:10:00:00 +0000] "GET /index.html HTTP/1.1" 404 153 "-" "curl/8.0"',
  '10.0.0.1 - - [27/Nov/2026:10:00:00 +0000] "GET /index.html HTTP/1.1" 200 8000 "-" "curl/8.0"',
  'systemd[1]: app.service: Main process exited, code=exited, status=1/FAILURE',
  'kubelet: Back-off restarting failed container',
  'kafka: Connection to node 1 (broker/10.0.0.1:9092) terminated during authentication.',
  'kafka: [Producer clientId=p] Bootstrap broker k:9092 (id: -1 rack: null) disconnected',
  'docker: Error response from daemon: pull access denied for foo',
  "git: 'comit' is not a git command. See 'git --help'. did you mean \"commit\"?",
  'rabbitmq: closing AMQP connection <0.1.0> (10.0.0.1:1 -> 10.0.0.2:5672): missed heartbeats from client',
  'pgbouncer: closing because: client close request (age=17s)',
  'elasticsearch: [ERROR] all shards failed',
  'PHP Warning: Undefined variable $x in /srv/app.php on line 3',
  'listening on port 8000',
  'Server started, code: 8000',
  'exit code: 8000',
  'node:internal/process/promises:288 triggerUncaughtException(err, true /* fromPromise */);',
  'Kernel: Out of memory: Killed process 123 (node)',
  'INFO connected to database in 35 ms',
  '2026-11-27 INFO Token refreshed, valid until 12:00',
  'java.lang.NullPointerException: Cannot invoke "String.length()" because "s" is null',
  'ERROR: relation "users" does not exist',
  'redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused.',
  "urllib3.exceptions.ProtocolError: ('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
  'curl: (28) Operation timed out after 30000 milliseconds',
  'psql: error: connection to server at "10.0.0.1", port 5432 failed: Connection refused',
  'haproxy[1]: Server app/s1 is DOWN, reason: Layer4 connection problem, info: "Connection refused"',
  'envoy: upstream connect error or disconnect/reset before headers. reset reason: connection failure',
  'amqp: connection 3 to rabbit closed unexpectedly',
  "mysql: Aborted connection 12 to db: 'app' user: 'x' host: '10.0.0.1' (Got timeout reading communication packets)",
  'smtp: connection 9 to mx.example.com timed out',
  'ldap: connection 7 to ldap.example.com closed',
  'java.sql.SQLException: Connection to db closed',
  'com.zaxxer.hikari.pool.HikariPool - Connection is not available, request timed out after 30000ms.',
  '[Errno 104] Connection reset by peer',
  'openvpn: TLS Error: TLS handshake failed',
  'openvpn: AUTH: Received control message: AUTH_FAILED',
  'samba: Authentication failed. User unknown',
  'cron: (root) CMD (test -x /usr/sbin/anacron)',
  'postfix/smtpd: warning: SASL LOGIN authentication failed: UGFzc3dvcmQ6',
  'redis.exceptions.ConnectionError: Error -2 connecting to redis:6379. Name or service not known.',
  'psycopg2.OperationalError: could not translate host name "db" to address: Name or service not known',
];

function codesIn(text: string): readonly ExplainedCode[] {
  return matches(PATTERNS, pasted(text), 5).map(({ code }) => code);
}

describe.each(Object.entries(TEXTS))('%s comes first for', (code, texts) => {
  test.each(texts)('%s', (text) => {
    expect(codesIn(`${text}\n`)[0]).toBe(code);
  });
});

describe('other programs', () => {
  test.each(OTHERS)('%s', (text) => {
    expect(codesIn(`${text}\n`)).toEqual([]);
  });
});

describe('a placeholder', () => {
  const page = { code: 'mongo.hello-failed', alsoShows: {} } as const;
  const found = (shown: string, text: string) =>
    matches(patternsOf([{ ...page, shows: { driver: [shown] } }]), pasted(text), 5).length === 1;

  test.each<[string, string, string, boolean]>([
    [
      'a value',
      'connection <id> to <host> closed',
      'connection <monitor> to a.example.com:27017 closed',
      true,
    ],
    [
      'a value in a message that was wrapped',
      'connection <id> to <host> closed',
      'connection 3\n  to h\n  closed',
      true,
    ],
    [
      'not the next sentence',
      'connection <id> to <host> closed',
      'connection 3 to h failed. The file was closed',
      false,
    ],
    [
      'an ellipsis, a stack trace',
      'MongoDB.Driver … Connection refused',
      `MongoDB.Driver.X: no. Why?\n${'  at a.b()\n'.repeat(100)}Connection refused`,
      true,
    ],
    [
      'an ellipsis, but not a whole log',
      'MongoDB.Driver … Connection refused',
      `MongoDB.Driver.X\n${'  at a.b()\n'.repeat(300)}Connection refused`,
      false,
    ],
    [
      'what speaks comes first',
      'MongoDB.Driver … Connection refused',
      'Connection refused by MongoDB.Driver',
      false,
    ],
  ])('stands for %s', (_what, shown, text, expected) => {
    expect(found(shown, text)).toBe(expected);
  });
});
