import { type Decision, evaluate, type Layer } from '../../lib/policy/evaluate.ts';
import { explainDecision } from '../../lib/policy/explain.ts';
import { type ContextKeys, type PolicyRequest, RequestContext } from '../../lib/policy/request.ts';
import type { Caller, LabRole } from './identities.ts';
import type { WebIdentity } from './identity-token.ts';
import { globalKeys } from './request-keys.ts';
import type { Call } from './service.ts';
import { providerHost } from './trust-policy.ts';

/** What the lab's STS and IAM can be asked, and the permissions that go with it. GetCallerIdentity needs none. */
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

/** What is to be permitted. */
export interface Attempt {
  readonly action: LabAction;
  /** An ARN; `*` where the action knows no resource. */
  readonly resource: string;
  /** The condition keys of this action, beyond those that every request has. */
  readonly keys: ContextKeys;
  /** The role that is to be assumed: its trust policy has a say too. */
  readonly role: LabRole | null;
}

export type Authorization =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /** AWS's sentence: it names caller, action and resource, and never which condition failed. */
      readonly message: string;
      /** The true reason, for the lab's log. */
      readonly reason: string;
    };

/** Decides whether the policies that apply allow an action. The one place where permissions are looked at. */
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

/** Decides whether a role's trust policy takes a token: who holds one has no policies of its own. */
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

/** The sentence AWS refuses with, without its reason: all that AssumeRole says (facts/aws.md 6). */
export function notAuthorized(caller: Caller, action: LabAction, resource: string): string {
  return `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource}`;
}

/** What AWS calls a layer, with its article. */
const LAYERS: Readonly<Record<Layer, readonly [article: string, name: string]>> = {
  'service-control': ['a', 'service control policy'],
  trust: ['a', 'resource-based policy'],
  identity: ['an', 'identity-based policy'],
  boundary: ['a', 'permissions boundary'],
  session: ['a', 'session policy'],
};

/** Which kind of policy refused, and how: as much as AWS says (facts/aws.md 2.3). */
function becauseOf(decision: Exclude<Decision, { outcome: 'allowed' }>, action: LabAction): string {
  const [article, name] = LAYERS[decision.layer];
  return decision.outcome === 'explicit-deny'
    ? `with an explicit deny in ${article} ${name}`
    : `because no ${name} allows the ${action} action`;
}
