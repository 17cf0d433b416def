import { explanations } from './explanation.ts';
import { IAM_INFO, OUTBOUND, OUTBOUND_CLAIMS, OUTBOUND_POLICIES, STS_TOKEN } from './sources.ts';

/** Minting. Texts of AWS are in facts/aws.md, sections 1, 2 and 5. */
export const STS_EXPLANATIONS = explanations({
  'sts.federation-disabled': {
    meaning:
      'The account does not issue tokens. The switch is one for the whole account and all Regions, and it is off by default. Tokens that were issued before stay good until they end, and the keys stay published.',
    shows: {
      'AWS STS': [
        'OutboundWebIdentityFederation is disabled.',
        'OutboundWebIdentityFederationDisabledException',
        'OutboundWebIdentityFederationDisabled',
      ],
    },
    causes: [
      'Nobody has enabled outbound federation in this account, or these are the keys of another account than you think.',
      'It was enabled a moment ago: STS follows IAM by 8 to 12 seconds, in each Region for itself.',
      'Somebody disabled it, also by terraform destroy of aws_iam_outbound_web_identity_federation, which turns it off for every team of the account.',
    ],
    apart: {
      'sts.mint-denied':
        'STS looks at permissions before it looks at the switch: whoever is not allowed to mint gets AccessDenied even while federation is off.',
      'aws.service-failed': 'For seconds after a change STS answers InternalFailure with HTTP 500 instead.',
    },
    type: ['fedctl whoami', 'fedctl status', 'fedctl enable'],
    sources: [OUTBOUND, STS_TOKEN, 'terraform-provider-aws PR 46503'],
    evidence: 'provoked',
  },
  'sts.mint-denied': {
    meaning:
      'No policy allows sts:GetWebIdentityToken for this principal as it was asked for. A condition on the audience, the algorithm or the duration that does not fit looks exactly like a missing permission: AWS never says which condition failed.',
    shows: {
      'AWS STS': [
        'is not authorized to perform: sts:GetWebIdentityToken on resource: arn:aws:sts::<account>:self',
        'is not authorized to perform: sts:GetWebIdentityToken',
      ],
    },
    causes: [
      'The principal has no policy with sts:GetWebIdentityToken on Resource "*" or arn:aws:sts::<account>:self. The ARN of the role itself never matches.',
      'sts:IdentityTokenAudience in the policy names another audience, or is compared by a plain StringEquals: the key has many values and needs ForAllValues or ForAnyValue.',
      'sts:SigningAlgorithm or sts:DurationSeconds in the policy excludes what was asked for. The default of 300 seconds counts too.',
      'A service control policy, a permissions boundary, a session policy or the policy of a VPC endpoint denies. The last words of the message say which kind.',
    ],
    apart: {
      'sts.tag-denied': 'Its message names sts:TagGetWebIdentityToken: minting is allowed, tags are not.',
      'sts.assume-denied': 'Its message names sts:AssumeRole: the role was never reached.',
    },
    type: [
      'fedctl whoami',
      'fedctl token --audience <audience> --signing-algorithm RS256 --duration 5m',
      'aws iam simulate-principal-policy --policy-source-arn <arn> --action-names sts:GetWebIdentityToken',
    ],
    sources: [
      OUTBOUND_POLICIES,
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_sts.html',
      'teleport issue 67517',
    ],
    evidence: 'provoked',
  },
  'sts.tag-denied': {
    meaning:
      'The principal may mint, but not with tags. Tags end up in the claims of the token, so they need a permission of their own, sts:TagGetWebIdentityToken, which is asked for only when tags are sent.',
    shows: {
      'AWS STS': 'is not authorized to perform: sts:TagGetWebIdentityToken',
    },
    causes: [
      'The policy allows sts:GetWebIdentityToken alone.',
      'A condition on aws:RequestTag or aws:TagKeys does not allow this key or value.',
      'sts:IdentityTokenAudience is evaluated for the tag permission as well, and that statement names another audience.',
    ],
    apart: {
      'sts.mint-denied': 'There minting itself is refused: leaving the tags out does not help.',
      'aws.request-refused':
        'Tags that are malformed or named twice are refused as such, whatever the policy says.',
    },
    type: ['fedctl token --audience <audience>', 'fedctl token --audience <audience> --tag team=<team>'],
    sources: [
      OUTBOUND_POLICIES,
      'https://docs.aws.amazon.com/service-authorization/latest/reference/list_sts.html',
    ],
    evidence: 'provoked',
  },
  'sts.session-too-short': {
    meaning:
      'A token may not outlive the session of its caller. AWS does not shorten it, it refuses. A fresh session of 900 seconds cannot mint a token of 900 seconds.',
    shows: {
      'AWS STS': [
        "Requested token expiry time must be before the original session's expiry time.",
        'SessionDurationEscalationException',
        'SessionDurationEscalation',
      ],
    },
    causes: [
      'The session is near its end: credentials are renewed minutes before, and the token asks for longer than that.',
      'The role was assumed from another role. Chaining caps a session at an hour, so a token of an hour is impossible.',
      'The clock of this machine is off, so that the session looks longer than it is.',
    ],
    apart: {
      'sts.duration-refused':
        'That is about the session of a role, asked for by credentials; this is about a token.',
      'aws.credentials-expired': 'There the session has ended already, and nothing can be minted.',
    },
    type: [
      'fedctl token --audience <audience> --duration auto',
      'fedctl whoami',
      'aws sso login --profile <profile>',
    ],
    sources: [STS_TOKEN, OUTBOUND_CLAIMS],
    evidence: 'provoked',
  },
  'sts.payload-too-large': {
    meaning:
      'The claims of the token would be larger than 14,984 bytes, which is where AWS stops. Audiences, tags of the request and tags of the principal all count.',
    shows: {
      'AWS STS': [
        'JWTPayloadSizeExceededException',
        'JWTPayloadSizeExceeded',
        'JWT payload exceeds maximum allowed size',
        'The requested token payload size exceeds the maximum allowed size',
      ],
    },
    causes: [
      'The principal or its session carries many long tags: all of them go into principal_tags, asked for or not.',
      'Many long audiences or --tag values were given.',
    ],
    apart: {
      'usage.invalid-value': 'More than 10 audiences or 50 tags are refused by fedctl before AWS is asked.',
      'aws.request-refused': 'A single audience or tag beyond its own limit is a ValidationError.',
    },
    type: ['fedctl token --audience <audience> | fedctl decode', 'aws iam list-role-tags --role-name <role>'],
    sources: [STS_TOKEN, OUTBOUND_CLAIMS, 'github.com/radkawar/stackd: outbound issuance observations'],
    evidence: 'provoked',
  },
  'sts.federated-user': {
    meaning:
      'The keys were made by GetFederationToken. Such a session may call nothing of STS but GetCallerIdentity, and nothing of IAM, whatever its policies say.',
    shows: {
      'AWS STS': 'GetWebIdentityToken does not support federated user sessions',
    },
    causes: [
      'The keys come from a broker, a notebook or a console that hands out GetFederationToken sessions: their ARN holds :federated-user/.',
    ],
    apart: {
      'sts.mint-denied': 'A policy can mend that; nothing mends this but other keys.',
      'sts.session-credentials': 'There a session asks for another session; here it asks for a token.',
    },
    type: ['fedctl whoami', 'fedctl token --audience <audience> --profile <profile>'],
    sources: [STS_TOKEN, 'https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html'],
    evidence: 'provoked',
  },
  'sts.session-credentials': {
    meaning:
      'GetSessionToken and GetFederationToken take the long-term keys of an IAM user. Called with the keys of a session they refuse.',
    shows: {
      'AWS STS': [
        'Cannot call GetSessionToken with session credentials',
        'Cannot call GetFederationToken with session credentials',
      ],
    },
    causes: [
      'The environment holds session keys already: from SSO, a role, or an earlier call.',
      'A profile assumes a role before the call is made.',
    ],
    apart: {
      'sts.assume-denied': 'Assuming a role works from a session, if the role trusts it.',
      'sts.federated-user': 'There a federated session asks for a token.',
    },
    type: ['fedctl whoami', 'fedctl credentials --role-arn <arn>', 'fedctl credentials'],
    sources: [
      'https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html',
      'The texts are from general knowledge not verified against AWS',
    ],
    evidence: 'provoked',
  },
  'iam.permission-missing': {
    meaning:
      'Reading or changing the switch needs permissions of IAM, and they are granted on Resource "*" only. Even the address of the issuer can be read by those alone who may read the switch.',
    shows: {
      'AWS IAM': [
        'is not authorized to perform: iam:GetOutboundWebIdentityFederationInfo',
        'is not authorized to perform: iam:EnableOutboundWebIdentityFederation',
        'is not authorized to perform: iam:DisableOutboundWebIdentityFederation',
      ],
    },
    causes: [
      'The principal may mint, but nobody gave it the IAM permission as well: application roles mostly lack it.',
      'The permission was granted on an ARN instead of "*".',
      'A service control policy keeps everybody but the platform team from the switch.',
    ],
    apart: {
      'sts.mint-denied':
        'Its message names sts:GetWebIdentityToken. A principal without this permission can still mint.',
      'aws.access-key-unknown':
        'Sessions of GetSessionToken without MFA get InvalidClientTokenId from IAM, not AccessDenied.',
    },
    type: [
      'fedctl whoami',
      'fedctl token --audience <audience> | fedctl decode   # the issuer is in the token, too',
      'fedctl status --profile <administrator>',
    ],
    sources: [IAM_INFO, 'ministryofjustice/cloud-platform issue 8488'],
    evidence: 'provoked',
  },
  'iam.propagation-timeout': {
    meaning:
      'IAM says that federation is enabled, and STS in this Region has not minted within the wait. It follows within some ten seconds as a rule.',
    shows: {
      fedctl: 'IAM already reports federation as enabled, but STS did not mint <n> tokens in a row',
    },
    alsoShows: { 'AWS STS': 'InternalFailure' },
    causes: [
      'STS needs longer this time: 8 to 12 seconds were measured, nothing is promised.',
      'The switch was turned off and on: STS replays both, and is off for some seconds although IAM says on.',
      'The principal that enabled may not mint, so fedctl cannot see it happen.',
    ],
    apart: {
      'sts.federation-disabled': 'The same answer of STS, without an enable just before it.',
      'sts.mint-denied': 'AccessDenied does not go away by waiting.',
    },
    type: ['fedctl enable --wait-timeout 3m', 'fedctl status'],
    sources: [IAM_INFO, 'github.com/radkawar/stackd: outbound lifecycle observations'],
    evidence: 'provoked',
  },
});
