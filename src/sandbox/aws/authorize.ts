import { type Decision, evaluate, type Layer } from '../../lib/policy/evaluate.ts';
import { explainDecision } from '../../lib/policy/explain.ts';
import { type ContextKeys, type PolicyRequest, RequestContext } from '../../lib/policy/request.ts';
import type { Caller, LabRole } from './identities.ts';
import type { WebIdentity } from './identity-token.ts';
import { globalKeys } from './request-keys.ts';
import type { Call } from './service.ts';
import { providerHost } from './trust-policy.ts';

/** The STS and IAM actions in the lab that require a permission. GetCallerIdentity requires no permission. */
export type LabAction =
  | 'sts:GetWebIdentityToken'
  | 'sts:TagGetWebIdentityToken'
  | 'sts:AssumeRole'
  | 'sts:TagSession'
  | 'sts:SetSourceIdentity'
  | 'iam:EnableOutboundWebIdentityFederation'
  | 'iam:DisableOutboundWebIdentityFederation'
  | 'iam:GetOutboundWebIdentityFederationInfo'
  | 'iam:GetRole'
  | 'iam:ListRoleTags'
  | 'iam:ListMFADevices'
  | 'iam:ListAccessKeys'
  | 'iam:ListOpenIDConnectProviders'
  | 'iam:SimulatePrincipalPolicy';

/** The action to authorize. */
export interface Attempt {
  readonly action: LabAction;
  /** The ARN of the resource; `*` for actions without a resource. */
  readonly resource: string;
  /** The condition keys of this action. `authorize` adds the condition keys that all requests have. */
  readonly keys: ContextKeys;
  /** The role to assume; null for other actions. The trust policy of the role is also evaluated. */
  readonly role: LabRole | null;
}

export type Authorization =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /**
       * The AWS error message. It contains the caller, the action and the resource, but never the condition
       * that failed.
       */
      readonly message: string;
      /** The actual reason, for the lab's log. */
      readonly reason: string;
    };

/** Decides whether the policies of the caller allow an action. Every permission check uses this function. */
export function authorize(
  call: Pick<Call, 'caller' | 'region' | 'now'>,
  { action, resource, keys, role }: Attempt,
): Authorization {
  const { caller } = call;
  const { account, principal, session } = caller;
  const request: PolicyRequest = {
    action,
    resource,
    principal: {
      type: 'AWS',
      accountId: account.id,
      arn: principal.arn,
      sessionArn: session === null ? null : caller.arn,
    },
    context: new RequestContext(globalKeys(call, action.startsWith('iam:') ? 'iam' : 'sts'), keys),
  };
  const decision = evaluate(request, {
    serviceControl: account.serviceControlPolicies,
    trust: role === null ? null : { policy: role.trustPolicy, accountId: role.account.id },
    identity: principal.policies.identity,
    boundary: principal.policies.boundary,
    session: session?.policies ?? null,
  });
  if (decision.outcome === 'allowed') return { allowed: true };
  return {
    allowed: false,
    message: `${notAuthorized(caller, action, resource)} ${becauseOf(decision, action)}`,
    reason: explainDecision(decision, request),
  };
}

/**
 * Decides whether the trust policy of a role accepts a token. No other policies are evaluated, because a
 * token has no policies of its own.
 */
export function authorizeToken(
  role: LabRole,
  { provider, audience, subject }: Pick<WebIdentity, 'provider' | 'audience' | 'subject'>,
  keys: ContextKeys,
): { readonly allowed: boolean; readonly reason: string } {
  const host = providerHost(provider.arn);
  const request: PolicyRequest = {
    action: 'sts:AssumeRoleWithWebIdentity',
    resource: role.arn,
    principal: { type: 'Federated', arn: provider.arn },
    context: new RequestContext(
      { [`${host}:aud`]: audience, [`${host}:sub`]: subject, 'aws:FederatedProvider': provider.arn },
      keys,
    ),
  };
  const decision = evaluate(request, {
    serviceControl: [],
    trust: { policy: role.trustPolicy, accountId: role.account.id },
    identity: [],
    boundary: null,
    session: null,
  });
  return { allowed: decision.outcome === 'allowed', reason: explainDecision(decision, request) };
}

/** Returns the AWS error message without a reason. AssumeRole never returns a reason (facts/aws.md 6). */
export function notAuthorized(caller: Caller, action: LabAction, resource: string): string {
  return `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource}`;
}

/** The AWS names of the policy types, each with the article "a" or "an". */
const LAYERS: Readonly<Record<Layer, readonly [article: string, name: string]>> = {
  'service-control': ['a', 'service control policy'],
  trust: ['a', 'resource-based policy'],
  identity: ['an', 'identity-based policy'],
  boundary: ['a', 'permissions boundary'],
  session: ['a', 'session policy'],
};

/**
 * Returns the type of the policy that denied the action, and whether the deny was explicit. AWS returns no
 * other details (facts/aws.md 2.3).
 */
function becauseOf(decision: Exclude<Decision, { outcome: 'allowed' }>, action: LabAction): string {
  const [article, name] = LAYERS[decision.layer];
  return decision.outcome === 'explicit-deny'
    ? `with an explicit deny in ${article} ${name}`
    : `because no ${name} allows the ${action} action`;
}
