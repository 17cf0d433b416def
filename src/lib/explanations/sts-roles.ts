import { explanations } from './explanation.ts';
import { STS_ASSUME, STS_WEB_IDENTITY } from './sources.ts';

/** Sessions of roles. Facts of facts/aws.md, section 6. */
export const STS_ROLE_EXPLANATIONS = explanations({
  'sts.assume-denied': {
    meaning:
      'The role was not given to this principal. AWS has one answer for a trust policy that does not name it, a wrong external id, a missing MFA code, a source identity or session tags that are not allowed, and a missing permission.',
    shows: {
      'AWS STS': [
        'is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::<account>:role/<role>',
        'is not authorized to perform: sts:AssumeRole',
        'Not authorized to perform sts:AssumeRoleWithWebIdentity',
      ],
    },
    causes: [
      'The trust policy of the role does not name the caller: look at the role behind the session, not at the session.',
      'The external id is missing or another one.',
      'The caller itself lacks sts:AssumeRole on this role.',
      'The role does not exist: AWS does not say so.',
      'The trust policy demands MFA, sts:TagSession or sts:SetSourceIdentity.',
    ],
    apart: {
      'sts.mint-denied': 'There the role is yours already, and minting is refused.',
      'sts.mfa-refused': 'There AWS names the MFA code.',
    },
    type: [
      'fedctl whoami',
      'aws iam get-role --role-name <role> --query Role.AssumeRolePolicyDocument',
      'fedctl credentials --role-arn <arn> --external-id <id>',
    ],
    sources: [
      STS_ASSUME,
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html',
      'teleport issue 67517',
    ],
    evidence: 'provoked',
  },
  'sts.mfa-refused': {
    meaning: 'AWS did not take the six digits. Each code is good once, and for about half a minute.',
    shows: {
      'AWS STS': [
        'MultiFactorAuthentication failed with invalid MFA one time pass code',
        'MultiFactorAuthentication failed, unable to validate MFA code',
      ],
    },
    causes: [
      'The code was typed before, by another command: wait for the next one.',
      'It was mistyped, or is that of another account in the same app.',
      'The clock of the telephone is wrong.',
      'The serial number is not of a device of this very user.',
    ],
    apart: {
      'aws.mfa-needed': 'There nobody could be asked for a code.',
      'sts.assume-denied': 'There no code was sent, or it is not the code that is wrong.',
    },
    type: ['aws iam list-mfa-devices', 'fedctl credentials --mfa-serial <arn-of-the-device>'],
    sources: [
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_mfa-devices.html',
      'The texts are from general knowledge not verified against AWS',
    ],
    evidence: 'provoked',
  },
  'sts.identity-token-refused': {
    meaning:
      'A web identity token was to be exchanged for a session, and STS did not take it. This is the way into AWS (a pod, a CI job), not the way out of it.',
    shows: {
      'AWS STS': [
        'InvalidIdentityToken',
        'No OpenIDConnect provider found in your account for <issuer>',
        'Incorrect token audience',
        "Couldn't retrieve verification key from your identity provider",
        'IDPRejectedClaim',
      ],
    },
    causes: [
      'The account has no OIDC provider for the issuer of the token, byte for byte.',
      'The provider does not list the audience among its client ids.',
      'The token is one of fedctl for MongoDB, taken up because AWS_WEB_IDENTITY_TOKEN_FILE names it.',
      'The file ends in a newline, which the JavaScript SDK sends along.',
      'The token is of the same partition: what AWS issues it takes in other partitions only, and with one audience only.',
    ],
    apart: {
      'sts.assume-denied': 'There the token is good, and the role does not trust its subject.',
      'aws.sdk.token-file-taken': 'There the token was never meant for AWS.',
    },
    type: [
      'fedctl decode <token-file>',
      'aws iam list-open-id-connect-providers',
      'env | grep -E "AWS_(ROLE_ARN|WEB_IDENTITY_TOKEN_FILE)"',
    ],
    sources: [
      STS_WEB_IDENTITY,
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_cross_partition.html',
    ],
    evidence: 'provoked',
  },
  'sts.identity-token-expired': {
    meaning:
      'The web identity token that is to be exchanged for a session is over. Whoever writes the file has stopped.',
    shows: {
      'AWS STS': [
        'Token expired: current date/time <time> must be before the expiration date/time',
        'The web identity token that was passed is expired',
      ],
    },
    alsoShows: { 'AWS STS': 'ExpiredTokenException' },
    causes: [
      'The agent or the kubelet that renews the file is gone, or writes to another path.',
      'The path is a copy, made once by a script.',
      'A CI job ran longer than its token.',
    ],
    apart: {
      'aws.credentials-expired': 'There the keys of a session are over.',
      'jwt.expired': 'There verify says so of a token that it was given.',
    },
    type: ['fedctl decode "$AWS_WEB_IDENTITY_TOKEN_FILE"', 'ls -l "$AWS_WEB_IDENTITY_TOKEN_FILE"'],
    sources: [STS_WEB_IDENTITY],
    evidence: 'provoked',
  },
  'sts.identity-provider-unreachable': {
    meaning:
      'STS fetches the keys of the issuer to verify a web identity token, and the issuer did not answer it.',
    shows: { 'AWS STS': ['IDPCommunicationError', 'Error communicating with the identity provider'] },
    causes: [
      'The issuer is inside a private network, or its firewall does not let AWS in.',
      'It was down or slow for a moment: this one is worth a second try.',
      'Its certificate is not of a public authority.',
    ],
    apart: {
      'sts.identity-token-refused': 'There the keys were fetched, and the token does not fit.',
      'issuer.unreachable': 'There this machine cannot reach the issuer.',
    },
    type: ['curl -sv <issuer>/.well-known/openid-configuration', 'fedctl whoami'],
    sources: [STS_WEB_IDENTITY],
    evidence: 'provoked',
  },
  'sts.duration-refused': {
    meaning:
      'The session was asked for longer than the role allows, or longer than the hour that a role assumed from a role gets.',
    shows: {
      'AWS STS': [
        'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
        'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
      ],
    },
    causes: [
      'The role has its default maximum of one hour.',
      'The keys are those of a role already: chaining.',
    ],
    apart: {
      'sts.session-too-short': 'That is about a token and the session behind it.',
      'aws.request-refused': 'Less than 900 seconds is a ValidationError.',
    },
    type: [
      'aws iam get-role --role-name <role> --query Role.MaxSessionDuration',
      'fedctl credentials --role-arn <arn> --duration 1h',
    ],
    sources: [STS_ASSUME, 'The texts are from general knowledge not verified against AWS'],
    evidence: 'provoked',
  },
});
