import { explanations } from './explanation.ts';
import { METADATA_SILENT } from './sdk-texts.ts';
import { IAM_ENABLE, IAM_INFO, OUTBOUND, SDK_SETTINGS, STS_TOKEN, STS_WEB_IDENTITY } from './sources.ts';

/** AWS clients and relying parties beside fedctl. Facts of facts/aws.md, sections 1, 2.7, 7, 9, 10 and 11. */
export const FIELD_AWS_EXPLANATIONS = explanations({
  'aws.sdk.client-too-old': {
    meaning:
      'GetWebIdentityToken came on 2025-11-19. Older clients do not know it: JavaScript needs client-sts 3.935.0, Go service/sts 1.41.0, .NET 3.7.504, boto3 1.41 or 1.42.25 (sources differ), the AWS CLI 2.32.5. Version 1 of the CLI gets no new calls.',
    shows: {
      boto3: "'STS' object has no attribute 'get_web_identity_token'",
      'AWS CLI': [
        'argument operation: Invalid choice',
        "argument operation: Found invalid choice 'get-web-identity-token'",
      ],
      'JavaScript, TypeScript': 'GetWebIdentityTokenCommand is not a constructor',
    },
    causes: [
      'The base image pins an old SDK, or Lambda brings its own.',
      'An old CLI is the first on the PATH.',
    ],
    apart: {
      'aws.region-global': 'There the call is sent, to an endpoint that does not have it.',
      'sts.federation-disabled': 'There the call arrives, and the account is off.',
    },
    type: [
      'aws --version',
      'python3 -c "import boto3; print(boto3.__version__)"',
      'npm ls @aws-sdk/client-sts',
      'fedctl token --audience <audience>',
    ],
    sources: [
      'https://docs.aws.amazon.com/cli/v1/reference/sts/get-web-identity-token.html',
      'confluent-kafka-javascript DESIGN_AWS_OAUTHBEARER.md',
    ],
    evidence: {
      fieldReport: 'Anthropic documentation on workload identity with AWS',
    },
  },
  'aws.sdk.region-ignored': {
    meaning:
      'The JavaScript SDK reads AWS_REGION and the profile. AWS_DEFAULT_REGION, which the CLI and boto3 read, means nothing to it.',
    shows: { 'AWS SDK for JavaScript': 'Region is missing' },
    causes: [
      'The environment was made for the AWS CLI.',
      'GitHub Actions or a container image sets AWS_DEFAULT_REGION only.',
    ],
    apart: {
      'aws.region-missing': 'There no Region is set anywhere.',
      'aws.region-global': 'There a pseudo-Region is set.',
    },
    type: ['env | grep REGION', 'export AWS_REGION="$AWS_DEFAULT_REGION"'],
    sources: [SDK_SETTINGS],
    evidence: { fieldReport: 'seen with the JavaScript SDK 3.1169.0' },
  },
  'aws.sdk.proxy-ignored': {
    meaning:
      'The JavaScript SDK opens its connections by itself: HTTPS_PROXY, NO_PROXY and AWS_CA_BUNDLE are not looked at. With requestTimeout alone it logs a warning and waits for ever.',
    shows: {
      'AWS SDK for JavaScript': [
        'connect ETIMEDOUT <address>:443',
        'a request has exceeded the configured <ms> ms requestTimeout',
      ],
    },
    causes: ['The program runs behind a proxy, and the AWS CLI beside it works.'],
    apart: {
      'aws.unreachable': 'There fedctl, which uses the proxy, fails as well.',
      'aws.timeout': 'There the proxy is used, and does not answer.',
    },
    type: ['fedctl whoami', 'env | grep -i proxy', 'export NODE_EXTRA_CA_CERTS="$AWS_CA_BUNDLE"'],
    sources: ['https://github.com/aws/aws-sdk-js-v3/blob/main/supplemental-docs/CLIENTS.md', SDK_SETTINGS],
    evidence: { fieldReport: 'seen with the JavaScript SDK 3.1169.0' },
  },
  'aws.sdk.metadata-timeout': {
    meaning:
      'The keys of an instance role come from 169.254.169.254, which answers over one network hop unless told otherwise. A container is one hop further away, so the answer dies on the way.',
    shows: METADATA_SILENT,
    causes: [
      'The hop limit is 1, and the program runs in a container.',
      'IMDS is off (AWS_EC2_METADATA_DISABLED, or the setting of the instance), or a network policy closes it.',
      'This machine is none of EC2, and no other provider had credentials.',
      'A proxy takes the request: NO_PROXY lacks 169.254.169.254.',
      'A Node.js driver of version 6 without the AWS SDK asks on its own.',
    ],
    apart: {
      'aws.credentials-missing': 'The same end, when no provider has anything.',
      'aws.timeout': 'There the host is STS.',
    },
    type: [
      'curl -m 2 -X PUT http://169.254.169.254/latest/api/token -H "x-aws-ec2-metadata-token-ttl-seconds: 60"',
      'aws ec2 modify-instance-metadata-options --instance-id <id> --http-put-response-hop-limit 2 --http-tokens required',
      'fedctl whoami',
    ],
    sources: [
      'mongodb/specifications issue 1467',
      'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-existing-instances.html',
    ],
    evidence: { fieldReport: 'mongodb/specifications 1467' },
  },
  'aws.sdk.token-file-taken': {
    meaning:
      'AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN makes every AWS SDK of the process exchange the token in that file. A token that was minted for MongoDB has the wrong issuer and audience for that.',
    shows: {
      'AWS SDK': [
        'InvalidIdentityToken: No OpenIDConnect provider found in your account for https://<id>.tokens.sts.global.api.aws',
        'AssumeRoleWithWebIdentity failed for <token-file>',
      ],
    },
    causes: [
      'The token file for MongoDB was named by this variable in a pod with IRSA, which sets AWS_ROLE_ARN.',
      'The variable was overwritten: on EKS it belongs to the pod.',
    ],
    apart: {
      'sts.identity-token-refused': 'There the token was meant for AWS, and does not fit.',
      'mongo.driver.other-token-file': 'The other way round: the driver takes the token of the pod.',
    },
    type: [
      'env | grep -E "AWS_(ROLE_ARN|WEB_IDENTITY_TOKEN_FILE)|AZURE_FEDERATED_TOKEN_FILE"',
      'export AZURE_FEDERATED_TOKEN_FILE=<token-file>',
      'unset AWS_WEB_IDENTITY_TOKEN_FILE',
    ],
    sources: [STS_WEB_IDENTITY],
    evidence: { fieldReport: 'reports of users in issues and forums, collected in 2026' },
  },
  'aws.cli.parameter-fetched': {
    meaning:
      'Version 1 of the AWS CLI takes a parameter that begins with http:// or https:// for the address of its value, and fetches it. The audiences of OpenAI, Chainguard and others have that form.',
    shows: {
      'AWS CLI': [
        "Error parsing parameter '--audience': Unable to retrieve <url>",
        "Error parsing parameter '<parameter>': Unable to retrieve <url>",
      ],
    },
    causes: [
      'The AWS CLI is version 1, and its cli_follow_urlparam is not false.',
      'What stands at that address is a page, or nobody answers there.',
    ],
    apart: {
      'aws.unreachable': 'There the endpoint of AWS itself cannot be reached.',
      'aws.sdk.client-too-old': 'There the AWS CLI does not know the call.',
    },
    type: [
      'aws --version',
      'aws configure set cli_follow_urlparam false',
      'fedctl token --audience <audience>',
    ],
    sources: ['https://docs.aws.amazon.com/cli/latest/userguide/cliv2-migration-changes.html'],
    evidence: { fieldReport: 'seen with the AWS CLI 1.45' },
  },
  'iam.already-enabled': {
    meaning:
      'EnableOutboundWebIdentityFederation is not idempotent: a second call gets 409. Nothing is wrong. fedctl enable takes it for the answer that it is.',
    shows: {
      'AWS IAM': [
        'Outbound identity federation is already enabled for account',
        'FeatureEnabledException',
        'FeatureEnabled',
      ],
    },
    causes: ['A script runs twice.', 'Another team has enabled it.'],
    apart: {
      'iam.already-disabled': 'The same for the other direction.',
      'iam.permission-missing': 'There the call is not allowed.',
    },
    type: ['fedctl status', 'fedctl enable'],
    sources: [IAM_ENABLE, 'terraform-provider-aws PR 46503'],
    evidence: { fieldReport: 'github.com/radkawar/stackd: outbound lifecycle observations' },
  },
  'iam.already-disabled': {
    meaning:
      'While federation is off, a second disable gets 404, and so does the question for the issuer. AWS never answers that question with "disabled".',
    shows: {
      'AWS IAM': [
        'Outbound identity federation is disabled for account',
        'Outbound identity federation is already disabled for account',
        'FeatureDisabledException',
        'FeatureDisabled',
      ],
    },
    causes: [
      'Federation was never enabled in this account.',
      'Somebody disabled it, also by terraform destroy.',
    ],
    apart: {
      'sts.federation-disabled': 'The same, when a token is asked for.',
      'iam.already-enabled': 'The same for the other direction.',
    },
    type: ['fedctl whoami', 'fedctl status', 'fedctl enable'],
    sources: [IAM_INFO, OUTBOUND],
    evidence: { fieldReport: 'github.com/radkawar/stackd: outbound lifecycle observations' },
  },
  'jwt.party.algorithm-refused': {
    meaning:
      'ES384 is taken by AWS, Snowflake and Confluent, refused by Microsoft Entra, and not documented by Google Cloud and Databricks, which name RS256 and ES256.',
    shows: { 'Microsoft Entra': ['AADSTS5002738', "'ES384' is not a supported signature algorithm"] },
    causes: ['The token was minted with --signing-algorithm ES384.', 'A policy allows ES384 only.'],
    apart: {
      'jwt.algorithm-refused': 'The same for MongoDB and for verify.',
      'jwt.party.several-audiences': 'There the algorithm is taken.',
    },
    type: ['fedctl token --audience api://AzureADTokenExchange --signing-algorithm RS256'],
    sources: [
      'AzureAD/microsoft-identity-web issue 3467',
      'https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-other-providers',
      'https://docs.databricks.com/en/dev-tools/auth/oauth-federation-howto.html',
    ],
    evidence: { fieldReport: 'AzureAD/microsoft-identity-web 3467' },
  },
  'jwt.party.several-audiences': {
    meaning:
      'With two audiences or more, aud is a list. Many relying parties want a text; AWS itself refuses such a token in another partition. And each of the audiences could use the token at the others.',
    shows: { 'relying parties': ['aud must be a string', 'multiple audiences are not allowed'] },
    causes: [
      'Several --audience were given, so that one token does for all.',
      'A policy with ForAnyValue lets a caller add audiences of his own.',
    ],
    apart: {
      'jwt.audience-mismatch': 'There the audience is not in the token.',
      'jwt.party.algorithm-refused': 'There the algorithm is not taken.',
    },
    type: ['fedctl token --audience <audience> | fedctl decode'],
    sources: [
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_cross_partition.html',
      STS_TOKEN,
    ],
    evidence: {
      fieldReport:
        'mahitotsu/gekko_08 (a second audience was issued); the wording of relying parties is unverified',
    },
  },
});
