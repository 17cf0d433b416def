import { epoch, rfc3339 } from '../../lib/core/time.ts';
import type { ContextKeys } from '../../lib/policy/request.ts';
import { principalTags, type Tags } from './identities.ts';
import type { Call } from './service.ts';

/**
 * The condition keys that every signed request has, about who asks and when. The lab plays what at AWS is reached by
 * https alone, so aws:SecureTransport is always true. IAM lives in one Region, whatever the client signed for.
 */
export function globalKeys(
  { caller, region, now }: Pick<Call, 'caller' | 'region' | 'now'>,
  service: string,
): ContextKeys {
  const { account, principal, session, userId } = caller;
  return {
    'aws:PrincipalArn': principal.arn,
    'aws:PrincipalAccount': account.id,
    'aws:PrincipalType': principal.kind === 'user' ? 'User' : 'AssumedRole',
    'aws:PrincipalOrgID': account.organization?.id,
    'aws:PrincipalOrgPaths': account.organization?.ouPaths,
    ...prefixed('aws:PrincipalTag/', principalTags(caller)),
    'aws:userid': userId,
    'aws:username': principal.kind === 'user' ? principal.name : undefined,
    'aws:SourceIdentity': session?.sourceIdentity ?? undefined,
    // Long-term keys have no such key at all, which is why policies ask by BoolIfExists.
    'aws:MultiFactorAuthPresent': session === null ? undefined : String(session.mfa),
    // By which the sessions of a role are revoked: those made before a time are denied.
    'aws:TokenIssueTime': session === null ? undefined : rfc3339(session.issuedAt),
    'aws:FederatedProvider': session?.federatedProvider ?? undefined,
    'aws:RequestedRegion': service === 'iam' ? 'us-east-1' : region,
    'aws:ViaAWSService': 'false',
    'aws:PrincipalIsAWSService': 'false',
    ...commonKeys(now),
  };
}

/** The keys that even a request has which nobody signed. */
export function commonKeys(now: Date): ContextKeys {
  return {
    'aws:SecureTransport': 'true',
    // The lab is reached over loopback alone.
    'aws:SourceIp': '127.0.0.1',
    'aws:CurrentTime': rfc3339(now),
    'aws:EpochTime': String(epoch(now)),
  };
}

/** The keys about the tags that a request brings. */
export function requestTagKeys(tags: Tags): ContextKeys {
  return { 'aws:TagKeys': Object.keys(tags), ...prefixed('aws:RequestTag/', tags) };
}

/** Tags under their condition key: `aws:ResourceTag/Team`. */
export function prefixed(prefix: string, tags: Tags): ContextKeys {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [prefix + key, value]));
}
