import { EXIT } from '../exit-codes.ts';
import { catalogue } from './failure.ts';

/** Credentials, Region and the way to AWS; STS; IAM. Texts of AWS are in facts/aws.md, sections 1, 2 and 6. */
export const AWS_FAILURES = catalogue({
  'aws.region-missing': {
    title: 'no Region',
    cause: 'Neither --region, FEDCTL_REGION, AWS_REGION, AWS_DEFAULT_REGION nor the profile names a Region.',
    remedy: 'export AWS_REGION=<region>   (or add --region <region>)',
    exit: EXIT.notSetUp,
  },
  'aws.region-global': {
    title: 'a global pseudo-Region',
    cause: 'GetWebIdentityToken does not exist on the global STS endpoint.',
    remedy: 'fedctl <command> --region <region>   (for example --region eu-west-1)',
    exit: EXIT.usage,
  },
  'aws.region-invalid': {
    title: 'no Region has this form',
    cause: 'The name of a Region is words and a number, such as eu-west-1. A zone has a letter behind it.',
    remedy: 'fedctl <command> --region <region>   (for example --region eu-west-1)',
    exit: EXIT.usage,
  },
  'aws.region-disabled': {
    title: 'STS is not active in the Region',
    cause: 'An administrator has deactivated STS there, or the Region has to be opted into first.',
    remedy: 'fedctl <command> --region <another region>',
    exit: EXIT.notSetUp,
  },
  'aws.credentials-missing': {
    title: 'no AWS credentials',
    cause: 'No credential provider had any: each one that was asked is listed with its reason.',
    remedy: 'aws sso login --profile <profile>   (or export AWS_PROFILE=<profile>)',
    exit: EXIT.notSetUp,
  },
  'aws.credentials-half-set': {
    title: 'the parts of an access key do not belong together',
    cause: 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together.',
    remedy: 'set both, or unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN',
    exit: EXIT.notSetUp,
  },
  'aws.credentials-expired': {
    title: 'expired AWS credentials',
    cause: 'The session that these credentials belong to has ended.',
    remedy: 'aws sso login --profile <profile>   (or renew the credentials where they come from)',
    exit: EXIT.notSetUp,
  },
  'aws.sso-login-needed': {
    title: 'the cached login has expired or is missing',
    cause:
      'The profile signs in with "aws sso login" or "aws login", and the cached login has expired or is missing.',
    remedy: 'aws sso login --profile <profile>',
    exit: EXIT.notSetUp,
  },
  'aws.mfa-needed': {
    title: 'needs an MFA code',
    cause: 'An MFA code is needed, and there is nobody to ask: no terminal, --no-input or --output json.',
    remedy: 'run the command on a terminal, without --no-input and --output json',
    exit: EXIT.notSetUp,
  },
  'aws.profile-unknown': {
    title: 'unknown profile',
    cause: 'Neither the config file nor the credentials file has a section of this name.',
    remedy: 'aws configure list-profiles',
    exit: EXIT.notSetUp,
  },
  'aws.profile-failed': {
    title: 'the profile gave no credentials',
    cause: 'The profile exists, but the provider it names failed.',
    remedy: 'aws sts get-caller-identity --profile <profile>',
    exit: EXIT.notSetUp,
  },
  'aws.container-failed': {
    title: 'the container endpoint gave no credentials',
    cause:
      'The agent that hands out the credentials of this container is down, overloaded, or rejects its token. No other identity is used in its place.',
    remedy: 'repeat the command, and check the agent: ECS, EKS Pod Identity, or what listens at the endpoint',
    exit: EXIT.unreachable,
  },
  'aws.credential-process-loop': {
    title: 'fedctl would call itself',
    cause: 'A profile whose credential_process is fedctl cannot get its credentials from itself.',
    remedy:
      'name another profile in that line: credential_process = fedctl credentials --format process --profile <other>',
    exit: EXIT.usage,
  },
  'aws.plaintext-refused': {
    title: 'refused to send credentials without TLS',
    cause:
      'The endpoint is plain http and not on this machine: whoever is on the way could use what is sent.',
    remedy:
      'use an https:// endpoint, or unset the override: unset AWS_ENDPOINT_URL AWS_ENDPOINT_URL_STS AWS_ENDPOINT_URL_IAM',
    exit: EXIT.usage,
  },
  'aws.endpoint-invalid': {
    title: 'an endpoint override is no URL',
    cause:
      'AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL_IAM or the profile names something else than a URL.',
    remedy: 'unset AWS_ENDPOINT_URL AWS_ENDPOINT_URL_STS AWS_ENDPOINT_URL_IAM',
    exit: EXIT.usage,
  },
  'aws.endpoint-region-mismatch': {
    title: 'the Region and the endpoint do not fit',
    cause: 'The request is signed for one Region or service, and the endpoint belongs to another.',
    remedy:
      'fedctl <command> --region <region of the endpoint>   (or unset AWS_ENDPOINT_URL_STS AWS_ENDPOINT_URL)',
    exit: EXIT.usage,
  },
  'aws.unreachable': {
    title: 'AWS cannot be reached',
    cause: 'The name did not resolve, nothing listens there, or the connection broke.',
    remedy: 'check the network, HTTPS_PROXY and the endpoint named above',
    exit: EXIT.unreachable,
  },
  'aws.tls-failed': {
    title: 'the TLS connection to AWS failed',
    cause: 'The certificate presented is not trusted here: often a proxy that inspects TLS.',
    remedy: 'export AWS_CA_BUNDLE=<file with the proxy CA>',
    exit: EXIT.unreachable,
  },
  'aws.timeout': {
    title: 'AWS did not answer in time',
    cause: 'The connection was accepted or swallowed, but no answer came.',
    remedy: 'fedctl <command> --timeout 60s   (and check for a proxy or a VPC endpoint on the way)',
    exit: EXIT.unreachable,
  },
  'aws.throttled': {
    title: 'throttled',
    cause: 'The account is over the request rate that AWS allows here.',
    remedy: 'wait a few seconds and repeat the command',
    exit: EXIT.unreachable,
  },
  'aws.service-failed': {
    title: 'AWS answered with a server error',
    cause: 'The service had a fault of its own; for some seconds after enable or disable this is normal.',
    remedy: 'wait a few seconds and repeat the command',
    exit: EXIT.unreachable,
  },
  'aws.not-aws': {
    title: 'something other than AWS answered',
    cause: 'The answer is no AWS answer: a captive portal or a proxy stands in between.',
    remedy: 'open the endpoint named above with curl -v and see who answers',
    exit: EXIT.unreachable,
  },
  'aws.clock-skew': {
    title: 'the clock is wrong',
    cause: 'AWS refuses signatures that are more than 5 minutes off.',
    remedy: 'timedatectl set-ntp true   (or set the clock)',
    exit: EXIT.notSetUp,
  },
  'aws.signature-refused': {
    title: 'AWS refused the signature',
    cause: 'The secret access key does not belong to the access key id.',
    remedy: 'compare the key pair with the one in IAM, or create a new one: aws iam create-access-key',
    exit: EXIT.refused,
  },
  'aws.access-key-unknown': {
    title: 'AWS does not know the access key',
    cause:
      'The key was deleted or is inactive, belongs to another partition, has no session token or a wrong one, or the Region is not enabled for the account.',
    remedy: 'aws iam list-access-keys --user-name <user>   (or get a new session where the key comes from)',
    exit: EXIT.refused,
  },
  'aws.access-denied': {
    title: 'access denied',
    cause: 'A policy does not allow the call, or denies it.',
    remedy: 'ask whoever administers the account for the permission named above',
    exit: EXIT.refused,
  },
  'aws.action-unknown': {
    title: 'the endpoint does not know the action',
    cause: 'An emulator, a gateway or a partition of AWS whose service does not have this action yet.',
    remedy:
      'unset AWS_ENDPOINT_URL_IAM AWS_ENDPOINT_URL_STS AWS_ENDPOINT_URL   (or use one that knows the action)',
    exit: EXIT.refused,
  },
  'aws.not-subscribed': {
    title: 'the account may not use the service',
    cause: 'The account is not activated, is suspended, or is not subscribed to the service.',
    remedy: 'complete the registration of the account: https://console.aws.amazon.com/billing/',
    exit: EXIT.refused,
  },
  'aws.signature-missing': {
    title: 'the signature was lost on the way',
    cause: 'A proxy or a gateway between here and AWS removed or changed the Authorization header.',
    remedy: 'check what is on the way: env | grep -iE "proxy|AWS_ENDPOINT"',
    exit: EXIT.refused,
  },
  'aws.request-refused': {
    title: 'AWS refused the request',
    cause: 'AWS found a parameter it does not accept.',
    remedy: 'compare the parameter named above with the documentation of the call',
    exit: EXIT.usage,
  },
  'sts.federation-disabled': {
    title: 'outbound federation is disabled',
    cause:
      'The account does not issue tokens. If it was enabled just now, STS follows IAM by about ten seconds.',
    remedy: 'fedctl enable',
    exit: EXIT.notSetUp,
  },
  'sts.mint-denied': {
    title: 'not allowed to mint',
    cause:
      'No policy allows sts:GetWebIdentityToken for this principal with this audience, algorithm and duration. AWS does not say which condition failed.',
    remedy: 'allow sts:GetWebIdentityToken for the audience in the policy of the principal named above',
    exit: EXIT.refused,
  },
  'sts.tag-denied': {
    title: 'not allowed to tag',
    cause: 'Tags need a second permission, sts:TagGetWebIdentityToken.',
    remedy: 'allow sts:TagGetWebIdentityToken in the policy, or leave --tag out',
    exit: EXIT.refused,
  },
  'sts.audience-unrestricted': {
    title: 'no policy holds the principal to its audience',
    cause:
      'The policy allows sts:GetWebIdentityToken without a condition on sts:IdentityTokenAudience, or with ForAnyValue, which lets further audiences through.',
    remedy:
      'add ForAllValues:StringEquals and Null "false" for sts:IdentityTokenAudience to the policy of the principal',
    exit: EXIT.refused,
  },
  'sts.session-too-short': {
    title: 'the session ends before the token would',
    cause: 'A token may not outlive the session of its caller, and AWS does not shorten it.',
    remedy: 'fedctl token --duration auto   (or renew the session)',
    exit: EXIT.refused,
  },
  'sts.payload-too-large': {
    title: 'the token would be too large',
    cause: 'Audiences and tags together exceed 14,984 bytes of claims.',
    remedy: 'send fewer or shorter audiences and tags',
    exit: EXIT.usage,
  },
  'sts.federated-user': {
    title: 'federated users cannot do this',
    cause: 'Credentials of GetFederationToken may only call GetCallerIdentity in STS.',
    remedy: 'use the credentials of a role or of an IAM user',
    exit: EXIT.refused,
  },
  'sts.session-credentials': {
    title: 'session credentials cannot do this',
    cause: 'GetSessionToken and GetFederationToken take long-term keys only.',
    remedy: 'fedctl credentials   (prints the current session credentials), or assume a role with --role-arn',
    exit: EXIT.refused,
  },
  'sts.assume-denied': {
    title: 'not allowed to assume the role',
    cause:
      'The role does not trust this principal, wants another external id or an MFA code, or the principal lacks sts:AssumeRole. AWS gives one answer for all of these.',
    remedy: 'aws iam get-role --role-name <role> --query Role.AssumeRolePolicyDocument',
    exit: EXIT.refused,
  },
  'sts.mfa-refused': {
    title: 'AWS refused the MFA code',
    cause:
      'The code was mistyped or used before, which each may be once, the clock of the device is wrong, or the device is not the one of this user.',
    remedy: 'wait until the device shows the next code, repeat the command and type it',
    exit: EXIT.refused,
  },
  'sts.identity-token-refused': {
    title: 'AWS refused the web identity token',
    cause:
      'The account has no identity provider for the issuer of the token, the provider does not know its audience, or the key that signed it is not published.',
    remedy: 'aws iam list-open-id-connect-providers   (and compare with: fedctl decode <token file>)',
    exit: EXIT.refused,
  },
  'sts.identity-token-expired': {
    title: 'the web identity token has expired',
    cause: 'Whatever writes the token file has not renewed it.',
    remedy: 'renew the token in the file that AWS_WEB_IDENTITY_TOKEN_FILE or the profile names',
    exit: EXIT.notSetUp,
  },
  'sts.identity-provider-unreachable': {
    title: 'AWS could not ask the identity provider',
    cause:
      'STS verifies a web identity token with the keys of its issuer, and the issuer did not answer AWS.',
    remedy: 'wait a few seconds and repeat the command; the issuer must be reachable from the internet',
    exit: EXIT.unreachable,
  },
  'sts.duration-refused': {
    title: 'the session duration is too long',
    cause: 'The role allows less, or it is assumed from another role: chaining caps a session at one hour.',
    remedy: 'fedctl credentials --role-arn <arn> --duration 1h',
    exit: EXIT.usage,
  },
  'iam.permission-missing': {
    title: 'not allowed to read or change the federation switch',
    cause: 'The principal lacks the IAM permission named above, on Resource "*".',
    remedy: 'ask whoever administers the account for the permission named above',
    exit: EXIT.refused,
  },
  'iam.propagation-timeout': {
    title: 'tokens are not minted yet',
    cause: 'IAM already reports federation as enabled, but STS did not mint within the wait.',
    remedy: 'fedctl enable --wait-timeout 3m',
    exit: EXIT.unreachable,
  },
});
