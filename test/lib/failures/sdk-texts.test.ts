import { describe, expect, test } from 'vitest';
import { matches, patternsOf } from '../../../src/lib/failures/match.ts';
import type { ExplainedCode } from '../../../src/lib/failures/page.ts';
import { CODES, pageOf } from '../../../src/lib/failures/pages.ts';
import { pasted } from '../../../src/lib/failures/pasted.ts';

const PATTERNS = patternsOf(CODES.map(pageOf));

/** The code that a text is explained by first. */
function explained(text: string): ExplainedCode | null {
  return matches(PATTERNS, pasted(text), 5)[0]?.code ?? null;
}

/** What users paste, as the clients of AWS print it. */
const TEXTS: Readonly<Partial<Record<ExplainedCode, readonly string[]>>> = {
  'aws.credentials-missing': [
    'botocore.exceptions.NoCredentialsError: Unable to locate credentials',
    'Unable to locate credentials. You can configure credentials by running "aws login".',
    'NoCredentialProviders: no valid providers in chain. Deprecated.\n\tFor verbose messaging see aws.Config.CredentialsChainVerboseErrors',
    'operation error S3: ListBuckets, get identity: get credentials: failed to refresh cached credentials, static credentials are empty',
    'software.amazon.awssdk.core.exception.SdkClientException: Unable to load credentials from any of the providers in the chain AwsCredentialsProviderChain(credentialsProviders=[SystemPropertyCredentialsProvider(), …])',
    'com.amazonaws.SdkClientException: Unable to load AWS credentials from any provider in the chain: [EnvironmentVariableCredentialsProvider: Unable to load AWS credentials from environment variables]',
    'Aws::Errors::MissingCredentialsError: unable to sign request without credentials set',
    'Aws::Sigv4::Errors::MissingCredentialsError (missing credentials, provide credentials with one of the following options:)',
    'Amazon.Runtime.AmazonServiceException: Unable to find credentials\nException 1 of 4:',
    'Amazon.Runtime.AmazonClientException: Failed to resolve AWS credentials. The credential providers used to search for credentials returned the following errors:',
    'Get-S3Bucket : No credentials specified or obtained from persisted/shell defaults.',
    'Aws\\Exception\\CredentialsException: Cannot read credentials from /root/.aws/credentials',
    'DispatchFailure(ConnectorError { source: CredentialsNotLoaded(CredentialsNotLoaded { source: Some("no providers in chain provided credentials") }) })',
    'Error: No valid credential sources found\n\n  with provider["registry.terraform.io/hashicorp/aws"],\n  on main.tf line 1',
    'error configuring S3 Backend: no valid credential sources for S3 Backend found.',
    'CredentialsError: Missing credentials in config, if using AWS_CONFIG_FILE, set AWS_SDK_LOAD_CONFIG=1',
  ],
  'aws.credentials-half-set': [
    'botocore.exceptions.PartialCredentialsError: Partial credentials found in shared-credentials-file, missing: aws_secret_access_key',
    'Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY',
  ],
  'aws.region-missing': [
    'botocore.exceptions.NoRegionError: You must specify a region.',
    'operation error STS: GetCallerIdentity, failed to resolve service endpoint, an AWS region is required, but was not found',
    'operation error STS: GetWebIdentityToken, resolve auth scheme: resolve endpoint: endpoint rule error, Invalid Configuration: Missing Region',
    'MissingRegion: could not find region configuration',
    'Unable to load region from any of the providers in the chain software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain@1a',
    'com.amazonaws.SdkClientException: Unable to find a region via the region provider chain. Must provide an explicit region in the builder or setup environment to supply a region.',
    "Aws::Errors::MissingRegionError: No region was provided. Configure the `:region` option or export the region name to ENV['AWS_REGION']",
    "missing region; use :region option or export region name to ENV['AWS_REGION'] (ArgumentError)",
    'Amazon.Runtime.AmazonClientException: No RegionEndpoint or ServiceURL configured',
    'No region specified or obtained from persisted/shell defaults.',
    'Missing required client configuration options: region: (string) A "region" configuration value is required for the "sts" service',
    'ResolveEndpointError { message: "Invalid Configuration: Missing Region", source: None }',
    'ConfigError: Missing region in config',
    'The "region" attribute or the "AWS_REGION" or "AWS_DEFAULT_REGION" environment variables must be set.',
  ],
  'aws.region-invalid': ['Error: invalid AWS Region: eu-west-1a'],
  'aws.profile-unknown': [
    'botocore.exceptions.ProfileNotFound: The config profile (foo) could not be found',
    'CredentialsProviderError: Profile foo could not be found or parsed in shared credentials file.',
    'CredentialsProviderError: Could not resolve credentials using profile: [foo] in configuration/credentials file(s).',
    'CredentialsProviderError: Profile foo could not be found in shared credentials file.',
    'failed to get shared config profile, foo',
    'Error: configuring Terraform AWS Provider: loading configuration: failed to get shared config profile, foo',
    "java.lang.IllegalArgumentException: No AWS profile named 'foo'",
    "Profile file contained no credentials for profile 'foo': ProfileFile(sections=[])",
    "Aws::Errors::NoSuchProfileError: Profile `foo' not found in /root/.aws/credentials",
    "Unable to find the 'foo' profile in CredentialProfileStoreChain.",
    "Aws\\Exception\\CredentialsException: 'foo' not found in credentials file",
    'ProviderError(ProviderError { source: MissingProfile { profile: "foo", message: "profile `foo` was not defined" } })',
  ],
  'aws.profile-failed': [
    'botocore.exceptions.PartialCredentialsError: Partial credentials found in assume-role, missing: source_profile or credential_source',
    "Infinite loop in credential configuration detected. Attempting to load from profile a which has already been visited. Visited profiles: ['a']",
    'botocore.exceptions.ConfigParseError: Unable to parse config file: /home/ci/.aws/config',
    'The source_profile "base" referenced in the profile "app" does not exist',
    'failed to load assume role arn:aws:iam::123456789012:role/app, of profile users, <nil>',
    'profile "piyo" is configured to use SSO but is missing required configuration: sso_region, sso_start_url',
    'ProcessProviderExecutionError: error in credential_process\ncaused by: exit status 1',
    'CredentialsProviderError: Detected a cycle attempting to resolve credentials for profile a. Profiles visited: a, b',
    'Aws::Errors::NoSourceProfileError: Profile app has a role_arn, and source_profile, but the source_profile does not have credentials',
  ],
  'aws.sso-login-needed': [
    "Error when retrieving credentials from Login: Your session has expired. Please reauthenticate using 'aws login'.",
    'Error when retrieving token from sso: Token has expired and refresh failed',
    'Error loading SSO Token: Token for corp does not exist',
    'The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run aws sso login with the corresponding profile.',
    "Token is expired. To refresh this SSO session run 'aws sso login' with the corresponding profile.",
    'The SSO session associated with this profile is invalid. To refresh this SSO session run aws sso login with the corresponding profile.',
    'failed to refresh cached credentials, the SSO session has expired or is invalid: access token is expired',
    'failed to refresh cached credentials, refresh cached SSO token failed, unable to refresh SSO token, operation error SSO OIDC: CreateToken',
    'SSOProviderInvalidToken: the SSO session has expired or is invalid',
    'Aws::Errors::InvalidSSOCredentials: Cached SSO Token is expired.',
    'Amazon.Runtime.AmazonClientException: No valid SSO Token could be found.',
    'Failed to refresh token: InvalidGrantException. Please re-authenticate using aws login',
  ],
  'aws.mfa-needed': [
    'AssumeRoleTokenProviderNotSetError: assume role with MFA enabled, but AssumeRoleTokenProvider session option not set.',
  ],
  'aws.credentials-expired': [
    'RuntimeError: Credentials were refreshed, but the refreshed credentials are still expired.',
  ],
  'aws.plaintext-refused': [
    "ValueError: Unsupported host '10.0.0.7'.  Can only retrieve metadata from a loopback address or one of these hosts: 169.254.170.2, 169.254.170.23, fd00:ec2::23, localhost",
    'CredentialsProviderError: 10.0.0.7 is not a valid container metadata service hostname',
    'invalid endpoint host, "10.0.0.7", only loopback/ecs/eks hosts are allowed',
    'The full URI (http://10.0.0.7/x) contained within environment variable AWS_CONTAINER_CREDENTIALS_FULL_URI has an invalid host. Host should resolve to a loopback address or have the full URI be HTTPS.',
  ],
  'aws.container-failed': [
    'Error when retrieving credentials from container-role: Error retrieving metadata: Received non 200 response 500 from container metadata: boom',
    'CredentialsEndpointError: failed to load credentials\ncaused by: RequestError: send request failed',
    'CredentialsProviderError: connect ECONNREFUSED 169.254.170.23:80',
    'Get "http://169.254.170.2/v2/credentials/x": dial tcp 169.254.170.2:80: connect: connection refused',
    'Aws::ECSCredentials: Error retrieving ECS Credentials: Connection refused',
  ],
  'aws.sdk.metadata-timeout': [
    'failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata, request canceled, context deadline exceeded',
    'EC2RoleRequestError: no EC2 instance role found\ncaused by: EC2MetadataError: failed to make EC2Metadata request',
    'com.amazonaws.SdkClientException: Failed to connect to service endpoint: ',
    'Unable to contact EC2 metadata service.',
    'Unable to get IAM security credentials from EC2 Instance Metadata Service.',
    'Error retrieving credentials from the instance profile metadata service. (cURL error 28: Connection timed out)',
    'ProviderError: TimeoutError from instance metadata service',
    'failed to load IMDS session token: dispatch failure: timeout',
    'Error when retrieving credentials from iam-role: Credential refresh failed, response did not contain: access_key',
  ],
  'aws.unreachable': [
    'botocore.exceptions.ProxyConnectionError: Failed to connect to proxy URL: "http://proxy.example.com:3128"',
    'operation error STS: GetCallerIdentity, https response error StatusCode: 0, RequestID: , request send failed, Post "https://sts.eu-west-1a.amazonaws.com/": dial tcp: lookup sts.eu-west-1a.amazonaws.com: no such host',
    'Post "https://sts.eu-west-9.amazonaws.com/": dial tcp: lookup sts.eu-west-9.amazonaws.com on 10.0.0.2:53: no such host',
    'Received an UnknownHostException when attempting to interact with a service. java.net.UnknownHostException: sts.eu-west-9.amazonaws.com',
  ],
  'sts.payload-too-large': ['JWT payload exceeds maximum allowed size'],
  'iam.already-disabled': ['Outbound identity federation is already disabled for account 123456789012'],
  'aws.not-subscribed': ['OptInRequired: The AWS Access Key Id needs a subscription for the service'],
  'aws.signature-missing': [
    'MissingAuthenticationToken: Request is missing Authentication Token',
    '{"message":"Missing Authentication Token"}',
  ],
  'aws.action-unknown': [
    'An error occurred (InvalidAction) when calling the GetOutboundWebIdentityFederationInfo operation: Could not find operation GetOutboundWebIdentityFederationInfo for version 2010-05-08',
  ],
  'aws.region-global': [
    'An error occurred (InvalidAction) when calling the GetWebIdentityToken operation: Could not find operation GetWebIdentityToken for version 2011-06-15',
  ],
  'aws.endpoint-region-mismatch': [
    "An error occurred (SignatureDoesNotMatch) when calling the AssumeRole operation: Credential should be scoped to a valid region, not 'us-east-2'.",
    "AuthorizationHeaderMalformed: The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
  ],
  'aws.cli.parameter-fetched': [
    'Error parsing parameter \'--audience\': Unable to retrieve https://api.example.com/v1: Could not connect to the endpoint URL: "https://api.example.com/v1"',
    "aws: error: Error parsing parameter '--audience': Unable to retrieve https://issuer.example: received non 200 status code of 404",
  ],
};

describe('what the clients of AWS print', () => {
  test.each(Object.entries(TEXTS).flatMap(([code, texts]) => texts.map((text) => [text, code] as const)))(
    '%s',
    (text, code) => {
      expect(explained(text)).toBe(code);
    },
  );
});

test.each([
  'INFO botocore.credentials: Found credentials in environment variables.',
  'INFO botocore.credentials: Found credentials in shared credentials file: ~/.aws/credentials',
  'DEBUG Using profile default in region eu-west-1',
  '2026-11-28T15:00:00Z info token refreshed, expires in 300 s',
  'Loading cached SSO token for corp',
  'GET /latest/meta-data/iam/security-credentials/ 200 12ms',
  'Attempting to automatically open the SSO authorization page in your default browser.',
  'Successfully logged into Start URL: https://corp.awsapps.com/start',
  'time="2026-11-28" level=info msg="assumed role arn:aws:iam::123456789012:role/app"',
  'user profile 42 was not found in the cache, loading it from the database',
  'Server listening on 127.0.0.1:8080, region eu-west-1, endpoint https://sts.eu-west-1.amazonaws.com',
  'retrying in 5s: upstream connect error',
  'the argument parser finished; 0 errors',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.23/v1/credentials',
])('an ordinary line matches nothing: %s', (line) => {
  expect(explained(line)).toBeNull();
});
