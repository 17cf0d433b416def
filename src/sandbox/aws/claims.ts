import { randomUUID } from 'node:crypto';
import { epoch, rfc3339 } from '../../lib/core/time.ts';
import type { MintRequest } from '../../lib/core/token.ts';
import { signToken } from '../issuer/signing-keys.ts';
import { type Caller, type PlatformClaims, principalTags, type Tags } from './identities.ts';

/** The values that are needed to create the claims of a token. */
export interface TokenFacts {
  readonly caller: Caller;
  readonly request: MintRequest;
  readonly region: string;
  readonly now: Date;
}

/**
 * The payload of a token. The claims are in the same order as in AWS tokens, which have no `nbf` (facts/aws.md
 * 3.1).
 */
export interface WebIdentityClaims {
  readonly aud: string | readonly string[];
  readonly sub: string;
  readonly 'https://sts.amazonaws.com/': AwsClaims;
  readonly iss: string;
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
}

/** The claims of the AWS namespace (facts/aws.md 3.2). */
export interface AwsClaims extends PlatformClaims {
  readonly org_id?: string;
  readonly aws_account: string;
  readonly ou_path?: readonly string[];
  readonly request_tags?: Tags;
  readonly original_session_exp?: string;
  readonly source_region: string;
  readonly principal_id: string;
  readonly principal_tags?: Tags;
  readonly source_identity?: string;
  readonly federated_provider?: string;
}

/**
 * Returns the expiration of the token with milliseconds, as in the AWS response. `exp` is the same time,
 * rounded down to seconds.
 */
export function tokenExpiry({ request, now }: TokenFacts): Date {
  return new Date(now.getTime() + request.durationSeconds * 1000);
}

/** Returns the claims of a token for this caller and this request. Does not validate the request. */
export function webIdentityClaims(facts: TokenFacts): WebIdentityClaims {
  const { caller, request } = facts;
  const [first = '', ...more] = request.audience;
  const exp = epoch(tokenExpiry(facts));
  return {
    aud: more.length === 0 ? first : [first, ...more],
    // For a role, `sub` is the ARN of the role with its path, not the ARN of the session.
    sub: caller.principal.arn,
    'https://sts.amazonaws.com/': awsClaims(facts),
    iss: caller.account.issuer,
    exp,
    iat: exp - request.durationSeconds,
    jti: randomUUID(),
  };
}

/**
 * Creates and signs a token without validating the request. Used by tests and scenarios that need a valid
 * token.
 */
export async function mintToken(facts: TokenFacts): Promise<string> {
  return await signToken(facts.caller.account.keys[facts.request.signingAlgorithm], webIdentityClaims(facts));
}

function awsClaims({ caller, request, region }: TokenFacts): AwsClaims {
  const { account, principal, session } = caller;
  const tags = principalTags(caller);
  return {
    ...(account.organization === null ? {} : { org_id: account.organization.id }),
    aws_account: account.id,
    ...(account.organization === null ? {} : { ou_path: account.organization.ouPaths }),
    ...(request.tags.length === 0
      ? {}
      : { request_tags: Object.fromEntries(request.tags.map(({ key, value }) => [key, value])) }),
    ...(session === null ? {} : { original_session_exp: rfc3339(session.expiresAt) }),
    source_region: region,
    principal_id: principal.arn,
    ...(Object.keys(tags).length === 0 ? {} : { principal_tags: tags }),
    ...(session === null || session.sourceIdentity === null
      ? {}
      : { source_identity: session.sourceIdentity }),
    ...(session === null || session.federatedProvider === null
      ? {}
      : { federated_provider: session.federatedProvider }),
    ...session?.platformClaims,
  };
}
