import { epoch, rfc3339 } from '../../lib/core/time.ts';
import type { ContextKeys } from '../../lib/policy/request.ts';
import { principalTags, type Tags } from './identities.ts';
import type { Call } from './service.ts';

/**
 * Returns the condition keys that every signed request has. The keys describe the caller and the time.
 * aws:SecureTransport is always true, because AWS requires https. For IAM, the Region is always us-east-1.
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
    // Requests with long-term keys do not have this condition key, so policies use BoolIfExists.
    'aws:MultiFactorAuthPresent': session === null ? undefined : String(session.mfa),
    // Policies use this condition key to revoke sessions that were created before a certain time.
    'aws:TokenIssueTime': session === null ? undefined : rfc3339(session.issuedAt),
    'aws:FederatedProvider': session?.federatedProvider ?? undefined,
    'aws:RequestedRegion': service === 'iam' ? 'us-east-1' : region,
    'aws:ViaAWSService': 'false',
    'aws:PrincipalIsAWSService': 'false',
    ...commonKeys(now),
  };
}

/** Returns the condition keys that every request has, even an unsigned request. */
export function commonKeys(now: Date): ContextKeys {
  return {
    'aws:SecureTransport': 'true',
    // The lab is reachable only over loopback.
    'aws:SourceIp': '127.0.0.1',
    'aws:CurrentTime': rfc3339(now),
    'aws:EpochTime': String(epoch(now)),
  };
}

/** Returns the condition keys for the tags in a request. */
export function requestTagKeys(tags: Tags): ContextKeys {
  return { 'aws:TagKeys': Object.keys(tags), ...prefixed('aws:RequestTag/', tags) };
}

/** Adds a prefix to the keys of tags, as in `aws:ResourceTag/Team`. */
export function prefixed(prefix: string, tags: Tags): ContextKeys {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [prefix + key, value]));
}
