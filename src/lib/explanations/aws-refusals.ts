import { explanations } from './explanation.ts';
import { STS_ERRORS, STS_TOKEN } from './sources.ts';

const SIGNING = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html';

/** What AWS refuses whatever the call. Facts of facts/aws.md, sections 2.3 and 6. */
export const AWS_REFUSAL_EXPLANATIONS = explanations({
  'aws.clock-skew': {
    meaning:
      'Each call is signed with the time of this machine, and AWS takes five minutes of difference. The JavaScript SDK corrects itself by the Date header; drivers that sign for MONGODB-AWS do not.',
    shows: {
      AWS: [
        'Signature expired: <time> is now earlier than <time>',
        'Signature not yet current: <time> is still later than <time>',
        'RequestTimeTooSkewed',
        'RequestExpired',
      ],
    },
    causes: [
      'The machine slept, was restored from a snapshot, or has no NTP: virtual machines and WSL above all.',
      'Outgoing UDP 123 is blocked.',
      'The clock is right and the time zone is not: local time was set as UTC.',
    ],
    apart: {
      'aws.signature-refused':
        'The same code SignatureDoesNotMatch, without the words about time: a wrong secret.',
      'jwt.not-yet-valid': 'There a token is from the future: the clock of whoever verifies is behind.',
    },
    type: [
      'date -u && curl -sI https://sts.<region>.amazonaws.com/ | grep -i ^date',
      'timedatectl set-ntp true',
    ],
    sources: [SIGNING, STS_ERRORS],
    evidence: 'provoked',
  },
  'aws.signature-refused': {
    meaning: 'AWS knows the access key id, and the signature was not made with its secret.',
    shows: {
      AWS: [
        'The request signature we calculated does not match the signature you provided',
        'SignatureDoesNotMatch',
      ],
    },
    causes: [
      'The secret was cut, has a blank or a newline at its end, or a + or / was lost on the way through a URL or YAML.',
      'The id is of one key pair and the secret of another: half of a rotation.',
      'A proxy changes headers that are part of the signature.',
    ],
    apart: {
      'aws.clock-skew': 'There the message says "Signature expired" or "not yet current".',
      'aws.access-key-unknown': 'There AWS does not know the id.',
    },
    type: ['fedctl whoami', 'aws iam list-access-keys', 'aws iam create-access-key'],
    sources: [SIGNING],
    evidence: 'provoked',
  },
  'aws.access-key-unknown': {
    meaning: 'AWS does not know the access key id, or does not know it together with this session token.',
    shows: {
      AWS: [
        'The security token included in the request is invalid',
        'InvalidClientTokenId',
        'UnrecognizedClientException',
      ],
    },
    causes: [
      'The key was deleted or made inactive.',
      'Keys of a session (ASIA…) were copied without AWS_SESSION_TOKEN, or with that of another session.',
      'A long-term key (AKIA…) has a session token beside it, left from another session.',
      'The Region is not enabled for the account: opt-in Regions, such as af-south-1 or eu-south-1, know no key of it then.',
      'The session is of the global endpoint of STS, which opt-in Regions do not accept: AWS_STS_REGIONAL_ENDPOINTS=regional gets one that they do.',
      'The value has quotation marks in it: docker --env-file keeps them.',
      'The key is of another partition: China and GovCloud have their own.',
      'IAM was called with a session of GetSessionToken that was made without MFA.',
    ],
    apart: {
      'aws.credentials-expired': 'There AWS knows the session and says that it is over.',
      'aws.signature-refused': 'There the id is known and the secret is wrong.',
    },
    type: [
      'fedctl whoami',
      'aws sts get-access-key-info --access-key-id <id>',
      'unset AWS_SESSION_TOKEN',
      'aws account get-region-opt-status --region-name <region>',
      'aws account enable-region --region-name <region>',
      'export AWS_STS_REGIONAL_ENDPOINTS=regional',
    ],
    sources: [
      STS_ERRORS,
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html',
      '99designs/aws-vault issue 543',
    ],
    evidence: 'provoked',
  },
  'aws.access-denied': {
    meaning:
      'A policy does not allow the call or denies it. The message names the principal, the action and, at its end, the kind of policy.',
    shows: { AWS: 'is not authorized to perform: <action> on resource: <resource>' },
    alsoShows: {
      AWS: ['AccessDenied', 'is not authorized to perform: <action>', 'with an explicit deny in'],
    },
    causes: [
      'No identity policy allows the action.',
      'A service control policy of the organization denies it: "explicit deny in a service control policy".',
      'A permissions boundary or the policy of the session leaves it out.',
    ],
    apart: {
      'sts.mint-denied': 'The action is sts:GetWebIdentityToken.',
      'sts.assume-denied': 'The action is sts:AssumeRole.',
    },
    type: [
      'fedctl whoami',
      'aws iam simulate-principal-policy --policy-source-arn <arn> --action-names <action>',
    ],
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html'],
    evidence: 'provoked',
  },
  'aws.action-unknown': {
    meaning:
      'What answered is a service of AWS, or plays one, and does not have the action that was asked for. GetOutboundWebIdentityFederationInfo and its like came to IAM in November 2025.',
    shows: {
      'AWS, emulators': [
        'Could not find operation <action> for version <version>',
        'The action <action> is not valid for this web service',
        'UnknownOperationException',
      ],
    },
    causes: [
      'AWS_ENDPOINT_URL names an emulator that does not have the action.',
      'The partition does not have outbound federation yet.',
    ],
    apart: {
      'aws.region-global': 'There GetWebIdentityToken is asked of the global endpoint of STS.',
      'aws.sdk.client-too-old': 'There the client does not know the action, and nothing is sent.',
    },
    type: [
      'env | grep AWS_ENDPOINT_URL',
      'unset AWS_ENDPOINT_URL AWS_ENDPOINT_URL_IAM',
      'fedctl status --region <region>',
    ],
    sources: [STS_ERRORS, 'https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html'],
    evidence: 'provoked',
  },
  'aws.not-subscribed': {
    meaning:
      'AWS knows the key, and its account may not use the service: it is not activated, is suspended, or has to subscribe first.',
    shows: {
      AWS: [
        'The AWS Access Key Id needs a subscription for the service',
        'OptInRequired',
        'SubscriptionRequiredException',
        'You are not subscribed to this service',
      ],
    },
    causes: [
      'The registration of a new account was not completed: a payment method or the phone number is missing.',
      'The account is suspended or closed.',
    ],
    apart: {
      'aws.access-key-unknown': 'There AWS does not know the key, or the Region is not enabled.',
      'aws.access-denied': 'There a policy is the reason.',
    },
    type: ['fedctl whoami', 'aws account list-regions'],
    sources: [STS_ERRORS],
    evidence: 'provoked',
  },
  'aws.signature-missing': {
    meaning: 'The request was signed, and arrived without its signature or with half of it.',
    shows: {
      AWS: [
        'Request is missing Authentication Token',
        'MissingAuthenticationToken',
        'Missing Authentication Token',
        'IncompleteSignature',
        'MissingSecurityHeader',
      ],
    },
    causes: [
      'A proxy removes or rewrites the Authorization header.',
      'The endpoint is that of an API gateway, which answers so for a path that it does not have.',
      'The program made the call without credentials.',
    ],
    apart: {
      'aws.signature-refused': 'There a signature arrived, and the secret is wrong.',
      'aws.credentials-missing': 'There nothing was found to sign with.',
    },
    type: ['env | grep -iE "proxy|AWS_ENDPOINT"', 'fedctl whoami'],
    sources: [STS_ERRORS, SIGNING],
    evidence: 'provoked',
  },
  'aws.request-refused': {
    meaning:
      'AWS found a parameter that it does not take. fedctl checks what it can before it asks, so this is mostly about names in your account.',
    shows: {
      'AWS STS': [
        "1 validation error detected: Value '<value>' at '<parameter>' failed to satisfy constraint: Member must have value greater than or equal to 60",
        "Value <value> at '<parameter>' failed to satisfy constraint",
        'Requested SigningAlgorithm is not supported. See the GetWebIdentityToken documentation for supported algorithms',
        'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
      ],
    },
    alsoShows: { AWS: ['ValidationError', 'InvalidParameterValue'] },
    causes: [
      'A duration, an audience, a tag or a session name is outside the limits of the call.',
      'The signing algorithm is in lower case: it is RS256 or ES384, as written.',
      'Two tags differ in upper and lower case only.',
      'A transitive tag of the session is set again.',
    ],
    apart: {
      'usage.invalid-value': 'The same, found by fedctl before anything was sent.',
      'sts.duration-refused': 'There the duration of a role session is over the limit of the role.',
    },
    type: [
      'fedctl token --help',
      'fedctl token --audience <audience> --signing-algorithm RS256 --duration 5m --tag team=<team>',
    ],
    sources: [STS_TOKEN, 'https://docs.aws.amazon.com/STS/latest/APIReference/API_Tag.html'],
    evidence: 'provoked',
  },
});
