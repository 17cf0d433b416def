import { explanations } from './explanation.ts';
import {
  BROKEN_PROFILE,
  CONTAINER_SILENT,
  EXPIRED_LOGIN,
  NO_CREDENTIALS,
  UNKNOWN_PROFILE,
} from './sdk-texts.ts';
import { SDK_PROCESS, SDK_SETTINGS } from './sources.ts';

const SSO = 'https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html';
const FILES = 'https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html';

/** Where keys come from, and why there are none. Facts of facts/aws.md, section 7. */
export const AWS_CREDENTIAL_EXPLANATIONS = explanations({
  'aws.credentials-missing': {
    meaning:
      'No provider had keys: not the environment, not the profile, not web identity, not the container or the instance. SDKs fold every reason into one sentence; fedctl asks each provider and lists what it said.',
    shows: NO_CREDENTIALS,
    alsoShows: { 'AWS SDK for Go, Terraform': 'failed to refresh cached credentials' },
    causes: [
      'Nobody has signed in today: aws sso login was never run, or AWS_PROFILE is not set in this shell.',
      'The variables are in another process: sudo, systemd, cron and containers start with an environment of their own.',
      'The pod or task has no role, or IMDS is out of reach from the container.',
      'The shared files are unreadable or malformed: the JavaScript SDK silently takes them for empty.',
    ],
    apart: {
      'aws.credentials-half-set': 'There one variable of the pair is set.',
      'aws.profile-unknown': 'There a profile is named that does not exist; SDKs say the same sentence.',
    },
    type: [
      'fedctl whoami',
      'env | grep ^AWS_ | cut -d= -f1',
      'aws sso login --profile <profile>',
      'export AWS_PROFILE=<profile>',
    ],
    sources: ['https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html', SDK_SETTINGS],
    evidence: 'provoked',
  },
  'aws.credentials-half-set': {
    meaning:
      'A key pair has two halves, and the key of a session a token as well: one of them is missing, empty or of another key. Some SDKs skip such a pair and go on to other keys, which is worse: you then act as somebody else.',
    shows: {
      'boto3, AWS CLI': [
        'Partial credentials found in env, missing: <variable>',
        'Partial credentials found in shared-credentials-file, missing: <setting>',
        'Partial credentials found in config-file, missing: <setting>',
        'Partial credentials found in explicit, missing: <setting>',
      ],
      fedctl: 'The profile "<name>" has <one half> and no <other half>',
    },
    causes: [
      'One export of two was copied.',
      'A secret of the CI system is empty for this branch or for a fork.',
      'AWS_SESSION_TOKEN was left from another session beside a long-term key (AKIA…), or the key of a session (ASIA…) was exported without it.',
    ],
    apart: {
      'aws.credentials-missing': 'There neither half is set.',
      'aws.signature-refused': 'There both are set and do not belong together.',
    },
    type: ['unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN', 'fedctl whoami'],
    sources: [SDK_SETTINGS],
    evidence: 'provoked',
  },
  'aws.credentials-expired': {
    meaning:
      'The session that the keys belong to has ended. Keys of a session cannot be renewed: they are fetched anew where they came from.',
    shows: {
      AWS: ['The security token included in the request is expired', 'ExpiredTokenException', 'ExpiredToken'],
      'boto3, AWS CLI': 'Credentials were refreshed, but the refreshed credentials are still expired',
    },
    causes: [
      'The keys were exported into the shell hours ago.',
      'AWS_CREDENTIAL_EXPIRATION was left from an earlier session: clients believe it, whatever the keys are.',
      'Whatever writes the credentials file has stopped.',
      'A role was chained, and its session of an hour is over.',
    ],
    apart: {
      'aws.clock-skew': 'There the session is alive and the clock of this machine is wrong.',
      'sts.identity-token-expired': 'There the token that is exchanged for keys is over, not the keys.',
    },
    type: [
      'fedctl whoami',
      'aws sso login --profile <profile>',
      'unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION',
    ],
    sources: ['https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html'],
    evidence: 'provoked',
  },
  'aws.sso-login-needed': {
    meaning:
      'The profile signs in with "aws sso login" (IAM Identity Center) or "aws login" (a user of the console), and the login that is cached under ~/.aws/sso/cache or ~/.aws/login/cache has expired or was never made.',
    shows: EXPIRED_LOGIN,
    causes: [
      'The login of this morning has ended: administrators choose how long it lives.',
      'The program runs as another user, or in a container, where the cache is not.',
    ],
    apart: {
      'aws.credentials-expired': 'There the keys are those of a session that no login renews.',
      'aws.profile-failed': 'There the login works, and the role that the profile names is not given.',
    },
    type: [
      'aws sso login --profile <profile>',
      'aws login --profile <profile>',
      'fedctl whoami --profile <profile>',
    ],
    sources: [SSO],
    evidence: 'provoked',
  },
  'aws.mfa-needed': {
    meaning: 'The profile assumes a role with an MFA device, and there is nobody to ask for the code.',
    shows: {
      'AWS SDK for JavaScript': 'requires multi-factor authentication, but no MFA code callback was provided',
      'boto3, AWS CLI': 'Cannot refresh credentials: MFA token required',
      'AWS SDK for Go, Terraform': 'assume role with MFA enabled, but AssumeRoleTokenProvider',
    },
    causes: [
      'The command runs in CI, in a pipe, with --no-input or with --output json.',
      'A profile for people is used by a program.',
    ],
    apart: {
      'sts.mfa-refused': 'There a code was given, and AWS did not take it.',
      'sts.assume-denied': 'A role that demands MFA answers AccessDenied when no device is named at all.',
    },
    type: ['fedctl credentials --profile <profile>', 'fedctl whoami --profile <another-profile>'],
    sources: ['https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html'],
    evidence: 'provoked',
  },
  'aws.profile-unknown': {
    meaning:
      'Neither ~/.aws/config nor ~/.aws/credentials has a section of this name. In config it is [profile NAME], in credentials [NAME].',
    shows: UNKNOWN_PROFILE,
    causes: [
      'A typing error, or AWS_PROFILE or AWS_DEFAULT_PROFILE from another machine. fedctl and version 2 of the AWS CLI use AWS_PROFILE first, version 1 and boto3 AWS_DEFAULT_PROFILE.',
      'HOME, AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE lead elsewhere: sudo and containers change them.',
      'The section in config lacks the word profile.',
    ],
    apart: {
      'aws.profile-failed': 'There the section exists, and what it names fails.',
      'aws.credentials-missing': 'There no profile is asked for.',
    },
    type: ['aws configure list-profiles', 'env | grep -E "AWS_(DEFAULT_PROFILE|PROFILE|CONFIG_FILE|SHARED)"'],
    sources: [FILES],
    evidence: 'provoked',
  },
  'aws.profile-failed': {
    meaning:
      'The profile exists, and the provider that it names gave no keys: a program that failed, a role that needs what is not there, a sign-in that gives nothing for this role.',
    shows: BROKEN_PROFILE,
    causes: [
      'The credential_process is not on the PATH of this process, wants a terminal, or ends with an error. SDKs drop what it prints to stderr.',
      'The credential_process needs a shell: like the AWS CLI, fedctl starts it without one, so "~", variables and pipes have no meaning. Write: sh -c \'…\'.',
      'The profile has two ways to get credentials. Like the AWS CLI, fedctl uses this order: role, web identity, IAM Identity Center, keys in the credentials file, aws login, credential_process, keys in the config file. Some SDKs use the keys first.',
      'A line of the config or the credentials file is not understood, so that the profile may not be complete.',
      'It prints something beside the JSON, or no "Version": 1.',
      'source_profile leads to a profile without keys.',
    ],
    apart: {
      'aws.profile-unknown': 'There the profile itself is missing.',
      'aws.credential-process-loop': 'There the program is fedctl, asking itself.',
    },
    type: [
      'aws configure get credential_process --profile <profile>',
      'fedctl whoami --profile <profile> --verbose',
    ],
    sources: [SDK_PROCESS, FILES],
    evidence: 'provoked',
  },
  'aws.container-failed': {
    meaning:
      'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI names an endpoint that hands out the credentials of this container, and it gave none in three attempts. fedctl stops there, as the AWS CLI does: the role of the node is another identity.',
    shows: {
      ...CONTAINER_SILENT,
      fedctl: 'The container endpoint <endpoint>, which <variable> names, gave no credentials:',
    },
    causes: [
      'The EKS Pod Identity Agent of the node restarts or is overloaded.',
      'The service account has no Pod Identity association, or the association was deleted.',
      'The token file of the pod is missing: AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE.',
      'The variables were copied to a place where no agent listens.',
    ],
    apart: {
      'aws.credentials-missing': 'There no endpoint is named, and no other provider had credentials.',
      'aws.plaintext-refused': 'There the endpoint is on another machine and plain http.',
    },
    type: [
      'env | grep ^AWS_CONTAINER_',
      'kubectl -n kube-system get pods -l app.kubernetes.io/name=eks-pod-identity-agent',
    ],
    sources: ['https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html'],
    evidence: 'provoked',
  },
  'aws.credential-process-loop': {
    meaning:
      'The credential_process of the profile is fedctl, and fedctl would take its own keys from that same profile, over and over.',
    shows: { fedctl: 'is fedctl, which takes its credentials from that very profile' },
    causes: ['The line names no --profile, so it takes the one that is being asked for.'],
    apart: {
      'aws.profile-failed': 'There the program is another one, and it failed by itself.',
      'aws.credentials-missing': 'There nothing names a program.',
    },
    type: ['fedctl credentials --format process --profile <other>'],
    sources: [SDK_PROCESS],
    evidence: 'provoked',
  },
});
