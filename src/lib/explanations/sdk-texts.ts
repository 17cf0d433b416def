import type { Texts } from './explanation.ts';

/**
 * What the clients of AWS print when they find no credentials, no Region, no profile or no login, by kind: the same
 * fault has another sentence in each language. Texts of the sources of the SDKs, and of issues where users pasted them.
 */
export const NO_CREDENTIALS: Texts = {
  'AWS SDK for JavaScript, Node.js driver': [
    'Could not load credentials from any providers',
    'Missing credentials in config',
    'CredentialsProviderError: Credential is missing',
    'Resolved credential object is not valid',
    'Unable to find environment variable credentials',
    'The container metadata credential provider cannot be used unless',
  ],
  'boto3, AWS CLI': 'Unable to locate credentials',
  'AWS SDK for Java': [
    'Unable to load credentials from any of the providers in the chain',
    'Unable to load AWS credentials from any provider in the chain',
    'Unable to load credentials from system settings. Access key must be specified',
    'Cannot load credentials from container - neither',
  ],
  'AWS SDK for Go': [
    'NoCredentialProviders: no valid providers in chain',
    'no valid providers in chain',
    'static credentials are empty',
  ],
  'AWS SDK for Ruby': [
    'unable to sign request without credentials set',
    'Aws::Errors::MissingCredentialsError',
    'missing credentials, provide credentials with one of the following options',
  ],
  'AWS SDK for .NET, PowerShell': [
    'AmazonServiceException: Unable to find credentials',
    'Unable to find credentials. Exception 1 of',
    'Failed to resolve AWS credentials',
    'Failed to find AWS Credentials for constructing AWS service client',
    'No credentials specified or obtained from persisted/shell defaults',
  ],
  'AWS SDK for PHP': [
    'Could not find environment variable credentials in AWS_ACCESS_KEY_ID',
    'Cannot read credentials from <file>/.aws/',
  ],
  'AWS SDK for Rust': [
    'no providers in chain provided credentials',
    'the credential provider was not enabled',
    'CredentialsNotLoaded',
  ],
  Terraform: ['No valid credential sources found', 'no valid credential sources for'],
};

export const NO_REGION: Texts = {
  'AWS SDK for JavaScript': ['Region is missing', 'Missing region in config'],
  'AWS CLI, boto3': 'You must specify a region',
  'AWS SDKs': 'Invalid Configuration: Missing Region',
  'AWS SDK for Go': [
    'an AWS region is required, but was not found',
    'MissingRegion: could not find region configuration',
    'could not find region configuration',
  ],
  'AWS SDK for Java': [
    'Unable to load region from any of the providers in the chain',
    'Unable to find a region via the region provider chain',
    'Unable to load region from system settings. Region must be specified',
  ],
  'AWS SDK for Ruby': [
    'Aws::Errors::MissingRegionError',
    'missing region; use :region option or export region name',
    'No region was provided. Configure the',
  ],
  'AWS SDK for .NET, PowerShell': [
    'No RegionEndpoint or ServiceURL configured',
    'No region specified or obtained from persisted/shell defaults',
    'environment variable AWS_REGION was not set',
    'did not contain region information',
  ],
  'AWS SDK for PHP': 'A "region" configuration value is required for the',
  'AWS SDK for Rust': 'A region must be set when sending requests',
  Terraform: [
    'The "region" attribute or the "AWS_REGION" or "AWS_DEFAULT_REGION" environment variables must be set',
    '"region": required field is not set',
    'The argument "region" is required, but',
  ],
};

export const UNKNOWN_PROFILE: Texts = {
  'AWS CLI, boto3': 'The config profile (<profile>) could not be found',
  'AWS SDK for JavaScript': [
    'Could not resolve credentials using profile: [<profile>] in configuration/credentials file(s)',
    'could not be found or parsed in shared credentials file',
    'could not be found in shared credentials file',
    'CredentialsProviderError: Profile <profile> was not found',
  ],
  'AWS SDK for Go, Terraform': [
    'failed to get shared config profile',
    'SharedConfigProfileNotExist',
    'SharedConfigProfileNotExistsError',
    'SharedCredsLoad: failed to get profile',
  ],
  'AWS SDK for Java': ['No AWS profile named', 'Profile file contained no credentials for profile'],
  'AWS SDK for Ruby': [
    'Aws::Errors::NoSuchProfileError',
    "Profile '<profile>' not found in <directory>/.aws/<file>",
  ],
  'AWS SDK for .NET, PowerShell': [
    "Unable to find the '<profile>' profile in CredentialProfileStoreChain",
    'Unable to find the "<profile>" profile',
  ],
  'AWS SDK for PHP': ["'<profile>' not found in credentials file", "'<profile>' not found in config file"],
  'AWS SDK for Rust': "profile '<profile>' was not defined",
};

export const EXPIRED_LOGIN: Texts = {
  'AWS SDK for JavaScript': [
    'The SSO session associated with this profile has expired',
    'The SSO session associated with this profile is invalid',
    'The SSO session token associated with profile=<profile> was not found or is invalid',
    "Token is expired. To refresh this SSO session run 'aws sso login'",
    'please re-authenticate using aws login',
  ],
  'AWS CLI, boto3': [
    'Error loading SSO Token: Token for <session> does not exist',
    'Token has expired and refresh failed',
    'The SSO access token has either expired or is otherwise invalid',
    'Error when retrieving token from sso',
    "Your session has expired. Please reauthenticate using 'aws login'",
    "Please reauthenticate using 'aws login'",
    'Error loading login session token',
  ],
  'AWS SDK for Go, Terraform': [
    'the SSO session has expired or is invalid: access token is expired',
    'the SSO session has expired or is invalid',
    'SSOProviderInvalidToken',
    'cached SSO token is expired, or not present',
    'failed to read cached SSO token file',
    'refresh cached SSO token failed',
  ],
  'AWS SDK for Ruby': [
    'Cached SSO Token is expired',
    'Aws::Errors::InvalidSSOCredentials',
    'Aws::Errors::InvalidSSOToken',
  ],
  'AWS SDK for .NET': ['SSO Token has expired and failed to refresh', 'No valid SSO Token could be found'],
  'AWS SDK for PHP': 'Cached SSO credentials returned expired credentials',
};

export const BROKEN_PROFILE: Texts = {
  'AWS SDK for JavaScript': [
    'credential_process did not return Version 1.',
    'credential_process returned invalid credentials.',
    'credential_process returned expired credentials.',
    'credential_process returned invalid JSON.',
    'Detected a cycle attempting to resolve credentials for profile',
    'Unsupported credential source in profile',
    'Profile is configured with invalid SSO credentials',
    'Incomplete configuration. The fromSSO() argument hash must include',
  ],
  'boto3, AWS CLI': [
    'Error when retrieving credentials from custom-process',
    'Partial credentials found in assume-role, missing: source_profile or credential_source',
    'Partial credentials found in assume-role',
    'Infinite loop in credential configuration detected',
    'Unable to parse config file: <file>',
    'The source_profile "<profile>" referenced in the profile "<profile>" does not exist',
    'Missing the following required SSO configuration values',
    'The specified sso-session does not exist',
  ],
  'AWS SDK for Go, Terraform': [
    'failed to load assume role <role>, of profile',
    'SharedConfigAssumeRoleError',
    'SharedConfigLoadError: failed to load config file',
    'is configured to use SSO but is missing required configuration',
    'error in credential_process',
  ],
  'AWS SDK for Java': 'Failed to refresh process-based credentials',
  'AWS SDK for Ruby': [
    'Aws::Errors::NoSourceProfileError',
    'Aws::Errors::SourceProfileCircularReferenceError',
    'Aws::Errors::CredentialSourceConflictError',
    'Aws::Errors::InvalidProcessCredentialsPayload',
  ],
  'AWS SDK for PHP': "No credentials present in INI profile '<profile>'",
  'AWS SDK for Rust': "profile '<profile>' did not contain credential information",
};

export const METADATA_SILENT: Texts = {
  'Node.js driver': 'Network request to http://169.254.169.254/latest/api/token timed out',
  'AWS SDK for JavaScript': [
    'Unable to connect to instance metadata service',
    'TimeoutError from instance metadata service',
    'Error response received from instance metadata service',
    'Invalid response received from instance metadata service',
    'EC2 Instance Metadata Service access disabled',
    'EC2 Metadata roleName request returned error',
    'EC2 Metadata token request returned error',
    'connect ETIMEDOUT 169.254.169.254:80',
    'connect EHOSTUNREACH 169.254.169.254:80',
    'connect ECONNREFUSED 169.254.169.254:80',
  ],
  'boto3, AWS CLI': [
    'Max number of attempts exceeded (1) when attempting to retrieve data from metadata service',
    'when attempting to retrieve data from metadata service',
    'Caught retryable HTTP exception while making metadata service request',
    'Error when retrieving credentials from iam-role',
  ],
  'AWS SDK for Go, Terraform': [
    'no EC2 IMDS role found',
    'EC2RoleRequestError: no EC2 instance role found',
    'operation error ec2imds',
    'EC2MetadataRequestError: failed to get IMDSv2 token',
    'EC2MetadataError: failed to make EC2Metadata request',
    'access disabled to EC2 IMDS via client option',
    'dial tcp 169.254.169.254:80',
    'dial tcp 169.254.169.254:80: connect: connection refused',
    'dial tcp 169.254.169.254:80: connect: no route to host',
    'dial tcp 169.254.169.254:80: i/o timeout',
  ],
  'AWS SDK for Java': [
    'Unable to contact EC2 metadata service',
    'Failed to connect to service endpoint: <reason>EC2CredentialsFetcher',
    'SdkClientException: Failed to connect to service endpoint',
    'Failed to load credentials from IMDS',
    'IMDS credentials have been disabled by environment variable or system property',
  ],
  'AWS SDK for Ruby': 'Error retrieving instance profile credentials',
  'AWS SDK for .NET': 'Unable to get IAM security credentials from EC2 Instance Metadata Service',
  'AWS SDK for PHP': 'Error retrieving credentials from the instance profile metadata service',
  'AWS SDK for Rust': [
    'failed to load IMDS session token',
    'failed to load credentials from IMDS',
    'error communicating with IMDS',
  ],
};

export const CONTAINER_SILENT: Texts = {
  'AWS CLI, boto3': [
    'Error when retrieving credentials from container-role',
    'Received non 200 response <status> from container metadata',
    'Received non 200 response <status> from ECS metadata',
    'Received error when attempting to retrieve container metadata',
    'Received error when attempting to retrieve ECS metadata',
    'Unable to parse JSON returned from container metadata services',
    'Unable to parse JSON returned from ECS metadata services',
  ],
  'AWS SDK for JavaScript': [
    'HTTP credential provider response not of the required format',
    'connect ECONNREFUSED 169.254.170.2:80',
    'connect ECONNREFUSED 169.254.170.23:80',
    'connect ETIMEDOUT 169.254.170.2:80',
    'connect ETIMEDOUT 169.254.170.23:80',
  ],
  'AWS SDK for Go, Terraform': [
    'CredentialsEndpointError: failed to load credentials',
    'dial tcp 169.254.170.2:80',
    'dial tcp 169.254.170.2:80: connect: connection refused',
    'dial tcp 169.254.170.23:80: connect: connection refused',
    'dial tcp 169.254.170.23:80',
  ],
  'AWS SDK for Ruby': 'Error retrieving ECS Credentials',
  'AWS SDK for PHP': [
    'Error retrieving credentials from container metadata',
    'Error retrieving credential from ECS',
  ],
};

export const CONTAINER_ELSEWHERE: Texts = {
  'AWS CLI, boto3': "Unsupported host '<host>'. Can only retrieve metadata from a loopback address",
  'AWS SDK for JavaScript': [
    'is not a valid container metadata service hostname',
    'is not a valid container metadata service protocol',
    'URL not accepted. It must either be HTTPS or match one of the following',
  ],
  'AWS SDK for Go, Terraform': 'invalid endpoint host, "<host>", only loopback',
  'AWS SDK for Java, PHP': [
    'has an invalid host. Host should resolve to a loopback address',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI has an invalid host',
  ],
  'AWS SDK for Rust': 'URI did not refer to the loopback interface',
};

export const NO_WAY_TO_AWS: Texts = {
  'AWS SDK, Node.js': [
    'getaddrinfo ENOTFOUND sts.<region>.amazonaws.com',
    'getaddrinfo EAI_AGAIN sts.<region>.amazonaws.com',
  ],
  'AWS CLI, boto3': ['Could not connect to the endpoint URL', 'Failed to connect to proxy URL'],
  'AWS SDK for Go, Terraform': [
    'lookup sts.<region>.amazonaws.com: no such host',
    'lookup sts.<region>.amazonaws.com on <name-server>: no such host',
    'lookup iam.amazonaws.com: no such host',
    'lookup iam.amazonaws.com on <name-server>: no such host',
    'dial tcp: lookup <service>.amazonaws.com: no such host',
  ],
  'AWS SDK for Java': [
    'java.net.UnknownHostException: sts.<region>.amazonaws.com',
    'UnknownHostException: <service>.amazonaws.com',
  ],
  'AWS SDK for .NET': ['No such host is known. (sts.<region>.amazonaws.com:443)'],
  'AWS SDK for Ruby': 'Failed to open TCP connection to sts.<region>.amazonaws.com:443',
  'AWS SDK for PHP': 'Could not resolve host: sts.<region>.amazonaws.com',
};
