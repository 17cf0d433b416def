import { explanations } from './explanation.ts';
import { CONTAINER_ELSEWHERE, NO_REGION } from './sdk-texts.ts';
import { SDK_ENDPOINTS, SDK_SETTINGS, STS_ERRORS, STS_TOKEN } from './sources.ts';

/** Where AWS is, and the way there. Facts of facts/aws.md, sections 2.5, 7 and 9. */
export const AWS_PLACE_EXPLANATIONS = explanations({
  'aws.region-missing': {
    meaning:
      'Tokens are minted by the STS of a Region, and nothing says which. fedctl does not fall back to us-east-1: a token minted there shows it in its claims.',
    shows: NO_REGION,
    causes: [
      'A container, a cron job or a systemd unit without AWS_REGION.',
      'The profile in use has no region line, and another one has.',
      'AWS_DEFAULT_REGION is set, and the program is one of the JavaScript SDK, which ignores it. fedctl reads it.',
    ],
    apart: {
      'aws.region-invalid': 'There a Region is named, and no Region can be called that.',
      'aws.sdk.region-ignored': 'There fedctl works and the program does not.',
    },
    type: ['export AWS_REGION=<region>', 'aws configure get region --profile <profile>'],
    sources: [SDK_SETTINGS, STS_TOKEN],
    evidence: 'provoked',
  },
  'aws.region-global': {
    meaning:
      'GetWebIdentityToken does not exist on the global endpoint sts.amazonaws.com. It has to be asked of the endpoint of a Region.',
    shows: {
      'AWS STS': [
        'Operation not supported on STS global endpoint',
        'Could not find operation GetWebIdentityToken',
      ],
    },
    alsoShows: { 'AWS STS': 'InvalidAction' },
    causes: [
      'The Region is aws-global or another pseudo-Region.',
      'AWS_ENDPOINT_URL_STS names sts.amazonaws.com.',
      'An old CLI or SDK with sts_regional_endpoints = legacy still asks the global endpoint.',
    ],
    apart: {
      'aws.region-missing': 'There no Region is named at all.',
      'aws.sdk.client-too-old': 'There the client does not know the call and sends nothing.',
    },
    type: [
      'fedctl token --audience <audience> --region eu-west-1',
      'unset AWS_ENDPOINT_URL AWS_ENDPOINT_URL_STS',
    ],
    sources: [
      STS_TOKEN,
      'https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html',
    ],
    evidence: 'provoked',
  },
  'aws.region-invalid': {
    meaning:
      'The name of a Region becomes part of a host name, and this one cannot: it holds a character or has a form that no Region has.',
    shows: {
      fedctl: 'and no AWS Region is called so',
      'AWS CLI': "doesn't match a supported format",
      Terraform: 'invalid AWS Region:',
    },
    causes: [
      'A typing error, or an availability zone such as eu-west-1a where a Region is wanted.',
      'A variable of a template that was never filled in.',
    ],
    apart: {
      'aws.region-missing': 'There nothing names a Region.',
      'aws.unreachable':
        'A name of the right form that no Region has, such as eu-west-9, fails when it is looked up.',
    },
    type: [
      'aws ec2 describe-regions --query "Regions[].RegionName" --output text',
      'fedctl whoami --region eu-west-1',
    ],
    sources: [SDK_SETTINGS],
    evidence: 'provoked',
  },
  'aws.endpoint-region-mismatch': {
    meaning:
      'Every request is signed for one Region and one service, and the endpoint that got it belongs to another. The keys are not at fault.',
    shows: {
      AWS: [
        'Credential should be scoped to a valid region',
        'Credential should be scoped to correct service',
        'Credential should be scoped to the correct service',
        "the region '<region>' is wrong; expecting '<region>'",
      ],
    },
    causes: [
      'AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL or the profile names the endpoint of one Region, and AWS_REGION another.',
      'The endpoint is global or of another Region by default: old clients sign for us-east-1.',
      'An endpoint of IAM is named, and IAM accepts signatures for us-east-1 only.',
      'A name server or a proxy leads the host of one Region to the VPC endpoint of another.',
    ],
    apart: {
      'aws.signature-refused': 'There Region and endpoint fit, and the secret is wrong.',
      'aws.region-global': 'There the endpoint takes the signature and does not know the call.',
    },
    type: [
      'env | grep -E "AWS_(DEFAULT_)?REGION|AWS_ENDPOINT_URL"',
      'fedctl whoami --region <region-of-the-endpoint>',
      'unset AWS_ENDPOINT_URL AWS_ENDPOINT_URL_STS AWS_ENDPOINT_URL_IAM',
    ],
    sources: [
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html',
      'cloud-custodian/cloud-custodian issue 4874',
      'gravitational/teleport issue 47425',
    ],
    evidence: 'provoked',
  },
  'aws.region-disabled': {
    meaning:
      'The account may not use STS in this Region: it has to be opted into, or an administrator has deactivated STS there.',
    shows: {
      'AWS STS': ['RegionDisabledException', 'STS is not activated in this region for account:<account>'],
    },
    causes: [
      'A Region that came after March 2019 and that the account was never opted into.',
      'STS was deactivated for the Region under IAM, Account settings.',
    ],
    apart: {
      'sts.federation-disabled': 'That switch is for the account as a whole, not for a Region.',
      'aws.access-key-unknown':
        'Keys of the global endpoint are of a version that opt-in Regions call invalid.',
    },
    type: ['fedctl token --audience <audience> --region <another-region>', 'aws account list-regions'],
    sources: [
      STS_ERRORS,
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html',
    ],
    evidence: 'provoked',
  },
  'aws.plaintext-refused': {
    meaning:
      'fedctl sends no credentials, and no call signed with them, over plain http to another machine. This machine and the metadata addresses 169.254.169.254, 169.254.170.2 and 169.254.170.23 are the exceptions.',
    shows: { fedctl: 'fedctl sends no credentials to another machine without TLS', ...CONTAINER_ELSEWHERE },
    causes: [
      'An endpoint override for an emulator was left in the environment or the profile, and names a host of the network.',
      'The override says http where https would do.',
    ],
    apart: {
      'aws.endpoint-invalid': 'There the override is no URL at all.',
      'mongo.plaintext-refused': 'The same rule for the database.',
    },
    type: [
      'env | grep AWS_ENDPOINT_URL',
      'unset AWS_ENDPOINT_URL AWS_ENDPOINT_URL_STS AWS_ENDPOINT_URL_IAM',
      'fedctl whoami',
    ],
    sources: [SDK_ENDPOINTS],
    evidence: 'provoked',
  },
  'aws.endpoint-invalid': {
    meaning:
      'Something overrides the endpoint of AWS with a value that is no URL, or that cannot go with the rest.',
    shows: {
      'AWS SDK for JavaScript': [
        'Invalid Configuration: FIPS and custom endpoint are not supported',
        'Invalid Configuration: Dualstack and custom endpoint are not supported',
        'The services section "<name>" specified in the profile is not present',
      ],
      fedctl: 'The endpoint of <variable> <reason>',
    },
    alsoShows: { 'AWS SDK for JavaScript': 'TypeError: Invalid URL' },
    causes: [
      'AWS_ENDPOINT_URL holds a host name without https://, or is an unfilled template.',
      'AWS_USE_FIPS_ENDPOINT is set beside an override.',
      'The profile names a [services …] section that the file does not have.',
    ],
    apart: {
      'aws.plaintext-refused': 'There the URL is one, but without TLS.',
      'aws.unreachable': 'There the URL is one, and nobody answers at it.',
    },
    type: [
      'env | grep -E "AWS_(ENDPOINT|USE)"',
      'unset AWS_ENDPOINT_URL AWS_ENDPOINT_URL_STS AWS_ENDPOINT_URL_IAM',
    ],
    sources: [SDK_ENDPOINTS],
    evidence: 'provoked',
  },
});
